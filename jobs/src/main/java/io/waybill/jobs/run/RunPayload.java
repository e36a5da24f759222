package io.waybill.jobs.run;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.measure.Measured;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What we keep in a run's row beside the scheduler's columns: what tells its work from others'. */
public final class RunPayload {
  private RunPayload() {}

  /**
   * Where a run begins that does not do all of its job.
   *
   * @param step the first that it does
   * @param runId the run whose results those before it have
   */
  record Start(String step, String runId) {}

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
    return text(form);
  }

  /**
   * Writes the payload of a run that begins at a step.
   *
   * @param step the first that it does
   * @param runId the run whose results those before it have
   */
  public static String startingAt(Map<String, String> parameters, String step, String runId) {
    Map<String, Object> form = form(of(parameters));
    form.put("start", Map.of("step", step, "run", runId));
    return text(form);
  }

  /**
   * Returns a payload for a run that is tried again by somebody.
   *
   * @param token under which it has failed: of what was done until then only steps that succeeded
   *     count
   */
  public static String retried(String payload, long token) {
    Map<String, Object> form = form(Measured.triedAgain(payload));
    form.put("retried", token);
    return text(form);
  }

  /** Returns what started the run, as its trigger wrote it down; empty if it had none. */
  static Map<String, Object> trigger(String payload) {
    return Plain.map(form(payload), "trigger");
  }

  /** Returns the parameters that a run was given, or has by default where that was written down. */
  public static Map<String, String> parameters(String payload) {
    Map<String, String> parameters = new LinkedHashMap<>();
    Plain.map(form(payload), "params")
        .forEach((name, value) -> parameters.put(name, String.valueOf(value)));
    return parameters;
  }

  static Optional<Start> start(String payload) {
    Map<String, Object> start = Plain.map(form(payload), "start");
    return start.isEmpty()
        ? Optional.empty()
        : Optional.of(new Start(Plain.text(start, "step"), Plain.text(start, "run")));
  }

  /** Returns the token up to which only what succeeded counts; 0 if all does. */
  static long retried(String payload) {
    return form(payload).get("retried") instanceof Long token ? token : 0;
  }

  private static Map<String, Object> form(String payload) {
    return payload.isEmpty()
        ? new LinkedHashMap<>()
        : new LinkedHashMap<>(Json.readObject(payload));
  }

  private static String text(Map<String, Object> form) {
    return form.isEmpty() ? "" : Json.write(form);
  }
}
