package io.waybill.scheduler.quartz;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.ExcludedPolicy;
import io.waybill.scheduler.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes schedules as one string.
 *
 * <pre>
 *   every PT5M|cron 30 2 * * *                  what every version can read
 *   v2|jitter PT5M cron-quartz 0 0 2 ? * MON    the forms that came later
 *   v2|on-days skip bank=12345;;1225; daily 02:30
 * </pre>
 *
 * <p>Schedules are separated by {@code |}, which none of them can contain. What has only the oldest
 * forms is written as it always was, so that a node of an older version can read it and an
 * unchanged job stays unchanged.
 */
final class ScheduleText {
  private static final String VERSION_2 = "v2|";
  private static final Set<String> OLDEST = Set.of("every", "daily", "cron", "at", "at-instant");

  private ScheduleText() {}

  static String write(List<Schedule> schedules) {
    List<String> texts = schedules.stream().map(ScheduleText::write).toList();
    boolean oldest = texts.stream().allMatch(text -> OLDEST.contains(text.split(" ", 2)[0]));
    return (oldest ? "" : VERSION_2) + String.join("|", texts);
  }

  static List<Schedule> read(String text) {
    String schedules = text.startsWith(VERSION_2) ? text.substring(VERSION_2.length()) : text;
    List<Schedule> read = new ArrayList<>();
    for (String each : schedules.split("\\|", -1)) {
      if (!each.isEmpty()) {
        read.add(readOne(each));
      }
    }
    return read;
  }

  private static String write(Schedule schedule) {
    if (schedule instanceof Schedule.Every every) {
      return "every " + every.interval();
    }
    if (schedule instanceof Schedule.EveryFrom every) {
      return "every-from " + every.interval() + " " + every.from();
    }
    if (schedule instanceof Schedule.EveryFromInstant every) {
      return "every-from-instant " + every.interval() + " " + every.from();
    }
    if (schedule instanceof Schedule.Daily daily) {
      return "daily " + daily.time();
    }
    if (schedule instanceof Schedule.Cron cron) {
      return (cron.dialect() == CronDialect.UNIX ? "cron " : "cron-" + cron.dialect().word() + " ")
          + cron.expression();
    }
    if (schedule instanceof Schedule.Recurring recurring) {
      return "rrule " + recurring.from() + " " + recurring.rrule();
    }
    if (schedule instanceof Schedule.At at) {
      return "at " + at.time();
    }
    if (schedule instanceof Schedule.AtInstant at) {
      return "at-instant " + at.instant();
    }
    if (schedule instanceof Schedule.OnDays on) {
      return "on-days "
          + on.excluded().word()
          + " "
          + CalendarText.write(on.calendar())
          + " "
          + write(on.schedule());
    }
    Schedule.Jittered jittered = (Schedule.Jittered) schedule;
    return "jitter " + jittered.jitter() + " " + write(jittered.schedule());
  }

  private static Schedule readOne(String text) {
    String[] word = text.split(" ", 2);
    String rest = word.length == 2 ? word[1] : "";
    return switch (word[0]) {
      case "every" -> new Schedule.Every(Duration.parse(rest));
      case "every-from" ->
          new Schedule.EveryFrom(Duration.parse(first(rest)), LocalDateTime.parse(second(rest)));
      case "every-from-instant" ->
          new Schedule.EveryFromInstant(Duration.parse(first(rest)), Instant.parse(second(rest)));
      case "daily" -> new Schedule.Daily(LocalTime.parse(rest));
      case "cron" -> new Schedule.Cron(rest);
      case "cron-quartz" -> new Schedule.Cron(rest, CronDialect.QUARTZ);
      case "cron-spring" -> new Schedule.Cron(rest, CronDialect.SPRING);
      case "rrule" -> new Schedule.Recurring(second(rest), LocalDateTime.parse(first(rest)));
      case "at" -> new Schedule.At(LocalDateTime.parse(rest));
      case "at-instant" -> new Schedule.AtInstant(Instant.parse(rest));
      case "on-days" -> onDays(first(rest), second(rest));
      case "jitter" -> new Schedule.Jittered(readOne(second(rest)), Duration.parse(first(rest)));
      default ->
          throw new IllegalStateException(
              "unknown stored schedule \"" + text + "\"; a newer version may have written it");
    };
  }

  private static Schedule onDays(String excluded, String calendarAndSchedule) {
    return new Schedule.OnDays(
        readOne(second(calendarAndSchedule)),
        CalendarText.read(first(calendarAndSchedule)),
        ExcludedPolicy.valueOf(excluded.toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  private static String first(String words) {
    return words.split(" ", 2)[0];
  }

  private static String second(String words) {
    String[] both = words.split(" ", 2);
    if (both.length < 2) {
      throw new IllegalStateException("the stored schedule ends too early: \"" + words + "\"");
    }
    return both[1];
  }
}
