package io.waybill.jobs.exec;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * A program and all that it is given.
 *
 * @param command the program as it is named, and its arguments; no shell reads them
 * @param directory where it runs
 * @param environment its variables
 * @param input what it reads
 */
public record Program(
    List<String> command, Path directory, ProgramEnvironment environment, ProgramInput input) {
  public Program {
    command = List.copyOf(command);
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(environment, "environment");
    Objects.requireNonNull(input, "input");
  }

  /** Returns how it is named. */
  public String name() {
    return command.get(0);
  }
}
