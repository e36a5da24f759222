package io.waybill.scheduler.store;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once that a database gives no connections any more, and once that it does again: all who
 * use it meet the same. Who is given none from the beginning says so alone.
 */
final class StoreOutage {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOutage.class);

  private volatile State state = State.NOT_SEEN; // asked for each connection, without the lock
  private long since;

  private enum State {
    NOT_SEEN,
    THERE,
    AWAY
  }

  void began(String why) {
    synchronized (this) {
      if (state != State.THERE) {
        return;
      }
      since = System.nanoTime();
      state = State.AWAY;
    }
    LOG.warn("event=store_away why=\"{}\"", why);
  }

  void ended() {
    if (state == State.THERE) {
      return;
    }
    Duration lasted;
    synchronized (this) {
      boolean wasAway = state == State.AWAY;
      state = State.THERE;
      if (!wasAway) {
        return;
      }
      lasted = Duration.ofNanos(System.nanoTime() - since);
    }
    LOG.warn("event=store_back after={}", Duration.ofSeconds(Math.max(1, lasted.toSeconds())));
  }
}
