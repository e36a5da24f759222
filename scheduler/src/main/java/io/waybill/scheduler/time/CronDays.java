package io.waybill.scheduler.time;

import java.time.LocalDate;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The fields that pick days. A day must be in both lists; a list allows what any of its rules does.
 *
 * @param ofMonth by their place in the month
 * @param ofWeek by their place in the week
 * @param months 1 to 12
 * @param years empty for all
 */
record CronDays(List<DayRule> ofMonth, List<DayRule> ofWeek, BitSet months, BitSet years) {
  // days of the week repeat after 400 years and not before
  private static final int CYCLE_YEARS = 400;

  CronDays {
    ofMonth = List.copyOf(ofMonth);
    ofWeek = List.copyOf(ofWeek);
  }

  /** Returns the first day at or after {@code from}; looks at no more than 4,800 months. */
  Optional<LocalDate> next(LocalDate from) {
    int year = from.getYear();
    int month = from.getMonthValue();
    int day = from.getDayOfMonth();
    int lastYear = Math.min(year + CYCLE_YEARS, LocalPattern.LAST_YEAR);
    while (year <= lastYear) {
      int wantedYear = years.isEmpty() ? year : years.nextSetBit(Math.max(year, 0));
      if (wantedYear < 0) {
        return Optional.empty();
      }
      if (wantedYear > year) {
        year = wantedYear;
        month = 1;
        day = 1;
        continue;
      }
      int wantedMonth = months.nextSetBit(month);
      if (wantedMonth < 0) {
        year++;
        month = 1;
        day = 1;
        continue;
      }
      if (wantedMonth > month) {
        month = wantedMonth;
        day = 1;
      }
      int left = daysOf(DayRule.Month.of(year, month)) & (-1 << day);
      if (left != 0) {
        return Optional.of(LocalDate.of(year, month, Integer.numberOfTrailingZeros(left)));
      }
      day = 1;
      month++;
    }
    return Optional.empty();
  }

  private int daysOf(DayRule.Month month) {
    return union(ofMonth, month) & union(ofWeek, month);
  }

  private static int union(List<DayRule> rules, DayRule.Month month) {
    int days = 0;
    for (DayRule rule : rules) {
      days |= rule.daysOf(month);
    }
    return days;
  }
}
