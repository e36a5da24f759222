package io.waybill.jobs;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A place in a job file.
 *
 * @param file the file's name as it was given, or {@code <memory>} for one that came from elsewhere
 * @param line from 1
 * @param column from 1, in characters
 */
public record Position(String file, int line, int column) {

  // where a shell puts what it makes of <(program)
  private static final List<Path> PIPES = List.of(Path.of("/dev"), Path.of("/proc"));

  /** The place of a definition that was built in Java and not read from a file. */
  public static final Position NONE = new Position("<java>", 1, 1);

  public Position {
    Objects.requireNonNull(file, "file");
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("line and column count from 1");
    }
  }

  /**
   * Returns a path as seen from the file: a relative one is below the file's directory, or below
   * the working directory if the file's name is no path, or that of a pipe.
   *
   * @throws InvalidPathException if it is no path of this machine
   */
  public Path resolve(String path) {
    return directory().resolve(path);
  }

  /**
   * Returns the directory in which the file is; the working directory if the file's name is no
   * path, or that of a pipe.
   */
  public Path directory() {
    Path here = Path.of("").toAbsolutePath();
    try {
      Path from = Path.of(file).toAbsolutePath();
      Path parent = from.getParent();
      return parent == null || PIPES.stream().anyMatch(from::startsWith) ? here : parent;
    } catch (InvalidPathException e) {
      return here;
    }
  }

  /** Returns {@code file:line:column}, the form that editors and terminals turn into a link. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
