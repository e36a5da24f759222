package io.waybill.transfer.tcp.wire;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends waits that last too long by closing what is waited on: reads of a channel ignore {@code
 * SO_TIMEOUT}. It looks every 50 ms, so a wait lasts up to that much longer than allowed.
 */
public final class Watchdog implements Closeable {
  private static final long TICK_MILLIS = 50;
  private static final ScheduledThreadPoolExecutor CLOCK = Workers.clock("waybill-watchdog");

  private final Closeable victim;
  private final ScheduledFuture<?> ticks;
  private volatile @Nullable Wait reading;
  private volatile @Nullable Wait writing;
  private volatile @Nullable Wait deadline;
  private volatile @Nullable Wait expired;

  /**
   * A wait under way.
   *
   * @param what what is waited for
   * @param allowed how long
   * @param end when that is over, in {@link System#nanoTime}
   */
  public record Wait(String what, Duration allowed, long end) {
    public static Wait starting(String what, Duration allowed) {
      return new Wait(what, allowed, System.nanoTime() + allowed.toNanos());
    }
  }

  public Watchdog(Closeable victim) {
    this.victim = victim;
    this.ticks =
        CLOCK.scheduleAtFixedRate(this::look, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Starts a wait for bytes to come. */
  public void startReading(String what, Duration allowed) {
    reading = Wait.starting(what, allowed);
  }

  public void stopReading() {
    reading = null;
  }

  /** Starts a wait for bytes to go. */
  public void startWriting(String what, Duration allowed) {
    writing = Wait.starting(what, allowed);
  }

  public void stopWriting() {
    writing = null;
  }

  /** Sets the end of a whole phase, which no progress moves. */
  public void setDeadline(String what, Duration allowed) {
    deadline = Wait.starting(what, allowed);
  }

  public void clearDeadline() {
    deadline = null;
  }

  /** The wait that was ended, or null if none was. */
  public @Nullable Wait expired() {
    return expired;
  }

  private void look() {
    long now = System.nanoTime();
    Wait over = null;
    for (Wait each : new @Nullable Wait[] {reading, writing, deadline}) {
      if (over(each, now)) {
        over = each;
      }
    }
    if (over == null) {
      return;
    }
    expired = over;
    ticks.cancel(false);
    try {
      victim.close();
    } catch (IOException e) {
      // the blocked call reports the timeout; a socket that cannot even close adds nothing to it
      return;
    }
  }

  private static boolean over(@Nullable Wait wait, long now) {
    return wait != null && now - wait.end >= 0;
  }

  @Override
  public void close() {
    ticks.cancel(false);
  }
}
