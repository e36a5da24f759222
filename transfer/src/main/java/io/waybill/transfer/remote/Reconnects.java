package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the reconnects of one transfer and waits before each: decorrelated jitter, 0.5 to 60 s.
 * They are limited only as long as nothing comes of them: once a transfer got on, the limit and the
 * waits begin again. Safe for use by several threads, of which one waits.
 */
final class Reconnects {
  private static final Logger LOG = LoggerFactory.getLogger(Reconnects.class);
  private static final long FIRST_MILLIS = 500;
  private static final long LONGEST_MILLIS = 60_000;
  private static final long MOST_PROGRESS_BYTES = 1 << 20;
  private static final int PARTS = 10;

  private final RemoteEndpoint endpoint;
  private int count;
  private int inVain;
  private long lastMillis = FIRST_MILLIS;
  private long farthest;
  private long farthestAtFailure;
  private boolean stopped;
  private @Nullable Thread waiting;

  Reconnects(RemoteEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Returns how many there were in all. */
  synchronized int count() {
    return count;
  }

  /**
   * Notes how far the file is. Progress since the last failure is a MiB, or a tenth of the file,
   * beyond all that was reached before: to come as far again and again is none.
   */
  synchronized void reached(long position, long size) {
    farthest = Math.max(farthest, position);
    long enough = Math.max(1, Math.min(MOST_PROGRESS_BYTES, size / PARTS));
    if (farthest - farthestAtFailure >= enough) {
      inVain = 0;
      lastMillis = FIRST_MILLIS;
    }
  }

  /** Waits for the next try, or throws the failure if there is to be none. */
  void waitAfter(TransferException failure) {
    Duration wait = next(failure);
    try {
      endpoint.terms().sleeper().sleep(wait);
    } catch (InterruptedException e) {
      failure.addSuppressed(e);
      if (!wokenByStop()) {
        Thread.currentThread().interrupt();
      }
      throw failure;
    } finally {
      awake();
    }
  }

  private synchronized Duration next(TransferException failure) {
    if (stopped || inVain >= endpoint.terms().maxReconnects()) {
      throw failure;
    }
    count++;
    inVain++;
    farthestAtFailure = farthest;
    lastMillis =
        Math.min(
            LONGEST_MILLIS, endpoint.terms().random().nextLong(FIRST_MILLIS, lastMillis * 3 + 1));
    LOG.info(
        "event=remote-reconnect endpoint={} reconnect={} wait-ms={} reason={}",
        endpoint.name(),
        count,
        lastMillis,
        failure.getMessage());
    waiting = Thread.currentThread();
    return Duration.ofMillis(lastMillis);
  }

  private synchronized boolean wokenByStop() {
    return stopped;
  }

  private synchronized void awake() {
    waiting = null;
    if (stopped) {
      Thread.interrupted(); // it was meant for this wait
    }
  }

  /** Nobody needs what is tried any more: a wait ends at once, with the failure it came after. */
  synchronized void stop() {
    stopped = true;
    if (waiting != null) {
      waiting.interrupt();
    }
  }

  /** Something is to be tried again. */
  synchronized void goOn() {
    stopped = false;
  }
}
