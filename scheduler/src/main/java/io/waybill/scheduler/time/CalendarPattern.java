package io.waybill.scheduler.time;

import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import java.time.Duration;
import java.time.LocalDate;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * The times of a pattern on the days that count in a calendar; what falls on another day is left
 * out or moves, with its time of day, to the nearest day in one direction that counts and exists.
 *
 * <p>What falls on a day that counts but that the zone skips (Apia, 2011-12-30) is not due: the
 * calendar does not exclude it, so there is nothing to move.
 */
record CalendarPattern(
    LocalPattern inner, DayCalendar calendar, ExcludedPolicy excluded, ZoneRules rules)
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
      return Optional.of(day).filter(this::isKept);
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
      if (isKept(found)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** Returns whether times stay on a day, its own and those that move there. */
  private boolean isKept(LocalDate day) {
    return calendar.includes(day) && ZoneDays.exists(day, rules);
  }

  /** Returns the first of the days from which times move to a day, or the day itself. */
  private LocalDate runStart(LocalDate day) {
    LocalDate start = day;
    while (!isKept(start.minusDays(1)) && start.isAfter(day.minusDays(MOST_DAYS))) {
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
    LocalDate moved = day.plusDays(back());
    for (int i = 0; i < MOST_DAYS && !isKept(moved); i++) {
      if (!calendar.includes(moved)) {
        next = Math.min(next, on(moved, secondOfDay));
      }
      moved = moved.plusDays(back());
    }
    return next;
  }

  /**
   * Returns the excluded day, the nearest of several, whose time a day has taken over; empty if the
   * time is the day's own.
   */
  Optional<LocalDate> movedFrom(LocalDate day, int secondOfDay) {
    if (excluded == ExcludedPolicy.SKIP || !isKept(day) || on(day, secondOfDay) == secondOfDay) {
      return Optional.empty();
    }
    LocalDate moved = day.plusDays(back());
    for (int i = 0; i < MOST_DAYS && !isKept(moved); i++) {
      if (!calendar.includes(moved) && on(moved, secondOfDay) == secondOfDay) {
        return Optional.of(moved);
      }
      moved = moved.plusDays(back());
    }
    return Optional.empty();
  }

  /** Returns the direction in which the days lie from which times move to a day. */
  private int back() {
    return excluded == ExcludedPolicy.NEXT_DAY ? -1 : 1;
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
