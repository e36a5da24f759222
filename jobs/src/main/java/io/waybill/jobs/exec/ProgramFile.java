package io.waybill.jobs.exec;

import io.waybill.jobs.JobException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Finds the file of a program. */
public final class ProgramFile {
  private ProgramFile() {}

  /**
   * Finds it.
   *
   * @param name with a {@code /} in it, as seen from {@code directory}; else looked for on {@code
   *     path}
   * @throws JobException.NotFound if a file that was named with its directory is not there: it may
   *     still come
   * @throws JobException.Configuration if nothing on the path has this name, or it is nothing that
   *     can be started
   */
  public static Path find(String name, Path directory, String path) {
    return name.indexOf('/') < 0 && name.indexOf(File.separatorChar) < 0
        ? onPath(name, path)
        : named(name, directory);
  }

  private static Path named(String name, Path directory) {
    Path file = directory.resolve(of(name));
    if (!Files.exists(file)) {
      throw new JobException.NotFound("there is no program " + file + "; correct \"command\"");
    }
    if (Files.isDirectory(file)) {
      throw new JobException.Configuration(file + " is a directory, and no program");
    }
    if (!Files.isExecutable(file)) {
      throw new JobException.Configuration(
          "%s may not be executed by the user that runs waybill; chmod +x it, or name the program that reads it before it: [sh, %s]"
              .formatted(file, name));
    }
    return file;
  }

  private static Path onPath(String name, String path) {
    for (String directory : path.split(File.pathSeparator, -1)) {
      if (!directory.isEmpty()) {
        Path file = of(directory).resolve(of(name));
        if (Files.isRegularFile(file) && Files.isExecutable(file)) {
          return file;
        }
      }
    }
    throw new JobException.Configuration(
        "no program \"%s\" is in %s; install it, write its whole path, or set PATH under \"env\""
            .formatted(name, path));
  }

  private static Path of(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new JobException.Configuration("\"command\" names no file: \"" + text + "\"", e);
    }
  }
}
