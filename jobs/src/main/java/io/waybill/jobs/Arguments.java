package io.waybill.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A mapping of the job file after rendering: every value has the Java type that its {@link
 * ValueType} names, every default is filled in. Asking for a key with the wrong type is a mistake
 * in the program and throws {@link ClassCastException}. While the file is read, a value may not be
 * known yet; asking for it throws {@link Unknown}.
 */
public final class Arguments {
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
   * @param unknown keys whose values are not; they may be absent
   */
  public static Arguments of(Map<String, Object> values, Set<String> unknown) {
    return new Arguments(
        Collections.unmodifiableMap(new LinkedHashMap<>(values)), Set.copyOf(unknown));
  }

  /** Returns whether a key is there. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /** Returns the value of a key that can have values of several types. */
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

  /** Returns a list's values; an absent list is empty. */
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object each : optional(key, List.class).orElse(List.of())) {
      texts.add(each instanceof FileReference file ? file.location() : (String) each);
    }
    return texts;
  }

  /** Returns the numbers of a list; an absent list is empty. */
  public List<Long> integers(String key) {
    List<Long> numbers = new ArrayList<>();
    for (Object each : optional(key, List.class).orElse(List.of())) {
      numbers.add((Long) each);
    }
    return numbers;
  }

  /** Returns the values of a list of locations; an absent list is empty. */
  public List<FileReference> files(String key) {
    List<FileReference> files = new ArrayList<>();
    for (Object each : optional(key, List.class).orElse(List.of())) {
      files.add(
          each instanceof FileReference file
              ? file
              : new FileReference((String) each, FileReference.Meaning.AS_WRITTEN));
    }
    return files;
  }

  public Optional<ItemText> itemText(String key) {
    return optional(key, ItemText.class);
  }

  public Optional<Arguments> group(String key) {
    return optional(key, Arguments.class);
  }

  /** Returns a mapping whose names are free; an absent one is empty. */
  public Map<String, Object> map(String key) {
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
