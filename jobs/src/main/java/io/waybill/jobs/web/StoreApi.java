package io.waybill.jobs.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.waybill.Waybill;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.json.StoreForm;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.BackupTarget;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** {@code /api/v1/store}: the care of a store that this process has open. */
final class StoreApi {
  private final Waybill waybill;

  StoreApi(Waybill waybill) {
    this.waybill = waybill;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/v1/store/backup", this::backup);
    routes.post(
        "/api/v1/store/check",
        context -> ControlApi.answer(context, 200, StoreForm.of(waybill.checkStore())));
    routes.exception(
        SchedulerException.StoreRefused.class, (e, context) -> ControlApi.problem(context, 422, e));
    routes.exception(
        SchedulerException.StoreDamaged.class, (e, context) -> ControlApi.problem(context, 500, e));
  }

  private void backup(Context context) {
    ControlApi.answer(
        context,
        200,
        StoreForm.of(
            waybill.operator(ControlApi.WHO).backup(target(Json.readObject(context.body())))));
  }

  /** Reads {@code {"file": ..., "replace": false}} or {@code {"directory": ..., "keep": 7}}. */
  private static BackupTarget target(Map<String, Object> body) {
    try {
      return body.containsKey("directory")
          ? new BackupTarget.Rotated(
              absolute(body, "directory"), Math.toIntExact(Plain.number(body, "keep")))
          : new BackupTarget.OneFile(
              absolute(body, "file"), Boolean.TRUE.equals(body.get("replace")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new Refusal(422, String.valueOf(e.getMessage()));
    }
  }

  // what it would be relative to is where the daemon was started, which a caller cannot know
  private static Path absolute(Map<String, Object> body, String key) throws InvalidPathException {
    Path path = Path.of(Plain.text(body, key));
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("\"" + key + "\" is an absolute path, not " + path);
    }
    return path;
  }
}
