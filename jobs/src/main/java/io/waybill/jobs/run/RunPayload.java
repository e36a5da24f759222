package io.waybill.jobs.run;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What we keep in a run's row beside the scheduler's columns: what tells its work from others'. */
public final class RunPayload {
  private RunPayload() {}

  /** Writes a row's payload. */
  public static String of(Map<String, String> parameters) {
    return of(parameters, Optional.empty());
  }

  /**
   * Writes a row's payload.
   *
   * @param date the scheduled one, where the job's steps read dates themselves
   */
  static String of(Map<String, String> parameters, Optional<LocalDate> date) {
    Map<String, Object> form = new LinkedHashMap<>();
    if (!parameters.isEmpty()) {
      form.put("params", parameters);
    }
    date.ifPresent(day -> form.put("date", day.toString()));
    return form.isEmpty() ? "" : Json.write(form);
  }

  /** Returns the token up to which only what succeeded counts; 0 if all does. */
  static long retried(String payload) {
    return !payload.isEmpty() && Json.readObject(payload).get("retried") instanceof Long token
        ? token
        : 0;
  }

  /** Returns what started the run, as its trigger wrote it down; empty if it had none. */
  static Map<String, Object> trigger(String payload) {
    return payload.isEmpty() ? Map.of() : Plain.map(Json.readObject(payload), "trigger");
  }

  static Map<String, String> parameters(String payload) {
    Map<String, String> parameters = new LinkedHashMap<>();
    if (!payload.isEmpty()) {
      Plain.map(Json.readObject(payload), "params")
          .forEach((name, value) -> parameters.put(name, String.valueOf(value)));
    }
    return parameters;
  }
}
