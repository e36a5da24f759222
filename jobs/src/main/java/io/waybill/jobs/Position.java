package io.waybill.jobs;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A place in a job file.
 *
 * @param file the file's name as it was given, or {@code <memory>} for one that came from elsewhere
 * @param line from 1
 * @param column from 1, in characters
 */
public record Position(String file, int line, int column) {

  /** The place of a definition that was built in Java and not read from a file. */
  public static final Position NONE = new Position("<java>", 1, 1);

  public Position {
    Objects.requireNonNull(file, "file");
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("line and column count from 1");
    }
  }

  private static final Path DEVICES = Path.of("/dev");

  /**
   * Returns a path as seen from the file: a relative one is below the file's directory, or below
   * the working directory if the file's name is no path, or that of a pipe.
   *
   * @throws InvalidPathException if it is no path of this machine
   */
  public Path resolve(String path) {
    Path relative = Path.of(path);
    try {
      Path from = Path.of(file).toAbsolutePath();
      return from.startsWith(DEVICES) ? relative.toAbsolutePath() : from.resolveSibling(relative);
    } catch (InvalidPathException e) {
      return relative.toAbsolutePath();
    }
  }

  /** Returns {@code file:line:column}, the form that editors and terminals turn into a link. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
