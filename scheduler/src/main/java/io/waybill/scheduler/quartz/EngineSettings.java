package io.waybill.scheduler.quartz;

import io.waybill.scheduler.store.Membership;
import java.time.Duration;

/**
 * How firings are made.
 *
 * @param threads how many firings are handled at the same time
 * @param onTime how late a firing may be before it counts as missed
 * @param checkIn how often a node that shares its store checks in, and looks after runs of dead
 *     nodes
 * @param watch how often it is looked for triggers that are stuck or missing, and for runs that
 *     nobody works on
 */
public record EngineSettings(int threads, Duration onTime, Duration checkIn, Duration watch) {
  private static final Duration SHORTEST = Duration.ofMillis(100);

  /** Eight threads; a minute late is on time; checks in every 5 s, and watches every minute. */
  public static final EngineSettings DEFAULT =
      new EngineSettings(
          8, Duration.ofMinutes(1), Membership.DEFAULT_CHECK_IN, Duration.ofMinutes(1));

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if there is no thread, {@code onTime} is negative, or one of
   *     the periods is shorter than 100 ms
   */
  public EngineSettings {
    if (threads < 1 || onTime.isNegative()) {
      throw new IllegalArgumentException("threads is at least 1, onTime is not negative");
    }
    if (checkIn.compareTo(SHORTEST) < 0 || watch.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("checkIn and watch are at least 100 ms");
    }
  }

  /** Returns the same with another number of threads. */
  public EngineSettings withThreads(int number) {
    return new EngineSettings(number, onTime, checkIn, watch);
  }

  /** Returns the same with another {@code onTime}. */
  public EngineSettings withOnTime(Duration late) {
    return new EngineSettings(threads, late, checkIn, watch);
  }

  /** Returns the same with other periods. */
  public EngineSettings withPeriods(Duration checkingIn, Duration watching) {
    return new EngineSettings(threads, onTime, checkingIn, watching);
  }
}
