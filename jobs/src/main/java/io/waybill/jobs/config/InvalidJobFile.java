package io.waybill.jobs.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says everything that is wrong with a job file, in the file's order. Nothing of it was used. */
public final class InvalidJobFile extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient List<Problem> problems;

  InvalidJobFile(List<Problem> problems) {
    super(problems.stream().map(Problem::render).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Returns the errors, at least one, and the warnings. */
  public List<Problem> problems() {
    return problems;
  }

  /** Returns the problems for people. */
  public String render() {
    return problems.stream().map(Problem::render).collect(Collectors.joining("\n"));
  }

  /** Returns the problems for JSON, as {@link Problem#asMap()} does. */
  public List<Map<String, Object>> asMaps() {
    return problems.stream().map(Problem::asMap).toList();
  }
}
