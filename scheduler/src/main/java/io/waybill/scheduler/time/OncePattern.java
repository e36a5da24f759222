package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Optional;

/** One local time. */
record OncePattern(LocalDateTime time) implements LocalPattern {
  @Override
  public Optional<LocalDate> nextDay(LocalDate from) {
    return Optional.of(time.toLocalDate()).filter(day -> !day.isBefore(from));
  }

  @Override
  public int nextSecond(LocalDate day, int secondOfDay) {
    int second = time.toLocalTime().toSecondOfDay();
    return second >= secondOfDay ? second : SECONDS_PER_DAY;
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    return false;
  }
}
