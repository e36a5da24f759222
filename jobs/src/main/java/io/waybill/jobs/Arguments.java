package io.waybill.jobs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the job file after rendering: every value has the Java type that its {@link
 * ValueType} names, every default is filled in. Asking for a key with the wrong type is a mistake
 * in the program and throws {@link ClassCastException}.
 */
public final class Arguments {
  private final Map<String, Object> values;

  private Arguments(Map<String, Object> values) {
    this.values = values;
  }

  public static Arguments of(Map<String, Object> values) {
    return new Arguments(Collections.unmodifiableMap(new LinkedHashMap<>(values)));
  }

  public boolean has(String key) {
    return values.containsKey(key);
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
    return values;
  }

  private <T> T require(String key, Class<T> type) {
    return optional(key, type)
        .orElseThrow(() -> new IllegalArgumentException("no value for key \"" + key + "\""));
  }

  private <T> Optional<T> optional(String key, Class<T> type) {
    @Nullable Object value = values.get(key);
    return value == null ? Optional.empty() : Optional.of(type.cast(value));
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
