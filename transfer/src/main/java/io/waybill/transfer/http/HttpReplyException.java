package io.waybill.transfer.http;

import io.waybill.transfer.remote.RefusedByPeerException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request was answered with a status other than what was hoped for. */
final class HttpReplyException extends RefusedByPeerException {
  @Serial private static final long serialVersionUID = 1L;
  private final String method;
  private final int code;
  private final @Nullable Duration retryAfter;

  HttpReplyException(String method, int code, Optional<Duration> retryAfter) {
    super(
        "%s was answered %d%s"
            .formatted(
                method,
                code,
                retryAfter
                    .map(wait -> ", to be tried again in " + wait.toSeconds() + " s")
                    .orElse("")),
        null);
    this.method = method;
    this.code = code;
    this.retryAfter = retryAfter.orElse(null);
  }

  String method() {
    return method;
  }

  int code() {
    return code;
  }

  Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
