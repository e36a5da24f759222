package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;

/** Multiples of an interval, counted from midnight on the wall clock. */
record EveryPattern(Duration interval) implements LocalPattern {
  @Override
  public Optional<LocalDate> nextDay(LocalDate from) {
    return Optional.of(from).filter(day -> day.getYear() <= LAST_YEAR);
  }

  @Override
  public int nextSecond(LocalDate day, int secondOfDay) {
    int step = (int) interval.toSeconds();
    return Math.min((secondOfDay + step - 1) / step * step, SECONDS_PER_DAY);
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    // "every 6h" must not fire twice within the repeated hour, nor lose its midnight
    return interval.compareTo(change) <= 0;
  }
}
