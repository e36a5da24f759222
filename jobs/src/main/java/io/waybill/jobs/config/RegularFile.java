package io.waybill.jobs.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Opens what has an end. A pipe would keep the reader waiting for somebody to write, a device could
 * go on for ever.
 */
final class RegularFile {
  private RegularFile() {}

  /** What is there is a directory, a pipe, a device or a socket. */
  static final class IsNone extends IOException {
    private static final long serialVersionUID = 1L;

    private IsNone() {
      super("is no regular file; name one, not a directory, pipe or device");
    }
  }

  /**
   * Opens a file, or the one that a link leads to, for reading.
   *
   * @throws NoSuchFileException if nothing is there
   * @throws IsNone if what is there is something else
   */
  static InputStream open(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IsNone();
    }
    return Files.newInputStream(file);
  }
}
