package io.waybill.jobs.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node of a job file, with the place it was read from. Scalars stay text: the key registry says
 * what they are.
 */
sealed interface YamlNode {
  Origin origin();

  /** Says what the node is, to continue "is". */
  String description();

  /**
   * A text.
   *
   * @param plain without quotes, so that an empty one and {@code null} mean that there is nothing
   */
  record Scalar(String text, boolean plain, Origin origin) implements YamlNode {
    private static final Set<String> NOTHING = Set.of("", "~", "null", "Null", "NULL");

    boolean isNothing() {
      return plain && NOTHING.contains(text);
    }

    @Override
    public String description() {
      return isNothing() ? "empty" : "a single value";
    }
  }

  /** A list. */
  record Items(List<YamlNode> elements, Origin origin) implements YamlNode {
    public Items {
      elements = List.copyOf(elements);
    }

    @Override
    public String description() {
      return "a list";
    }
  }

  /** A mapping; keys are unique. */
  record Mapping(List<Entry> entries, Origin origin) implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    Optional<Entry> find(String key) {
      return entries.stream().filter(e -> e.name().equals(key)).findFirst();
    }

    @Override
    public String description() {
      return "a mapping";
    }
  }

  /** A key and what stands behind it. */
  record Entry(Scalar key, YamlNode value) {
    String name() {
      return key.text();
    }
  }
}
