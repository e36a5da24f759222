package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;

/** Days, and times of those days, as a wall clock without clock changes would show them. */
interface LocalPattern {
  int SECONDS_PER_DAY = 24 * 60 * 60;

  /** Returns whether the day has times at all. */
  boolean matches(LocalDate day);

  /** Returns the first time at or after a second of the day, or {@link #SECONDS_PER_DAY}. */
  int nextSecond(int secondOfDay);

  /**
   * Returns whether the times keep their rhythm through a clock change of this length: both passes
   * of a repeated stretch count, a skipped stretch does not. Otherwise they are fixed times: the
   * first pass counts, and a skipped time moves to the end of the gap.
   */
  boolean isIntervalAcross(Duration change);
}
