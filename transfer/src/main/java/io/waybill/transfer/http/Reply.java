package io.waybill.transfer.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.SSLSession;

/** The head of one answer, and what comes after it. */
final class Reply implements Closeable {
  private final String method;
  private final HttpResponse<InputStream> response;

  Reply(String method, HttpResponse<InputStream> response) {
    this.method = method;
    this.response = response;
  }

  int code() {
    return response.statusCode();
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  boolean isSuccess() {
    return code() >= 200 && code() < 300;
  }

  boolean isRedirect() {
    return switch (code()) {
      case 301, 302, 303, 307, 308 -> header("Location").isPresent();
      default -> false;
    };
  }

  HttpHeaders headers() {
    return response.headers();
  }

  Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  /** Returns what was asked for in the end. */
  URI uri() {
    return response.uri();
  }

  InputStream body() {
    return response.body();
  }

  Optional<SSLSession> tls() {
    return response.sslSession();
  }

  /** Returns the length that the head tells; empty if it tells none. */
  OptionalLong contentLength() throws HttpProtocolException {
    Optional<String> text = header("Content-Length");
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(number("Content-Length", text.get()));
  }

  /** Says whether the content has a mark of its end, so that a lost connection is none. */
  boolean tellsItsEnd() {
    return response.version() == HttpClient.Version.HTTP_2
        || header("Transfer-Encoding")
            .filter(each -> each.strip().equalsIgnoreCase("chunked"))
            .isPresent();
  }

  /** Reads a length: digits only, at most 2^63 - 1. */
  static long number(String what, String digits) throws HttpProtocolException {
    boolean fits =
        digits.matches("[0-9]{1,18}")
            || (digits.matches("[0-9]{19}")
                && digits.compareTo(Long.toString(Long.MAX_VALUE)) <= 0);
    if (!fits) {
      throw new HttpProtocolException(
          "A %s of '%s'"
              .formatted(what, digits.length() <= 40 ? digits : digits.substring(0, 40) + "..."));
    }
    return Long.parseLong(digits);
  }

  /** Returns the ETag if it is a strong one (RFC 9110 8.8.3): equal ones mean equal bytes. */
  Optional<String> strongTag() {
    return header("ETag")
        .map(String::strip)
        .filter(tag -> tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\""));
  }

  /** Returns what time it was at the server. */
  Optional<Instant> date() {
    return header("Date").flatMap(Reply::time);
  }

  Optional<Instant> lastModified() {
    return header("Last-Modified").flatMap(Reply::time);
  }

  /** Returns how long the server asks to stay away. */
  Optional<Duration> retryAfter(Instant now) {
    return header("Retry-After")
        .flatMap(
            text ->
                text.strip().matches("[0-9]{1,9}")
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(text.strip())))
                    : time(text).map(at -> Duration.between(now, at)))
        .filter(wait -> !wait.isNegative());
  }

  // a time that cannot be read is none: it only ever adds certainty
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Refuses content that is not sent as it is: its length and digest would be another's. */
  void requireIdentity() throws HttpProtocolException {
    Optional<String> coding =
        header("Content-Encoding").filter(each -> !each.strip().equalsIgnoreCase("identity"));
    if (coding.isPresent()) {
      throw new HttpProtocolException(
          "It is sent with the content coding '%s', though identity was asked for; switch compression off there"
              .formatted(coding.get().replaceAll("\\p{Cntrl}", "?")));
    }
  }

  HttpReplyException refused(Instant now) {
    return new HttpReplyException(method, code(), retryAfter(now));
  }

  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
