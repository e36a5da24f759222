package io.waybill.jobs.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.waybill.Operator;
import io.waybill.Waybill;
import io.waybill.jobs.JobStatus;
import io.waybill.jobs.json.AgendaForm;
import io.waybill.jobs.json.JobForm;
import io.waybill.jobs.json.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/jobs} and {@code /api/v1/next}: which jobs there are, and when they fire. */
final class JobsApi {
  private static final int USUAL = 10;

  private final Waybill waybill;
  private final Operator operator;

  JobsApi(Waybill waybill) {
    this.waybill = waybill;
    this.operator = waybill.operator(ControlApi.WHO);
  }

  void register(RoutesConfig routes) {
    routes.get(
        "/api/v1/jobs",
        context ->
            ControlApi.answer(
                context, 200, Map.of("jobs", waybill.jobs().stream().map(this::form).toList())));
    routes.get("/api/v1/jobs/{job}", context -> answer(context, context.pathParam("job")));
    routes.post("/api/v1/jobs/{job}/runs", this::trigger);
    routes.post(
        "/api/v1/jobs/{job}/pause",
        context -> {
          operator.pause(context.pathParam("job"));
          answer(context, context.pathParam("job"));
        });
    routes.post(
        "/api/v1/jobs/{job}/resume",
        context -> {
          operator.resume(context.pathParam("job"));
          answer(context, context.pathParam("job"));
        });
    routes.get("/api/v1/next", this::next);
  }

  private Map<String, Object> form(JobStatus status) {
    return JobForm.of(status, waybill.configuration().job(status.job().name()));
  }

  private void answer(Context context, String job) {
    ControlApi.answer(context, 200, form(waybill.job(job)));
  }

  private void trigger(Context context) {
    Map<String, Object> body =
        context.body().isBlank() ? Map.of() : Json.readObject(context.body());
    Map<String, String> parameters = new LinkedHashMap<>();
    if (body.get("params") instanceof Map<?, ?> given) {
      given.forEach((name, value) -> parameters.put(String.valueOf(name), String.valueOf(value)));
    }
    String id = operator.trigger(context.pathParam("job"), parameters);
    ControlApi.answer(context, 202, ControlApi.form(waybill, id));
  }

  private void next(Context context) {
    @Nullable String job = context.queryParam("job");
    List<JobStatus> jobs = job == null ? waybill.jobs() : List.of(waybill.job(job));
    Instant now = Instant.now();
    Map<String, Object> form =
        new LinkedHashMap<>(
            AgendaForm.of(jobs, moment(context, now), Limits.of(context, "count", USUAL)));
    form.put("jobs", jobs.stream().map(this::form).toList());
    form.put("differences", new StoreCheck(now).differences(jobs));
    ControlApi.answer(context, 200, form);
  }

  private static Instant moment(Context context, Instant now) {
    @Nullable String given = context.queryParam("after");
    try {
      return given == null ? now : Instant.parse(given);
    } catch (DateTimeException e) {
      throw new Refusal(422, "after is a moment such as 2027-03-01T00:00:00Z");
    }
  }
}
