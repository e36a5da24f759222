package io.waybill.mail.oauth;

import io.waybill.mail.net.ForeignText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks one token endpoint (RFC 6749 3.2) for tokens: one POST, one bounded answer. */
final class TokenEndpoint {
  static final int MAX_BODY_BYTES = 64 * 1024;

  private static final int MAX_REASON = 200;

  private final URI uri;
  private final String clientId;
  private final @Nullable Supplier<String> clientSecret;
  private final ClientAuthentication authentication;
  private final Map<String, String> parameters;
  private final @Nullable HttpClient http;
  private final Duration timeout;

  TokenEndpoint(
      URI uri,
      String clientId,
      @Nullable Supplier<String> clientSecret,
      ClientAuthentication authentication,
      Map<String, String> parameters,
      @Nullable HttpClient http,
      Duration timeout) {
    this.uri = uri;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.authentication = authentication;
    this.parameters = parameters;
    this.http = http;
    this.timeout = timeout;
  }

  /**
   * Sends one request.
   *
   * @param grant the fields of the grant, the first being its type
   * @param grantSecret what in it must not be shown; empty if nothing
   */
  TokenResponse ask(Map<String, String> grant, String grantSecret) throws TokenFailure {
    Map<String, String> form = new LinkedHashMap<>(grant);
    form.putAll(parameters);
    List<String> secrets = new ArrayList<>();
    addSecret(secrets, grantSecret);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json");
    String secret = clientSecret == null ? "" : clientSecret.get();
    if (clientSecret != null && secret.isEmpty()) {
      throw TokenFailure.misconfigured(
          "the client secret is empty; look at where it comes from", null);
    }
    addSecret(secrets, secret);
    if (secret.isEmpty() || authentication == ClientAuthentication.POST) {
      form.put("client_id", clientId);
      if (!secret.isEmpty()) {
        form.put("client_secret", secret);
      }
    } else {
      // RFC 6749 2.3.1: both parts are form-encoded before they are put into base64.
      String pair = encode(clientId) + ":" + encode(secret);
      String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
      secrets.add(basic);
      request.header("Authorization", "Basic " + basic);
    }
    request.POST(HttpRequest.BodyPublishers.ofString(encode(form)));
    return new TokenAnswer(exchange(request.build(), secrets), secrets).granted();
  }

  /**
   * Waits for the whole answer: the timeout of a request alone ends with the headers, and a body
   * could trickle for ever.
   */
  private HttpResponse<byte[]> exchange(HttpRequest request, List<String> secrets)
      throws TokenFailure {
    HttpClient client = http == null ? DefaultClient.INSTANCE : http;
    CompletableFuture<HttpResponse<byte[]>> call =
        client.sendAsync(request, head -> new BoundedBody(MAX_BODY_BYTES));
    try {
      return call.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      call.cancel(true);
      throw TokenFailure.temporary(tooLate(), e);
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      throw TokenFailure.temporary("the wait for the provider was interrupted", e);
    } catch (ExecutionException e) {
      throw unreachable(e.getCause() == null ? e : e.getCause(), secrets);
    }
  }

  private TokenFailure unreachable(Throwable cause, List<String> secrets) {
    if (cause instanceof HttpTimeoutException) {
      return TokenFailure.temporary(tooLate(), cause);
    }
    String reason = reason(cause, secrets);
    // What a server sends instead of HTTP is quoted in exceptions; it may repeat what it was sent.
    boolean isClean = cause instanceof IOException && ForeignText.isClean(cause, secrets);
    return TokenFailure.temporary(
        "the provider cannot be asked: " + reason, isClean ? cause : null);
  }

  private String reason(Throwable cause, List<String> secrets) {
    String message = cause.getMessage();
    if (cause instanceof ConnectException && message == null) {
      // all that Java says of a port where nobody listens, and of a name that nobody knows
      return cause.getCause() instanceof UnresolvedAddressException
          ? "there is no host " + uri.getHost()
          : "no connection to " + uri.getAuthority() + ", refused or no way there";
    }
    return cause.getClass().getSimpleName()
        + (message == null ? "" : ": " + ForeignText.show(message, MAX_REASON, secrets));
  }

  private String tooLate() {
    return "the provider did not answer within " + timeout.toMillis() + " ms";
  }

  private static void addSecret(List<String> secrets, String secret) {
    if (!secret.isEmpty()) {
      secrets.add(secret);
      secrets.add(encode(secret));
    }
  }

  private static String encode(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** One for all sources: each client has threads of its own. */
  private static final class DefaultClient {
    static final HttpClient INSTANCE =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(15))
            .build();
  }
}
