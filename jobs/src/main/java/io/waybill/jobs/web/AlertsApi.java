package io.waybill.jobs.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.waybill.Waybill;
import io.waybill.jobs.FailureCause;
import io.waybill.jobs.JobException;
import io.waybill.jobs.alert.Outcome;
import io.waybill.jobs.json.AlertForm;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.log.SecretMask;
import io.waybill.mail.MailException;
import io.waybill.transfer.TransferException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code /api/v1/alerts}: what somebody was told, and a try of a channel. */
final class AlertsApi {
  private final Waybill waybill;

  AlertsApi(Waybill waybill) {
    this.waybill = waybill;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/alerts", this::list);
    routes.post("/api/v1/alerts/test/{channel}", this::test);
  }

  private void list(Context context) {
    Optional<String> job = Optional.ofNullable(context.queryParam("job"));
    ControlApi.answer(
        context,
        200,
        Map.of(
            "alerts",
            waybill.alerts().newest(job, Limits.of(context)).stream().map(AlertForm::of).toList()));
  }

  private void test(Context context) throws InterruptedException {
    String channel = context.pathParam("channel");
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("channel", channel);
    try {
      Outcome outcome = waybill.alerts().test(channel);
      form.put("state", Plain.word(outcome.state()));
      form.put("message", outcome.message());
    } catch (JobException.NotFound e) {
      throw e;
    } catch (JobException | TransferException | MailException e) {
      form.put("state", "failed");
      form.put("message", SecretMask.ofThisProcess().mask(String.valueOf(e.getMessage())));
      FailureCause.of(e).ifPresent(cause -> form.put("cause", cause.word()));
    }
    ControlApi.answer(context, 200, form);
  }
}
