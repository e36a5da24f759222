package io.waybill.jobs.measure;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the payload of a run that has ended says of what was measured: it is written with the end,
 * so that whoever writes the history of measures needs no more than the run.
 *
 * @param anomalies in which ways the run is unlike those before, each with both figures
 */
public record Measured(RunMeasure measure, List<String> anomalies) {
  private static final String KEY = "measured";
  private static final String ACCEPTED = "accepted";
  private static final String LATENCY = "latency-millis";
  private static final String ANOMALIES = "anomalies";

  public Measured {
    anomalies = List.copyOf(anomalies);
  }

  /** Returns what a run's payload says; empty if nothing was measured. */
  public static Optional<Measured> in(String payload) {
    if (!payload.contains("\"" + KEY + "\"")) {
      return Optional.empty();
    }
    Map<String, Object> form = Plain.map(Json.readObject(payload), KEY);
    return form.isEmpty() ? Optional.empty() : Optional.of(of(form));
  }

  private static Measured of(Map<String, Object> form) {
    OptionalLong latency =
        form.get(LATENCY) instanceof Long millis ? OptionalLong.of(millis) : OptionalLong.empty();
    List<String> anomalies =
        form.get(ANOMALIES) instanceof List<?> texts
            ? texts.stream().map(String::valueOf).toList()
            : List.of();
    return new Measured(
        new RunMeasure(
            Plain.number(form, "duration-millis"),
            Plain.number(form, "bytes"),
            Plain.number(form, "files"),
            latency),
        anomalies);
  }

  /** Returns a run's payload with this in it. */
  public String into(String payload) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("duration-millis", measure.durationMillis());
    form.put("bytes", measure.bytes());
    form.put("files", measure.files());
    measure.latencyMillis().ifPresent(millis -> form.put(LATENCY, millis));
    if (!anomalies.isEmpty()) {
      form.put(ANOMALIES, anomalies);
    }
    Map<String, Object> whole = read(payload);
    whole.put(KEY, form);
    return Json.write(whole);
  }

  /**
   * Returns the payload with which a run is tried again by somebody: who has one go on that was
   * unlike those before takes it as it is.
   */
  public static String triedAgain(String payload) {
    Optional<Measured> measured = in(payload);
    if (measured.isEmpty()) {
      return payload;
    }
    Map<String, Object> whole = read(payload);
    whole.remove(KEY);
    if (!measured.get().anomalies().isEmpty()) {
      whole.put(ACCEPTED, true);
    }
    return whole.isEmpty() ? "" : Json.write(whole);
  }

  /** Returns whether somebody has a run go on that was unlike those before. */
  public static boolean isAccepted(String payload) {
    return payload.contains("\"" + ACCEPTED + "\"")
        && Boolean.TRUE.equals(Json.readObject(payload).get(ACCEPTED));
  }

  private static Map<String, Object> read(String payload) {
    return payload.isEmpty()
        ? new LinkedHashMap<>()
        : new LinkedHashMap<>(Json.readObject(payload));
  }
}
