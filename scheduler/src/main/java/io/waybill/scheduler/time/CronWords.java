package io.waybill.scheduler.time;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** Says in English when an expression is due. */
final class CronWords {
  // more moments of a day than these are told by their rule
  private static final int MOST_TIMES = 6;

  private CronWords() {}

  /** Returns a sentence without a full stop. */
  static String of(CronFields fields) {
    String times = times(fields);
    String days = days(fields.days());
    // what is told by its rule has an "every" already
    return times
        + (count(fields) <= MOST_TIMES && isEveryDay(fields.days()) ? " every day" : "")
        + days;
  }

  private static String times(CronFields fields) {
    if (count(fields) <= MOST_TIMES) {
      return "At " + English.and(moments(fields));
    }
    List<String> parts = new ArrayList<>();
    if (fields.seconds().cardinality() != 1 || !fields.seconds().get(0)) {
      parts.add(unit("second", fields.seconds(), 60));
    }
    boolean everySecond = fields.seconds().cardinality() > 1;
    boolean allMinutes = fields.minutes().cardinality() == 60;
    if (!everySecond || !allMinutes) {
      parts.add(unit("minute", fields.minutes(), 60));
    }
    String text = String.join(" of ", parts).replace(" of at ", " at ");
    if (fields.hours().cardinality() < 24) {
      text += hours(fields.hours());
    } else if (parts.size() == 1 && fields.minutes().cardinality() == 1) {
      text =
          fields.minutes().get(0)
              ? "every hour"
              : "every hour, at minute " + fields.minutes().nextSetBit(0);
    } else if (fields.minutes().cardinality() < 60 && !isRhythm(fields.minutes(), 60)) {
      text += " of every hour";
    }
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static int count(CronFields fields) {
    return fields.seconds().cardinality()
        * fields.minutes().cardinality()
        * fields.hours().cardinality();
  }

  private static List<String> moments(CronFields fields) {
    boolean withSeconds = fields.seconds().cardinality() > 1 || !fields.seconds().get(0);
    List<String> moments = new ArrayList<>();
    for (int hour : fields.hours().stream().toArray()) {
      for (int minute : fields.minutes().stream().toArray()) {
        for (int second : fields.seconds().stream().toArray()) {
          String moment = English.twoDigits(hour) + ":" + English.twoDigits(minute);
          moments.add(withSeconds ? moment + ":" + English.twoDigits(second) : moment);
        }
      }
    }
    return moments;
  }

  private static String unit(String name, BitSet values, int size) {
    int first = values.nextSetBit(0);
    int step = step(values);
    if (values.cardinality() == size) {
      return "every " + name;
    }
    if (isRhythm(values, size)) {
      return "every " + step + " " + name + "s" + (first == 0 ? "" : " from " + name + " " + first);
    }
    String plural = values.cardinality() == 1 ? "" : "s";
    return "at " + name + plural + " " + English.list(values, String::valueOf);
  }

  private static String hours(BitSet hours) {
    int first = hours.nextSetBit(0);
    int last = hours.length() - 1;
    int step = step(hours);
    if (step == 1 && hours.cardinality() > 1) {
      return fromTo(first, last);
    }
    if (hours.cardinality() == 1) {
      return fromTo(first, first);
    }
    if (isRhythm(hours, 24)) {
      return " of every "
          + English.ordinal(step)
          + " hour"
          + (first == 0 ? "" : " from " + English.twoDigits(first) + ":00");
    }
    return " of the hours " + English.list(hours, English::twoDigits);
  }

  private static String fromTo(int first, int last) {
    return " from " + English.twoDigits(first) + ":00 to " + English.twoDigits(last) + ":59";
  }

  /** Returns the distance between all values; 0 if they have no common one. */
  private static int step(BitSet values) {
    int first = values.nextSetBit(0);
    int second = values.nextSetBit(first + 1);
    int step = second - first;
    for (int value = first; value >= 0; ) {
      int next = values.nextSetBit(value + 1);
      if (next >= 0 && next - value != step) {
        return 0;
      }
      value = next;
    }
    return second < 0 ? 0 : step;
  }

  /** Returns whether the values keep one distance, over the end of the unit too. */
  private static boolean isRhythm(BitSet values, int size) {
    int step = step(values);
    return step > 1
        && values.cardinality() > 2
        && size % step == 0
        && values.cardinality() == size / step;
  }

  private static String days(CronDays days) {
    boolean everyDate = CronParser.isEveryDay(days.ofMonth());
    boolean everyWeekday = CronParser.isEveryDay(days.ofWeek());
    boolean everyMonth = days.months().cardinality() == 12;
    StringBuilder text = new StringBuilder();
    if (!everyDate) {
      text.append(" on ")
          .append(English.and(days.ofMonth().stream().map(CronWords::rule).toList()));
      if (everyMonth) {
        text.append(" of every month");
      }
    }
    if (!everyDate && !everyMonth) {
      text.append(" of ").append(English.list(days.months(), English::month));
    }
    if (!everyWeekday) {
      boolean inMonth = !days.ofWeek().stream().allMatch(DayRule.Weekdays.class::isInstance);
      text.append(everyDate ? " on " : ", if it is ").append(ofWeek(days.ofWeek(), everyDate));
      if (inMonth && everyMonth) {
        text.append(" of every month");
      }
    }
    if (everyDate && !everyMonth) {
      text.append(" in ").append(English.list(days.months(), English::month));
    }
    if (!days.years().isEmpty()) {
      text.append(" in ").append(English.list(days.years(), String::valueOf));
    }
    return text.toString();
  }

  /** Tells the days of each week apart from those that are one in a month. */
  private static String ofWeek(List<DayRule> rules, boolean everyDate) {
    List<String> told = rules.stream().map(CronWords::rule).toList();
    if (!everyDate) {
      return String.join(" or ", told);
    }
    return rules.size() > 1 && rules.get(0) instanceof DayRule.Weekdays
        ? told.get(0) + " and on " + English.and(told.subList(1, told.size()))
        : English.and(told);
  }

  private static boolean isEveryDay(CronDays days) {
    return CronParser.isEveryDay(days.ofMonth()) && CronParser.isEveryDay(days.ofWeek());
  }

  private static String rule(DayRule rule) {
    if (rule instanceof DayRule.Numbered numbered) {
      return "day"
          + (numbered.numbers().cardinality() == 1 ? " " : "s ")
          + English.list(numbered.numbers(), String::valueOf);
    }
    if (rule instanceof DayRule.FromLast last) {
      return last.before() == 0
          ? "the last day"
          : "the " + English.ordinal(last.before() + 1) + " day from the end";
    }
    if (rule instanceof DayRule.WorkdayFromLast last) {
      return last.before() == 0
          ? "the last workday"
          : "the workday nearest to the "
              + English.ordinal(last.before() + 1)
              + " day from the end";
    }
    if (rule instanceof DayRule.NearestWorkday nearest) {
      return "the workday nearest to day " + nearest.day();
    }
    if (rule instanceof DayRule.Weekdays week) {
      return weekdays(week.weekdays());
    }
    if (rule instanceof DayRule.LastWeekday last) {
      return "the last " + English.weekday(last.weekday());
    }
    DayRule.NthWeekday nth = (DayRule.NthWeekday) rule;
    return "the " + English.ordinal(nth.nth()) + " " + English.weekday(nth.weekday());
  }

  /** Lists days of the week, beginning with Monday; several in a row from wherever they begin. */
  static String weekdays(BitSet days) {
    int first = firstOfOnlyRun(days);
    if (first >= 0 && days.cardinality() > 2) {
      int last = (first + days.cardinality() - 1) % 7;
      return English.weekday(first) + " to " + English.weekday(last);
    }
    BitSet fromMonday = new BitSet();
    days.stream().forEach(day -> fromMonday.set(day == 0 ? 7 : day));
    return English.list(fromMonday, day -> English.weekday(day % 7));
  }

  /** Returns where the days begin, if they are in a row; -1 if they are not, or are all. */
  private static int firstOfOnlyRun(BitSet days) {
    int first = -1;
    for (int day = 0; day < 7; day++) {
      if (days.get(day) && !days.get((day + 6) % 7)) {
        if (first >= 0) {
          return -1;
        }
        first = day;
      }
    }
    return first;
  }
}
