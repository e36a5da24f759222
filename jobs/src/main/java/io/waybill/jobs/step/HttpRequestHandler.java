package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepCall;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.json.Plain;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.http.HttpSite;
import io.waybill.transfer.http.WebExchange;
import io.waybill.transfer.http.WebRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Carries out {@code http.request}. */
final class HttpRequestHandler implements StepHandler<HttpRequestStep> {
  private static final String ITEM = "request";

  private final StepServices services;

  HttpRequestHandler(StepServices services) {
    this.services = services;
  }

  @Override
  public StepResult execute(HttpRequestStep step, StepCall call) {
    HttpTarget.At at = step.target().find();
    Optional<StepResult> done = call.journal().find(ITEM).flatMap(item -> earlier(step, at, item));
    if (done.isPresent()) {
      return done.get();
    }
    HttpSite site =
        Endpoints.site(
            at.site(),
            services,
            call.cancel(),
            builder ->
                builder
                    .connectTimeout(step.patience().connect())
                    .replyTimeout(step.patience().reply())
                    .idleTimeout(step.patience().reply()));
    try (WebExchange exchange = WebExchange.open(site);
        CancelScope.Registration registration = call.cancel().register(exchange)) {
      HttpAsk ask = new HttpAsk(step, at);
      WebRequest request = ask.request();
      return step.request().isRepeatable()
          ? ask.send(request, exchange)
          : once(ask, request, exchange, call);
    }
  }

  // It is written down before it is sent, so that it is not sent again by who finds that this
  // attempt was cut off; what certainly was not done may be.
  private static StepResult once(
      HttpAsk ask, WebRequest request, WebExchange exchange, StepCall call) {
    call.journal().done(ITEM, Map.of("state", "begun"));
    StepResult result;
    try {
      result = ask.send(request, exchange);
    } catch (TransferException.Ambiguous e) {
      throw e;
    } catch (TransferException | JobException e) {
      call.journal().done(ITEM, Map.of("state", "not-done"));
      throw e;
    }
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("state", "done");
    item.put("bytes", result.bytes());
    item.put("outputs", result.outputs());
    call.journal().done(ITEM, item);
    return result;
  }

  private static Optional<StepResult> earlier(
      HttpRequestStep step, HttpTarget.At at, Map<String, Object> item) {
    return switch (Plain.text(item, "state")) {
      case "done" ->
          Optional.of(new StepResult(Plain.map(item, "outputs"), Plain.number(item, "bytes")));
      case "begun" ->
          throw new TransferException.Ambiguous(
              at.shown(),
              "Nobody knows whether %s %s was done: an earlier attempt was cut off while it waited for the answer; look there, or write \"retry: safe\" if it may be sent twice"
                  .formatted(step.request().method(), at.shown()),
              null);
      default -> Optional.empty();
    };
  }
}
