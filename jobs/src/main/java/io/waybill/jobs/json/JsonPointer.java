package io.waybill.jobs.json;

import io.waybill.jobs.JobException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way to one value of a JSON document (RFC 6901): {@code /orders/0/number}. */
public final class JsonPointer {
  private static final Pattern ESCAPES = Pattern.compile("(?:[^~]|~[01])*", Pattern.DOTALL);
  private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");

  private final String text;

  private JsonPointer(String text) {
    this.text = text;
  }

  /**
   * Reads one; the empty text means the whole document.
   *
   * @throws JobException.Configuration if it is none
   */
  public static JsonPointer parse(String text) {
    if ((!text.isEmpty() && text.charAt(0) != '/') || !ESCAPES.matcher(text).matches()) {
      throw new JobException.Configuration(
          "not a JSON pointer: \"" + text + "\"; write /orders/0/number, ~1 for / and ~0 for ~");
    }
    return new JsonPointer(text);
  }

  /**
   * Returns what it leads to, as a plain value.
   *
   * @return empty if there is nothing, or {@code null}
   * @throws JobException.Configuration if the text is not JSON
   */
  public Optional<Object> find(String json) {
    @Nullable Object value = Json.readRaw(json);
    if (!text.isEmpty()) {
      for (String each : text.substring(1).split("/", -1)) {
        value = below(value, each.replace("~1", "/").replace("~0", "~"));
      }
    }
    return Optional.ofNullable(value).map(JsonPointer::plain);
  }

  private static @Nullable Object below(@Nullable Object value, String token) {
    if (value instanceof Map<?, ?> map) {
      return map.get(token);
    }
    if (value instanceof List<?> list && INDEX.matcher(token).matches()) {
      int index = Integer.parseInt(token);
      return index < list.size() ? list.get(index) : null;
    }
    return null;
  }

  // null has no plain form: in a mapping its key is left out, in a list it is an empty text, so
  // that
  // those behind it keep their places
  private static Object plain(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      map.forEach(
          (key, inner) -> {
            if (inner != null) {
              plain.put(String.valueOf(key), plain(inner));
            }
          });
      return plain;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(JsonPointer::plain).toList();
    }
    if (value instanceof BigInteger || value instanceof BigDecimal) {
      return value.toString();
    }
    if (value instanceof Integer number) {
      return number.longValue();
    }
    return value == null ? "" : value;
  }

  @Override
  public String toString() {
    return text;
  }
}
