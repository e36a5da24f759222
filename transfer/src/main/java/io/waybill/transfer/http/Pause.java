package io.waybill.transfer.http;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;

/**
 * Keeps to what a busy server asked for (Retry-After, RFC 9110 10.2.3): the next request, of any
 * session, waits, but for a minute at most; what takes longer is for whoever repeats the transfer.
 */
final class Pause {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final HttpSite site;
  private Instant until = Instant.MIN;

  Pause(HttpSite site) {
    this.site = site;
  }

  synchronized void ask(Duration wait) {
    Instant asked =
        site.terms().clock().instant().plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
    if (asked.isAfter(until)) {
      until = asked;
    }
  }

  private synchronized Duration left() {
    Instant now = site.terms().clock().instant();
    return until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO;
  }

  void await() throws InterruptedIOException {
    Duration left = left();
    if (left.isZero()) {
      return;
    }
    try {
      site.terms().sleeper().sleep(left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("Interrupted while the server had asked to wait");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
