package io.waybill.jobs;

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

  /** Returns {@code file:line:column}, the form that editors and terminals turn into a link. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
