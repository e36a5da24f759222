package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.JobException;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.log.SecretMask;
import io.waybill.scheduler.FailureClass;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.http.HttpSite;
import io.waybill.transfer.http.WebAnswer;
import io.waybill.transfer.http.WebExchange;
import io.waybill.transfer.http.WebRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sends single requests that are not steps: alerts, and signs of life. They go the same way as
 * those of {@code http.request}, follow no redirect, and must be answered with 2xx.
 */
public final class WebRequestSender {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration REPLY = Duration.ofSeconds(20);
  private static final int MOST_WORDS = 200;

  private final StepServices services;

  public WebRequestSender(StepServices services) {
    this.services = services;
  }

  /**
   * A request.
   *
   * @param url where it goes
   * @param isSecret whether whoever knows the address may do what it does
   * @param headers by name
   * @param json what is posted; if it is empty it is asked for
   */
  public record Request(
      String url, boolean isSecret, Map<String, String> headers, Optional<String> json) {}

  /**
   * Sends it.
   *
   * @throws JobException.Configuration if the address, or a header, is none
   * @throws JobException.Unsuccessful if the server does not want it
   * @throws TransferException if there is no answer
   */
  public void send(Request request, CancelScope scope) {
    HttpTarget.At at = at(request);
    HttpSite site =
        Endpoints.site(
            at.site(),
            services,
            scope,
            builder -> builder.connectTimeout(CONNECT).replyTimeout(REPLY).idleTimeout(REPLY));
    try (WebExchange exchange = WebExchange.open(site);
        CancelScope.Registration registration = scope.register(exchange);
        WebAnswer answer = exchange.send(of(request, at))) {
      if (answer.status() / 100 != 2) {
        TransferException refusal = answer.refusal();
        throw new JobException.Unsuccessful(
            refusal.isTransient() ? FailureClass.TRANSIENT : FailureClass.PERMANENT,
            refusal.getMessage() + said(answer),
            refusal,
            answer.retryAfter());
      }
    } catch (IOException e) {
      throw new TransferException.Connection(at.site().host(), at.shown() + ": " + e, e);
    }
  }

  private static HttpTarget.At at(Request request) {
    if (!request.isSecret()) {
      return HttpTarget.open(request.url(), new Trust.Public());
    }
    try {
      URI address = new URI(request.url());
      SecretMask.ofThisProcess().remember(request.url());
      Optional.ofNullable(address.getRawPath()).ifPresent(SecretMask.ofThisProcess()::remember);
      Optional.ofNullable(address.getRawQuery()).ifPresent(SecretMask.ofThisProcess()::remember);
    } catch (URISyntaxException e) {
      // no cause: it would show the secret
      throw new JobException.Configuration("the secret of \"url\" is no address");
    }
    return HttpTarget.open(request.url(), new Trust.Public());
  }

  private static WebRequest of(Request request, HttpTarget.At at) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (request.json().isPresent()) {
      headers.put("Content-Type", "application/json");
    }
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!HttpRequestStepType.isHeaderValue(value)) {
                throw new JobException.Configuration(
                    "the value of the header \"%s\" holds characters that no header can"
                        .formatted(name));
              }
              headers.keySet().removeIf(name::equalsIgnoreCase);
              headers.put(name, value);
            });
    return new WebRequest(
        request.json().isPresent() ? "POST" : "GET",
        at.address(),
        headers,
        request
            .json()
            .map(text -> BodyPublishers.ofString(text, StandardCharsets.UTF_8))
            .orElseGet(BodyPublishers::noBody),
        new WebRequest.Manner(0, true));
  }

  private static String said(WebAnswer answer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      answer.readTo(out, MOST_WORDS);
    } catch (IOException | TransferException e) {
      return ""; // the status says enough
    }
    String words =
        out.toString(StandardCharsets.UTF_8)
            .replaceAll("<[^>]*>", " ")
            .replaceAll("\\s+", " ")
            .strip();
    return words.isEmpty() ? "" : "; it says: " + words;
  }
}
