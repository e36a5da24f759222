package io.waybill.scheduler.time;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Multiples of an interval, counted on the wall clock from a local time on. */
record EveryFromPattern(Duration interval, LocalDateTime from) implements LocalPattern {
  @Override
  public Optional<LocalDate> nextDay(LocalDate day) {
    return Optional.of(next(day.atStartOfDay()).toLocalDate())
        .filter(found -> found.getYear() <= LAST_YEAR);
  }

  @Override
  public int nextSecond(LocalDate day, int secondOfDay) {
    LocalDateTime next = next(day.atStartOfDay().plusSeconds(secondOfDay));
    return next.toLocalDate().equals(day) ? next.toLocalTime().toSecondOfDay() : SECONDS_PER_DAY;
  }

  private LocalDateTime next(LocalDateTime moment) {
    long step = interval.toSeconds();
    long first = from.toEpochSecond(ZoneOffset.UTC);
    long ahead = moment.toEpochSecond(ZoneOffset.UTC) - first;
    long steps = ahead <= 0 ? 0 : Math.floorDiv(ahead + step - 1, step);
    return LocalDateTime.ofEpochSecond(first + steps * step, 0, ZoneOffset.UTC);
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    return interval.compareTo(change) <= 0;
  }
}
