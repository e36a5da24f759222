package io.waybill.jobs.web;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.util.JavalinException;
import io.waybill.Waybill;
import io.waybill.jobs.FailureCause;
import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.RunForm;
import io.waybill.mail.MailException;
import io.waybill.scheduler.SchedulerException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code /api/v1} of the control channel. Every call needs the token; {@code Host} and {@code
 * Origin} are checked too, so that a web page that resolves its own name to loopback gets nothing.
 */
public final class ControlApi implements AutoCloseable {
  private static final long MAX_BODY_BYTES = 64 * 1024;

  /** Who the audit says asked: whoever had the token in the daemon's own file. */
  static final String WHO = "api:daemon.json";

  private final Javalin server;

  private ControlApi(Javalin server) {
    this.server = server;
  }

  /**
   * Starts answering.
   *
   * @param port 0 takes a free one
   * @param token what a caller must present as a bearer token
   */
  public static ControlApi start(
      Waybill waybill, DaemonView daemon, String host, int port, String token) {
    Gate gate = new Gate(token);
    Javalin server =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.http.maxRequestSize = MAX_BODY_BYTES;
              config.routes.before("/api/*", gate::check);
              config.routes.get("/livez", context -> context.result("ok"));
              config.routes.get("/api/v1/status", context -> answer(context, 200, daemon.status()));
              config.routes.get(
                  "/api/v1/definitions", context -> answer(context, 200, daemon.definitions()));
              new JobsApi(waybill).register(config.routes);
              config.routes.get("/api/v1/runs", context -> runs(context, waybill));
              config.routes.get("/api/v1/runs/{id}", context -> run(context, waybill));
              config.routes.post("/api/v1/runs/{id}/cancel", context -> cancel(context, waybill));
              config.routes.post("/api/v1/runs/{id}/retry", context -> retry(context, waybill));
              new OutboxApi(waybill).register(config.routes);
              new LedgerApi(waybill).register(config.routes);
              new HistoryApi(waybill).register(config.routes);
              new AlertsApi(waybill).register(config.routes);
              new StoreApi(waybill).register(config.routes);
              config.routes.exception(
                  Refusal.class, (e, context) -> problem(context, e.status(), e));
              config.routes.exception(
                  JobException.NotFound.class, (e, context) -> problem(context, 404, e));
              config.routes.exception(JobException.class, (e, context) -> problem(context, 422, e));
              config.routes.exception(
                  SchedulerException.class, (e, context) -> problem(context, 503, e));
              config.routes.exception(
                  MailException.class, (e, context) -> problem(context, status(e), e));
              config.routes.error(404, context -> notFound(context));
            });
    try {
      server.start(host, port);
    } catch (JavalinException e) {
      throw new JobException.Configuration(
          "the control channel cannot listen on %s:%d: %s; set \"daemon.http.listen\" to a free port"
              .formatted(host, port, e.getMessage()),
          e);
    }
    return new ControlApi(server);
  }

  public int port() {
    return server.port();
  }

  private static void runs(Context context, Waybill waybill) {
    answer(
        context,
        200,
        Map.of("runs", waybill.runs(Limits.of(context)).stream().map(RunForm::of).toList()));
  }

  private static void run(Context context, Waybill waybill) {
    answer(context, 200, form(waybill, context.pathParam("id")));
  }

  private static void cancel(Context context, Waybill waybill) {
    String id = context.pathParam("id");
    waybill.operator(WHO).cancel(id);
    answer(context, 202, form(waybill, id));
  }

  private static void retry(Context context, Waybill waybill) {
    answer(context, 202, RunForm.of(waybill.operator(WHO).retryRun(context.pathParam("id"))));
  }

  static Map<String, Object> form(Waybill waybill, String id) {
    return waybill
        .find(id)
        .map(RunForm::of)
        .orElseThrow(() -> new JobException.NotFound("there is no run " + id));
  }

  // a path that nothing answers; what answered with 404 has said why already
  private static void notFound(Context context) {
    if (!"application/problem+json".equals(context.res().getContentType())) {
      problem(context, 404, new JobException.NotFound("there is nothing at " + context.path()));
    }
  }

  private static int status(MailException failure) {
    if (failure instanceof MailException.StoreFailed
        || failure instanceof MailException.OutboxFull) {
      return 503;
    }
    return failure instanceof MailException.OutboxConflict ? 409 : 422;
  }

  // RFC 9457
  static void problem(Context context, int status, Exception failure) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", "about:blank");
    problem.put("status", (long) status);
    problem.put("detail", String.valueOf(failure.getMessage()));
    FailureCause.of(failure).ifPresent(cause -> problem.put("cause", cause.word()));
    context.status(status).contentType("application/problem+json").result(Json.write(problem));
  }

  static void answer(Context context, int status, Map<String, Object> body) {
    context.status(status).contentType("application/json").result(Json.write(body));
  }

  @Override
  public void close() {
    server.stop();
  }
}
