package io.waybill.jobs.json;

import io.waybill.jobs.JobException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads plain values out of a map that came from JSON or goes there. */
public final class Plain {
  private Plain() {}

  /** Returns a constant as forms write it: {@code not-found}. */
  public static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns a text that must be there.
   *
   * @throws JobException.Configuration if it is not
   */
  public static String text(Map<?, ?> map, String key) {
    return require(map, key, String.class);
  }

  /**
   * Returns a whole number that must be there.
   *
   * @throws JobException.Configuration if it is not
   */
  public static long number(Map<?, ?> map, String key) {
    return require(map, key, Long.class);
  }

  /**
   * Returns a value of any kind that must be there.
   *
   * @throws JobException.Configuration if it is not
   */
  public static Object value(Map<?, ?> map, String key) {
    return require(map, key, Object.class);
  }

  /** Returns a map; one that is not there is empty. */
  @SuppressWarnings("unchecked") // plain maps have text keys only
  public static Map<String, Object> map(Map<?, ?> map, String key) {
    return map.get(key) instanceof Map<?, ?> found ? (Map<String, Object>) found : Map.of();
  }

  /** Returns a list of maps; one that is not there is empty. */
  @SuppressWarnings("unchecked") // plain maps have text keys only
  public static List<Map<String, Object>> maps(Map<?, ?> map, String key) {
    return map.get(key) instanceof List<?> list
        ? list.stream()
            .filter(Map.class::isInstance)
            .map(each -> (Map<String, Object>) each)
            .toList()
        : List.of();
  }

  private static <T> T require(Map<?, ?> map, String key, Class<T> type) {
    @Nullable Object value = map.get(key);
    if (!type.isInstance(value)) {
      throw new JobException.Configuration(
          "\"" + key + "\" is missing or no " + type.getSimpleName().toLowerCase(Locale.ROOT));
    }
    return type.cast(value);
  }
}
