package io.waybill.scheduler.quartz;

import io.waybill.scheduler.DayCalendar;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes calendars without blanks.
 *
 * <pre>
 *   bank=12345;20280101;1225,1226;20270326,20270329
 *   name=days of the week; known until; days of every year; dates
 * </pre>
 */
final class CalendarText {
  private static final DateTimeFormatter DATE = DateTimeFormatter.BASIC_ISO_DATE;

  private CalendarText() {}

  static String write(DayCalendar calendar) {
    return calendar.name()
        + "="
        + calendar.weekdays().stream()
            .map(day -> Integer.toString(day.getValue()))
            .collect(Collectors.joining())
        + ";"
        + calendar.knownUntil().map(DATE::format).orElse("")
        + ";"
        + calendar.yearly().stream()
            .map(day -> day.toString().replace("-", "")) // --MM-DD
            .collect(Collectors.joining(","))
        + ";"
        + calendar.dates().stream().map(DATE::format).collect(Collectors.joining(","));
  }

  static DayCalendar read(String text) {
    String[] named = text.split("=", 2);
    String[] parts = named.length == 2 ? named[1].split(";", -1) : new String[0];
    if (parts.length != 4) {
      throw new IllegalStateException("unknown stored calendar \"" + text + "\"");
    }
    Set<DayOfWeek> weekdays =
        parts[0].chars().mapToObj(digit -> DayOfWeek.of(digit - '0')).collect(Collectors.toSet());
    DayCalendar.Builder calendar = DayCalendar.builder(named[0]).weekdays(weekdays);
    if (!parts[1].isEmpty()) {
      calendar.knownUntil(LocalDate.parse(parts[1], DATE));
    }
    values(parts[2])
        .forEach(
            day ->
                calendar.exclude(
                    MonthDay.of(
                        Integer.parseInt(day.substring(0, 2)),
                        Integer.parseInt(day.substring(2)))));
    values(parts[3]).forEach(day -> calendar.exclude(LocalDate.parse(day, DATE)));
    return calendar.build();
  }

  private static Iterable<String> values(String list) {
    return list.isEmpty() ? Set.of() : Arrays.asList(list.split(",", -1));
  }
}
