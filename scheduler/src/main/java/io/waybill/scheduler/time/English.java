package io.waybill.scheduler.time;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** Words that descriptions of all schedules are made of; English whatever the machine speaks. */
final class English {
  private static final List<String> ORDINALS =
      List.of("zeroth", "first", "second", "third", "fourth", "fifth");

  private English() {}

  /** Names a day: 0 (Sunday) to 6. */
  static String weekday(int day) {
    return DayOfWeek.of(day == 0 ? 7 : day).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  static String month(int month) {
    return Month.of(month).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
  }

  /** Returns {@code third} for 3, {@code 12th} for 12. */
  static String ordinal(int number) {
    if (number < ORDINALS.size()) {
      return ORDINALS.get(number);
    }
    int last = number % 100 >= 11 && number % 100 <= 13 ? 0 : number % 10;
    return number + (last == 1 ? "st" : last == 2 ? "nd" : last == 3 ? "rd" : "th");
  }

  /** Returns {@code 02} for 2, in the same digits everywhere. */
  static String twoDigits(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  /** Joins as people do: {@code a, b and c}. */
  static String and(List<String> parts) {
    int last = parts.size() - 1;
    return last <= 0
        ? String.join("", parts)
        : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
  }

  /** Lists values, three or more in a row as a range: {@code 1, 2 and 5 to 9}. */
  static String list(BitSet values, IntFunction<String> name) {
    List<String> parts = new ArrayList<>();
    for (int first = values.nextSetBit(0); first >= 0; ) {
      int last = values.nextClearBit(first) - 1;
      if (last - first >= 2) {
        parts.add(name.apply(first) + " to " + name.apply(last));
      } else {
        for (int value = first; value <= last; value++) {
          parts.add(name.apply(value));
        }
      }
      first = values.nextSetBit(last + 1);
    }
    return and(parts);
  }

  static String list(List<Integer> values, IntFunction<String> name) {
    BitSet bits = new BitSet();
    values.forEach(bits::set);
    return list(bits, name);
  }

  /** Returns {@code minute} or {@code 5 minutes}, to stand behind "every". */
  static String each(long count, String unit) {
    return count == 1 ? unit : count + " " + unit + "s";
  }

  /** Returns {@code 36 hours}, {@code 1 minute and 30 seconds}. */
  static String duration(Duration length) {
    List<String> parts = new ArrayList<>();
    add(parts, length.toDaysPart(), "day");
    add(parts, length.toHoursPart(), "hour");
    add(parts, length.toMinutesPart(), "minute");
    add(parts, length.toSecondsPart(), "second");
    return parts.isEmpty() ? "0 seconds" : and(parts);
  }

  private static void add(List<String> parts, long count, String unit) {
    if (count > 0) {
      parts.add(count + " " + unit + (count == 1 ? "" : "s"));
    }
  }

  /** Returns the length to stand behind "every": {@code hour}, {@code 5 minutes}. */
  static String every(Duration length) {
    String words = duration(length);
    return words.startsWith("1 ") && !words.contains(" and ") ? words.substring(2) : words;
  }
}
