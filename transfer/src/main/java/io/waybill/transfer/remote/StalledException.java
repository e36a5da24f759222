package io.waybill.transfer.remote;

import java.io.Serial;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Nothing moved for so long that the session was given up. */
public final class StalledException extends SocketTimeoutException {
  @Serial private static final long serialVersionUID = 1L;

  private final Duration limit;

  StalledException(Duration limit) {
    super("nothing moved for " + DurationWords.of(limit));
    this.limit = limit;
  }

  /** Returns how long was waited. */
  public Duration limit() {
    return limit;
  }
}
