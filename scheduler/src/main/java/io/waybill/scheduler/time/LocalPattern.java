package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;

/** Days, and times of those days, as a wall clock without clock changes would show them. */
interface LocalPattern {
  int SECONDS_PER_DAY = 24 * 60 * 60;

  /** No pattern has a day after this year. */
  int LAST_YEAR = 9998;

  /** Returns the first day at or after {@code from} that has times; empty if there is none. */
  Optional<LocalDate> nextDay(LocalDate from);

  /**
   * Returns the first time of a day at or after a second of it, or {@link #SECONDS_PER_DAY}.
   *
   * @param day one that {@link #nextDay} has returned
   */
  int nextSecond(LocalDate day, int secondOfDay);

  /**
   * Returns whether the times keep their rhythm through a clock change of this length: both passes
   * of a repeated stretch count, a skipped stretch does not. Otherwise they are fixed times: the
   * first pass counts, and a skipped time moves to the end of the gap.
   */
  boolean isIntervalAcross(Duration change);
}
