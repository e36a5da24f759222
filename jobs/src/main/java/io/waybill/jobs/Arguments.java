package io.waybill.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A mapping of the job file after rendering: every value has the Java type that its {@link
 * ValueType} names, every default is filled in. Asking for a key with the wrong type is a mistake
 * in the program and throws {@link ClassCastException}. While the file is read, a value may not be
 * known yet; asking for it throws {@link Unknown}.
 */
public final class Arguments {
  /**
   * Stands in a list or a mapping for an element that is not known while the file is read. The
   * others can be asked for.
   */
  public static final Object NOT_YET =
      new Object() {
        @Override
        public String toString() {
          return "(not known before the run)";
        }
      };

  private final Map<String, Object> values;
  private final Set<String> unknown;

  private Arguments(Map<String, Object> values, Set<String> unknown) {
    this.values = values;
    this.unknown = unknown;
  }

  /**
   * A value that is not known while the file is read, as an expression yields it in the run, or as
   * it is wrong, which was told. Who binds a step lets it pass.
   */
  public static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unknown(String key) {
      super("\"" + key + "\" is not known before the run");
    }
  }

  public static Arguments of(Map<String, Object> values) {
    return of(values, Set.of());
  }

  /**
   * Takes what is known before the run.
   *
   * @param values lists and mappings among them may hold {@link #NOT_YET}
   * @param unknown keys whose values are not; they may be absent
   */
  public static Arguments of(Map<String, Object> values, Set<String> unknown) {
    Map<String, Object> known = new LinkedHashMap<>();
    values.forEach((key, value) -> known.put(key, PartlyKnown.of(key, value)));
    return new Arguments(Collections.unmodifiableMap(known), Set.copyOf(unknown));
  }

  /** Returns whether a key is there. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /**
   * Returns the value of a key that can have values of several types. Of a list or a mapping not
   * all may be known, as for {@link #texts} and {@link #map}.
   */
  public Optional<Object> find(String key) {
    if (unknown.contains(key)) {
      throw new Unknown(key);
    }
    return Optional.ofNullable(values.get(key));
  }

  /** Returns the value of a required or defaulted text key. */
  public String text(String key) {
    return require(key, String.class);
  }

  public Optional<String> optionalText(String key) {
    return optional(key, String.class);
  }

  public long integer(String key) {
    return require(key, Long.class);
  }

  public Optional<Long> optionalInteger(String key) {
    return optional(key, Long.class);
  }

  public boolean flag(String key) {
    return require(key, Boolean.class);
  }

  public Duration duration(String key) {
    return require(key, Duration.class);
  }

  public Optional<Duration> optionalDuration(String key) {
    return optional(key, Duration.class);
  }

  public Optional<Double> optionalNumber(String key) {
    return optional(key, Double.class);
  }

  public Optional<Secret> secret(String key) {
    return optional(key, Secret.class);
  }

  /**
   * Returns a list's values; an absent list is empty. While the file is read, asking it for an
   * element that an expression yields throws {@link Unknown}.
   */
  public List<String> texts(String key) {
    return elements(
        key, each -> each instanceof FileReference file ? file.location() : (String) each);
  }

  /** Returns the numbers of a list; otherwise as {@link #texts}. */
  public List<Long> integers(String key) {
    return elements(key, each -> (Long) each);
  }

  /** Returns the values of a list of locations; otherwise as {@link #texts}. */
  public List<FileReference> files(String key) {
    return elements(
        key,
        each ->
            each instanceof FileReference file
                ? file
                : new FileReference((String) each, FileReference.Meaning.AS_WRITTEN));
  }

  private <T> List<T> elements(String key, Function<Object, T> type) {
    List<?> values = optional(key, List.class).orElse(List.of());
    if (values instanceof PartlyKnown.Elements<?> partly) {
      return partly.as(type);
    }
    List<T> elements = new ArrayList<>();
    values.forEach(each -> elements.add(type.apply(each)));
    return elements;
  }

  public Optional<ItemText> itemText(String key) {
    return optional(key, ItemText.class);
  }

  public Optional<Arguments> group(String key) {
    return optional(key, Arguments.class);
  }

  /**
   * Returns a mapping whose names are free; an absent one is empty. While the file is read, asking
   * it for a value that an expression yields throws {@link Unknown}; its names are known.
   */
  public Map<String, Object> map(String key) {
    if (optional(key, Map.class).orElse(Map.of()) instanceof PartlyKnown.Entries partly) {
      return partly;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    for (Object each : optional(key, Map.class).orElse(Map.of()).entrySet()) {
      Map.Entry<?, ?> entry = (Map.Entry<?, ?>) each;
      map.put((String) entry.getKey(), entry.getValue());
    }
    return Collections.unmodifiableMap(map);
  }

  /** Returns everything, for values that have no fixed shape. */
  public Map<String, Object> asMap() {
    for (String key : unknown) {
      throw new Unknown(key);
    }
    values.forEach(
        (key, value) -> {
          if (PartlyKnown.is(value)) {
            throw new Unknown(key);
          }
        });
    return values;
  }

  private <T> T require(String key, Class<T> type) {
    return optional(key, type)
        .orElseThrow(() -> new IllegalArgumentException("no value for key \"" + key + "\""));
  }

  private <T> Optional<T> optional(String key, Class<T> type) {
    return find(key).map(type::cast);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
