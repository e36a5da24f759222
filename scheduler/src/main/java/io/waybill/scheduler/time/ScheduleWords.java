package io.waybill.scheduler.time;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;

/** Says in English when schedules are due, and what about them may not be what was meant. */
public final class ScheduleWords {
  private static final Duration DAY = Duration.ofDays(1);

  private ScheduleWords() {}

  /**
   * Describes a schedule: {@code At 02:30 on Monday to Friday}.
   *
   * @param zone in which an UNTIL that ends with Z is told
   * @param job the name that {@code H} and jitter are taken from
   * @return a sentence without a full stop
   * @throws SchedulerException.InvalidSchedule if an expression or rule cannot be understood
   */
  public static String describe(Schedule schedule, ZoneId zone, String job) {
    if (schedule instanceof Schedule.Every every) {
      return "Every " + English.every(every.interval()) + ", counted from local midnight";
    }
    if (schedule instanceof Schedule.EveryFrom every) {
      return "Every " + English.every(every.interval()) + ", from " + moment(every.from());
    }
    if (schedule instanceof Schedule.EveryFromInstant every) {
      return "Every " + English.every(every.interval()) + " of elapsed time, from " + every.from();
    }
    if (schedule instanceof Schedule.Daily daily) {
      return "At " + time(daily.time()) + " every day";
    }
    if (schedule instanceof Schedule.Cron cron) {
      return CronExpression.parse(cron.expression(), cron.dialect(), job).inWords();
    }
    if (schedule instanceof Schedule.Recurring recurring) {
      return RecurrenceWords.of(recurring.rrule(), recurring.from(), zone);
    }
    if (schedule instanceof Schedule.At at) {
      return "Once, on " + moment(at.time());
    }
    if (schedule instanceof Schedule.AtInstant at) {
      return "Once, at " + at.instant();
    }
    if (schedule instanceof Schedule.OnDays on) {
      return describe(on.schedule(), zone, job) + "; " + days(on);
    }
    Schedule.Jittered jittered = (Schedule.Jittered) schedule;
    return describe(jittered.schedule(), zone, job)
        + "; "
        + English.duration(Timetable.delay(jittered, job))
        + " later, of up to "
        + English.duration(jittered.jitter());
  }

  /** Returns what a schedule may mean besides what was meant; offsets are those of its text. */
  public static List<Warning> warnings(Schedule schedule, String job) {
    if (schedule instanceof Schedule.OnDays on) {
      return warnings(on.schedule(), job);
    }
    if (schedule instanceof Schedule.Jittered jittered) {
      return warnings(jittered.schedule(), job);
    }
    if (schedule instanceof Schedule.Every every) {
      return warnings(every.interval());
    }
    if (schedule instanceof Schedule.Recurring recurring) {
      return RecurrenceWords.warnings(recurring.rrule());
    }
    return schedule instanceof Schedule.Cron cron
        ? CronExpression.parse(cron.expression(), cron.dialect(), job).warnings()
        : List.of();
  }

  private static List<Warning> warnings(Duration interval) {
    return DAY.toMillis() % interval.toMillis() == 0
        ? List.of()
        : List.of(
            new Warning(
                0,
                English.duration(interval)
                    + " counts anew at midnight, so that the last step before it is shorter; with"
                    + " \"from\" it goes on over midnight"));
  }

  private static String days(Schedule.OnDays on) {
    String name = on.calendar().name();
    return switch (on.excluded()) {
      case SKIP -> "only on days of " + name;
      case NEXT_DAY -> "what is not on a day of " + name + " moves to the next one";
      case PREVIOUS_DAY -> "what is not on a day of " + name + " moves to the one before";
    };
  }

  private static String moment(LocalDateTime moment) {
    return moment.toLocalDate() + " at " + time(moment.toLocalTime());
  }

  private static String time(LocalTime time) {
    return time.toString();
  }
}
