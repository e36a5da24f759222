package io.waybill.jobs.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.waybill.Waybill;
import io.waybill.jobs.json.AuditForm;
import io.waybill.jobs.json.LogForm;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/** What is remembered: {@code /api/v1/runs/ID/log} and {@code /api/v1/audit}. */
final class HistoryApi {
  private final Waybill waybill;

  HistoryApi(Waybill waybill) {
    this.waybill = waybill;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/runs/{id}/log", this::log);
    routes.get("/api/v1/audit", this::audit);
    routes.get(
        "/api/v1/audit/verdict",
        context -> ControlApi.answer(context, 200, AuditForm.of(waybill.audit().verify())));
  }

  private void log(Context context) {
    String id = context.pathParam("id");
    String from = context.queryParam("from");
    if (from != null && !from.matches("\\d{1,15}")) {
      throw new Refusal(422, "from is a number of bytes, 0 or more");
    }
    ControlApi.answer(
        context, 200, LogForm.of(id, waybill.log(id, from == null ? 0 : Long.parseLong(from))));
  }

  private void audit(Context context) {
    ControlApi.answer(
        context,
        200,
        Map.of(
            "entries",
            waybill.audit().newest(since(context), Limits.of(context)).stream()
                .map(AuditForm::of)
                .toList()));
  }

  private static Instant since(Context context) {
    String given = context.queryParam("since");
    try {
      return given == null ? Instant.EPOCH : Instant.parse(given);
    } catch (DateTimeParseException e) {
      throw new Refusal(422, "since is a moment, as 2026-01-31T02:30:00Z");
    }
  }
}
