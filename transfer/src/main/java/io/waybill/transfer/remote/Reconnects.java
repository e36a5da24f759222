package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the reconnects of one transfer and waits before each: decorrelated jitter, 0.5 to 60 s.
 */
final class Reconnects {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnects.class);
  private static final long FIRST_MILLIS = 500;
  private static final long LONGEST_MILLIS = 60_000;

  private final RemoteEndpoint endpoint;
  private int count;
  private long lastMillis = FIRST_MILLIS;

  Reconnects(RemoteEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  int count() {
    return count;
  }

  /** Waits for the next try, or throws the failure if there is to be none. */
  void waitAfter(TransferException failure) {
    if (count >= endpoint.terms().maxReconnects()) {
      throw failure;
    }
    count++;
    lastMillis =
        Math.min(
            LONGEST_MILLIS, endpoint.terms().random().nextLong(FIRST_MILLIS, lastMillis * 3 + 1));
    LOG.info(
        "event=remote-reconnect endpoint={} reconnect={} wait-ms={} reason={}",
        endpoint.name(),
        count,
        lastMillis,
        failure.getMessage());
    try {
      endpoint.terms().sleeper().sleep(Duration.ofMillis(lastMillis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
      throw failure;
    }
  }
}
