package io.waybill.scheduler.quartz;

import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.Membership;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells the time by which firings are decided about: that of this machine's clock, or the store's
 * where nodes share one and this machine's is wrong. The store is asked again as soon as this clock
 * was set, which shows in its distance from the one that nobody sets; so a wrong clock decides
 * nothing, and asking costs nothing while nobody sets it.
 */
final class ClockWatch {
  private static final long STEP_MILLIS = 1_000;

  private final Membership membership;
  private long distance = distance();
  private Optional<SchedulerException.ClockSkewed> wrong = Optional.empty();

  ClockWatch(Membership membership) {
    this.membership = membership;
  }

  private static long distance() {
    return System.currentTimeMillis() - System.nanoTime() / 1_000_000;
  }

  /**
   * Returns the time.
   *
   * @throws SchedulerException.StoreFailed if this clock was set, and the store cannot be asked
   */
  synchronized Instant now() {
    if (Math.abs(distance() - distance) > STEP_MILLIS) {
      look();
    }
    Duration ahead = wrong.map(SchedulerException.ClockSkewed::skew).orElse(Duration.ZERO);
    return Instant.now().minus(ahead);
  }

  /** Returns whether this machine's clock is right; throws as {@link #now}. */
  synchronized boolean isRight() {
    now();
    return wrong.isEmpty();
  }

  /** Asks the store; returns what is wrong with this machine's clock. */
  synchronized Optional<SchedulerException.ClockSkewed> look() {
    long asked = distance();
    try {
      membership.requireClock();
      wrong = Optional.empty();
    } catch (SchedulerException.ClockSkewed e) {
      wrong = Optional.of(e);
    }
    distance = asked;
    return wrong;
  }
}
