package io.waybill.jobs.alert;

import io.waybill.scheduler.DayCalendar;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;

/** Time that passes only on days that count: from the beginning of such a day to its end. */
final class CountedTime {
  // a calendar may have no day any more that counts
  private static final int MOST_DAYS = 4_000;

  private final ZoneId zone;
  private final Optional<DayCalendar> days;

  /**
   * Makes it.
   *
   * @param days that count; all if it is empty
   */
  CountedTime(ZoneId zone, Optional<DayCalendar> days) {
    this.zone = zone;
    this.days = days;
  }

  /** Returns when so much of it has passed; empty if that is not within ten years. */
  Optional<Instant> after(Instant start, Duration length) {
    if (days.isEmpty()) {
      return Optional.of(start.plus(length));
    }
    LocalDate day = start.atZone(zone).toLocalDate();
    Instant from = start;
    Duration left = length;
    for (int i = 0; i < MOST_DAYS; i++) {
      Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
      if (days.get().includes(day) && from.isBefore(end)) {
        Duration here = Duration.between(from, end);
        if (left.compareTo(here) <= 0) {
          return Optional.of(from.plus(left));
        }
        left = left.minus(here);
      }
      from = from.isAfter(end) ? from : end;
      day = day.plusDays(1);
    }
    return Optional.empty();
  }
}
