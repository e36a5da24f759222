package io.waybill.jobs.run;

import io.waybill.jobs.StepResult;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What we keep in an attempt's row beside the scheduler's columns: the result of the attempt that
 * succeeded, or what stood in the way of one that failed.
 */
final class AttemptPayload {
  private AttemptPayload() {}

  static String of(StepResult result) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("bytes", result.bytes());
    form.put("outputs", result.outputs());
    return Json.write(form);
  }

  /** Returns what {@link io.waybill.jobs.json.RunForm} shows of an attempt that failed. */
  static String of(AttemptDetail detail) {
    Map<String, Object> form = new LinkedHashMap<>();
    detail.cause().ifPresent(cause -> form.put("cause", cause.word()));
    if (!detail.files().isEmpty()) {
      form.put("files", detail.files());
    }
    return form.isEmpty() ? "" : Json.write(form);
  }

  static StepResult result(String payload) {
    Map<String, Object> form = Json.readObject(payload);
    return new StepResult(Plain.map(form, "outputs"), Plain.number(form, "bytes"));
  }
}
