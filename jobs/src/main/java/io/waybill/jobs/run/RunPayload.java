package io.waybill.jobs.run;

import io.waybill.jobs.json.Json;
import java.util.Map;
import java.util.stream.Collectors;

/** What we keep in a run's row beside the scheduler's columns: its parameters. */
public final class RunPayload {
  private RunPayload() {}

  /** Writes a row's payload. */
  public static String of(Map<String, String> parameters) {
    return parameters.isEmpty() ? "" : Json.write(Map.of("params", parameters));
  }

  static Map<String, String> parameters(String payload) {
    if (payload.isEmpty()) {
      return Map.of();
    }
    Object params = Json.readObject(payload).get("params");
    if (!(params instanceof Map<?, ?> map)) {
      return Map.of();
    }
    return map.entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> String.valueOf(entry.getKey()),
                entry -> String.valueOf(entry.getValue())));
  }
}
