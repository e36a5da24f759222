package io.waybill.jobs;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A text of the job file with {@code ${...}} in it, taken apart at load: what it refers to was
 * checked then, what it yields is known when the step runs.
 *
 * @param source as written
 * @param parts in order; a template of one {@link Reference} keeps the type of what it refers to,
 *     any other is text
 * @param position of the text's first character
 */
public record Template(String source, List<Part> parts, Position position) {
  public Template {
    Objects.requireNonNull(source, "source");
    parts = List.copyOf(parts);
    Objects.requireNonNull(position, "position");
  }

  /** Text as it is, or something to look up. */
  public sealed interface Part {}

  /** Text between references. */
  public record Literal(String text) implements Part {}

  /**
   * {@code ${path.to.value | filter('argument') | filter}}.
   *
   * @param path at least one name
   * @param filters in the order of their application
   */
  public record Reference(List<String> path, List<FilterCall> filters) implements Part {
    private static final Set<String> SAID = Set.of("params", "vars");

    public Reference {
      path = List.copyOf(path);
      filters = List.copyOf(filters);
    }

    /**
     * Returns whether it yields what people have said who write the file or start a run, and
     * nothing that a run has found.
     */
    public boolean isByAuthor() {
      return SAID.contains(path.get(0));
    }
  }

  /** A filter and its literal arguments ({@link String} or {@link Long}). */
  public record FilterCall(String name, List<Object> arguments) {
    public FilterCall {
      arguments = List.copyOf(arguments);
    }
  }

  /** Returns whether all of it is what people have said, as {@link Reference#isByAuthor}. */
  public boolean isByAuthor() {
    return parts.stream()
        .allMatch(part -> !(part instanceof Reference reference) || reference.isByAuthor());
  }

  @Override
  public String toString() {
    return source;
  }
}
