package io.waybill.scheduler.time;

import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Optional;

/**
 * The times of a pattern on the days that count in a calendar; what falls on another day is left
 * out or moves, with its time of day, to the nearest day that counts in one direction.
 */
record CalendarPattern(LocalPattern inner, DayCalendar calendar, ExcludedPolicy excluded)
    implements LocalPattern {
  // days of the week repeat after 400 years: what was not due by then never is
  private static final int MOST_DAYS = 400 * 366;

  @Override
  public Optional<LocalDate> nextDay(LocalDate from) {
    // what was excluded just before may move here
    LocalDate start = excluded == ExcludedPolicy.NEXT_DAY ? runStart(from) : from;
    Optional<LocalDate> candidate = inner.nextDay(start);
    for (int i = 0; candidate.isPresent() && i < MOST_DAYS; i++) {
      LocalDate day = candidate.get();
      if (day.isAfter(from.plusDays(MOST_DAYS))) {
        return Optional.empty();
      }
      Optional<LocalDate> shifted = shifted(day).filter(found -> !found.isBefore(from));
      if (shifted.isPresent()) {
        return shifted;
      }
      candidate = inner.nextDay(day.plusDays(1));
    }
    return Optional.empty();
  }

  private Optional<LocalDate> shifted(LocalDate day) {
    if (calendar.includes(day)) {
      return Optional.of(day);
    }
    return switch (excluded) {
      case SKIP -> Optional.empty();
      case NEXT_DAY -> nearest(day, 1);
      case PREVIOUS_DAY -> nearest(day, -1);
    };
  }

  private Optional<LocalDate> nearest(LocalDate day, int direction) {
    LocalDate found = day;
    for (int i = 0; i < MOST_DAYS && found.getYear() <= LAST_YEAR; i++) {
      found = found.plusDays(direction);
      if (calendar.includes(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** Returns the first of the excluded days that end just before a day, or the day itself. */
  private LocalDate runStart(LocalDate day) {
    LocalDate start = day;
    while (!calendar.includes(start.minusDays(1)) && start.isAfter(day.minusDays(MOST_DAYS))) {
      start = start.minusDays(1);
    }
    return start;
  }

  @Override
  public int nextSecond(LocalDate day, int secondOfDay) {
    int next = on(day, secondOfDay);
    if (excluded == ExcludedPolicy.SKIP) {
      return next;
    }
    int direction = excluded == ExcludedPolicy.NEXT_DAY ? -1 : 1;
    LocalDate moved = day.plusDays(direction);
    for (int i = 0; i < MOST_DAYS && !calendar.includes(moved); i++) {
      next = Math.min(next, on(moved, secondOfDay));
      moved = moved.plusDays(direction);
    }
    return next;
  }

  private int on(LocalDate day, int secondOfDay) {
    return inner.nextDay(day).filter(day::equals).isPresent()
        ? inner.nextSecond(day, secondOfDay)
        : SECONDS_PER_DAY;
  }

  @Override
  public boolean isIntervalAcross(Duration change) {
    return inner.isIntervalAcross(change);
  }
}
