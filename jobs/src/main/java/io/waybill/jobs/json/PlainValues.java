package io.waybill.jobs.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes what a JSON reader returns uniform: {@link Integer} and {@link Long} are one type after
 * this.
 */
final class PlainValues {
  private PlainValues() {}

  static Map<String, Object> object(Map<?, ?> raw) {
    Map<String, Object> plain = new LinkedHashMap<>();
    raw.forEach(
        (key, value) -> {
          if (value != null) {
            plain.put(String.valueOf(key), plain(value));
          }
        });
    return plain;
  }

  private static Object plain(Object value) {
    if (value instanceof Map<?, ?> map) {
      return object(map);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(PlainValues::plain).toList();
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    return value;
  }
}
