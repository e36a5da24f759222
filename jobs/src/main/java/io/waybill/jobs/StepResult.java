package io.waybill.jobs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a step leaves behind for the steps after it and for the record.
 *
 * <p>Outputs are plain: text, {@link Long}, {@link Double}, {@link Boolean}, and lists and maps of
 * these, so that they survive a restart as JSON and read the same before and after it.
 *
 * @param outputs by name; {@code ${steps.ID.NAME}} reads them
 * @param bytes moved by this step, for the record
 */
public record StepResult(Map<String, Object> outputs, long bytes) {
  public StepResult {
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    outputs.forEach(StepResult::requirePlain);
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes);
    }
  }

  private static void requirePlain(String name, Object value) {
    Objects.requireNonNull(value, name);
    if (value instanceof Map<?, ?> map) {
      map.forEach((k, v) -> requirePlain(name + "." + k, v));
    } else if (value instanceof List<?> list) {
      list.forEach(v -> requirePlain(name, v));
    } else if (!(value instanceof String
        || value instanceof Long
        || value instanceof Double
        || value instanceof Boolean)) {
      throw new IllegalArgumentException(
          "output \""
              + name
              + "\" is a "
              + value.getClass().getName()
              + ", which JSON does not have");
    }
  }
}
