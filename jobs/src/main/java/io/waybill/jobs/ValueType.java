package io.waybill.jobs;

import java.util.List;
import java.util.Map;

/**
 * What a key of the job file holds. The loader, the schema and the reference page are made from it.
 */
public sealed interface ValueType {

  /** The forms a single value can take. */
  enum Scalar implements ValueType {
    /** Any text, on one line or many. */
    TEXT,
    /** A shell pattern over names, in which what an expression has found stands for itself. */
    PATTERN,
    /** A regular expression, in which what an expression has found stands for itself. */
    REGEX,
    /** A path, a URI, or {@code connection:/path}. */
    LOCATION,
    /**
     * A file of this machine. Where an expression of a step is rendered, a relative path is as seen
     * from the job file.
     */
    FILE,
    /** {@code connection:Folder}, or a connection's name for its INBOX. */
    MAILBOX,
    /** A connection's name. */
    CONNECTION,
    /** One mail address, {@code name@host} or {@code Name <name@host>}. */
    ADDRESS,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** A whole number; {@link Long} in Java. */
    INTEGER,
    /** A number with or without a fraction; {@link Double} in Java. */
    NUMBER,
    /** {@code 500ms 10s 5m 1h 2d}; {@link java.time.Duration} in Java. */
    DURATION,
    /** {@code 10 512KiB 20MiB 1GB}; bytes, {@link Long} in Java. */
    SIZE,
    /** {@code 20%}; a {@link Double} from 0 to 1 in Java. */
    PERCENT
  }

  /** One of a few words. */
  record OneOf(List<String> words) implements ValueType {
    public OneOf {
      words = List.copyOf(words);
    }
  }

  /**
   * A list; a single value stands for a list of one.
   *
   * @param least how many elements there must be
   */
  record ListOf(ValueType element, int least) implements ValueType {
    public ListOf(ValueType element) {
      this(element, 0);
    }
  }

  /** A mapping from free names to values of one type. */
  record MapOf(ValueType value) implements ValueType {}

  /**
   * A mapping with keys of its own.
   *
   * @param choice names of keys of which exactly one must be there; empty if there is no such rule.
   *     Whoever reads the mapping says so in words
   */
  record Group(List<Key> keys, List<String> choice) implements ValueType {
    public Group {
      keys = List.copyOf(keys);
      choice = List.copyOf(choice);
    }

    public Group(List<Key> keys) {
      this(keys, List.of());
    }
  }

  /**
   * Whatever stands there or an expression yields: a text, {@code true} or {@code false}, lists and
   * mappings of these.
   */
  record Anything() implements ValueType {}

  /**
   * A text that is rendered once for each item of a step; {@link ItemText} in Java.
   *
   * @param roots the first names under which its expressions read the item, with what they can read
   *     below each
   */
  record PerItem(Map<String, List<String>> roots) implements ValueType {
    public PerItem {
      roots = Map.copyOf(roots);
    }

    public PerItem(String root, List<String> names) {
      this(Map.of(root, names));
    }
  }

  /** Either of several; the first that fits the node's form is taken. */
  record AnyOf(List<ValueType> types) implements ValueType {
    public AnyOf {
      types = List.copyOf(types);
    }
  }
}
