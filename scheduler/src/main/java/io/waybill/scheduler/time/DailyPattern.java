package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Optional;

/** One fixed time of every day. */
record DailyPattern(LocalTime time) implements LocalPattern {
  @Override
  public Optional<LocalDate> nextDay(LocalDate from) {
    return Optional.of(from).filter(day -> day.getYear() <= LAST_YEAR);
  }

  @Override
  public int nextSecond(LocalDate day, int secondOfDay) {
    int second = time.toSecondOfDay();
    return second >= secondOfDay ? second : SECONDS_PER_DAY;
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    return false;
  }
}
