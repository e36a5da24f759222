package io.waybill.scheduler.store;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once that a database gives no connections, and once that it does again: all who use it meet
 * the same.
 */
final class StoreOutage {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOutage.class);

  private volatile boolean away; // asked for each connection, without the lock
  private long since;

  void began(String why) {
    synchronized (this) {
      if (away) {
        return;
      }
      since = System.nanoTime();
      away = true;
    }
    LOG.warn("event=store_away why=\"{}\"", why);
  }

  void ended() {
    if (!away) {
      return;
    }
    Duration lasted;
    synchronized (this) {
      if (!away) {
        return;
      }
      away = false;
      lasted = Duration.ofNanos(System.nanoTime() - since);
    }
    LOG.warn("event=store_back after={}", Duration.ofSeconds(Math.max(1, lasted.toSeconds())));
  }
}
