package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;

/** Multiples of an interval, counted from midnight on the wall clock. */
record EveryPattern(Duration interval) implements LocalPattern {
  @Override
  public boolean matches(LocalDate day) {
    return true;
  }

  @Override
  public int nextSecond(int secondOfDay) {
    int step = (int) interval.toSeconds();
    return Math.min((secondOfDay + step - 1) / step * step, SECONDS_PER_DAY);
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    // "every 6h" must not fire twice within the repeated hour, nor lose its midnight
    return interval.compareTo(change) <= 0;
  }
}
