package io.waybill.scheduler.time;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.BitSet;

/** Picks days of a month; a set of days is an {@code int} whose bit <i>n</i> is day <i>n</i>. */
sealed interface DayRule {
  /** Returns the days that it picks of a month. */
  int daysOf(Month month);

  /**
   * A month as rules look at it.
   *
   * @param days how many it has
   * @param firstWeekday what its first day is: 0 (Sunday) to 6
   */
  record Month(int days, int firstWeekday) {
    static Month of(int year, int month) {
      LocalDate first = LocalDate.of(year, month, 1);
      return new Month(first.lengthOfMonth(), first.getDayOfWeek().getValue() % 7);
    }

    int weekday(int day) {
      return (firstWeekday + day - 1) % 7;
    }

    private boolean isWorkday(int day) {
      return weekday(day) != 0 && weekday(day) != DayOfWeek.SATURDAY.getValue();
    }

    /** Returns the workday nearest to a day, in the same month. */
    private int nearestWorkday(int day) {
      if (isWorkday(day)) {
        return day;
      }
      boolean isSunday = weekday(day) == 0;
      int wanted = isSunday ? day + 1 : day - 1;
      if (wanted < 1) {
        return day + 2; // the first is a Saturday: the Monday after it
      }
      return wanted > days ? day - 2 : wanted;
    }
  }

  /** Days of the month by number. */
  record Numbered(BitSet numbers) implements DayRule {
    @Override
    public int daysOf(Month month) {
      int found = 0;
      for (int day = numbers.nextSetBit(1); day >= 0 && day <= month.days(); ) {
        found |= 1 << day;
        day = numbers.nextSetBit(day + 1);
      }
      return found;
    }
  }

  /** The last day of the month ({@code L}), or one some days before it ({@code L-3}). */
  record FromLast(int before) implements DayRule {
    @Override
    public int daysOf(Month month) {
      return month.days() > before ? 1 << (month.days() - before) : 0;
    }
  }

  /** The last workday of the month ({@code LW}), or the one nearest to {@code L-3}. */
  record WorkdayFromLast(int before) implements DayRule {
    @Override
    public int daysOf(Month month) {
      return month.days() > before ? 1 << month.nearestWorkday(month.days() - before) : 0;
    }
  }

  /** The workday nearest to a day, in the same month ({@code 15W}). */
  record NearestWorkday(int day) implements DayRule {
    @Override
    public int daysOf(Month month) {
      return day <= month.days() ? 1 << month.nearestWorkday(day) : 0;
    }
  }

  /** Days of the week: 0 (Sunday) to 6. */
  record Weekdays(BitSet weekdays) implements DayRule {
    @Override
    public int daysOf(Month month) {
      int found = 0;
      for (int day = 1; day <= month.days(); day++) {
        if (weekdays.get(month.weekday(day))) {
          found |= 1 << day;
        }
      }
      return found;
    }
  }

  /** The last of a day of the week ({@code 5L}). */
  record LastWeekday(int weekday) implements DayRule {
    @Override
    public int daysOf(Month month) {
      int back = (month.weekday(month.days()) - weekday + 7) % 7;
      return 1 << (month.days() - back);
    }
  }

  /** A day of the week by its number in the month ({@code 5#3}). */
  record NthWeekday(int weekday, int nth) implements DayRule {
    @Override
    public int daysOf(Month month) {
      int day = 1 + (weekday - month.firstWeekday() + 7) % 7 + (nth - 1) * 7;
      return day <= month.days() ? 1 << day : 0;
    }
  }
}
