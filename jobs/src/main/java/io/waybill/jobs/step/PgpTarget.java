package io.waybill.jobs.step;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.JobException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a {@code pgp} step puts files.
 *
 * @param isDirectory whether they go into it, under names of their own
 */
public record PgpTarget(Path path, boolean isDirectory) {
  /** Returns where a file of some name goes. */
  Path of(String name) {
    return isDirectory || Files.isDirectory(path) ? path.resolve(name) : path;
  }

  /**
   * Checks that several files do not all become one.
   *
   * @throws JobException.Configuration if they would
   */
  void requireRoomFor(int files) {
    if (files > 1 && !isDirectory) {
      throw new JobException.Configuration(
          new ArgumentMistake(
              List.of("to"),
              "\"from\" has %d files, and \"to\" is one; end it in \"/\" for a directory"
                  .formatted(files)));
    }
  }
}
