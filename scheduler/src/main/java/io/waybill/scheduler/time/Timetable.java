package io.waybill.scheduler.time;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;

/**
 * All moments at which any of a job's schedules is due in its zone, in whole milliseconds, which is
 * what stores keep; immutable.
 */
public final class Timetable {
  private static final Instant END = Instant.parse("9999-01-01T00:00:00Z");

  private final List<Source> sources;

  private Timetable(List<Source> sources) {
    this.sources = sources;
  }

  /**
   * Makes the timetable of a job.
   *
   * @throws SchedulerException.InvalidSchedule if an expression or rule cannot be understood
   */
  public static Timetable of(ScheduledJob job) {
    return of(job.schedules(), job.zone(), job.name());
  }

  /**
   * Makes the timetable of some schedules.
   *
   * @param job the name that {@code H} and jitter are taken from
   * @throws SchedulerException.InvalidSchedule if an expression or rule cannot be understood
   */
  public static Timetable of(List<Schedule> schedules, ZoneId zone, String job) {
    return new Timetable(schedules.stream().map(each -> source(each, zone, job)).toList());
  }

  /**
   * Returns the first moment after {@code after}; moments that coincide are one. Empty if there is
   * none before the year 9999.
   */
  public Optional<Instant> next(Instant after) {
    return sources.stream()
        .flatMap(source -> source.next(after).stream())
        .min(Instant::compareTo)
        .filter(moment -> moment.isBefore(END));
  }

  /**
   * Returns the local time that was meant by a moment of this timetable, if the clock skips it and
   * the moment is due only for that: as the end of the gap.
   */
  public Optional<LocalDateTime> skipped(Instant moment) {
    Optional<Instant> due = Optional.of(moment);
    List<Optional<LocalDateTime>> meant =
        sources.stream()
            .filter(source -> source.next(moment.minusNanos(1)).equals(due))
            .map(source -> source.skipped(moment))
            .toList();
    return meant.stream().allMatch(Optional::isPresent)
        ? meant.stream().flatMap(Optional::stream).min(LocalDateTime::compareTo)
        : Optional.empty();
  }

  private static Source source(Schedule schedule, ZoneId zone, String job) {
    if (schedule instanceof Schedule.Jittered jittered) {
      return new Source.Delayed(source(jittered.schedule(), zone, job), delay(jittered, job));
    }
    if (schedule instanceof Schedule.At at) {
      return once(at.time().truncatedTo(ChronoUnit.MILLIS), zone);
    }
    if (schedule instanceof Schedule.AtInstant at) {
      return new Source.Once(at.instant().truncatedTo(ChronoUnit.MILLIS), Optional.empty());
    }
    if (schedule instanceof Schedule.EveryFromInstant every) {
      return new Source.Elapsed(every.interval(), every.from().truncatedTo(ChronoUnit.MILLIS));
    }
    return new ZonedPattern(pattern(schedule, zone, job), zone);
  }

  private static LocalPattern pattern(Schedule schedule, ZoneId zone, String job) {
    if (schedule instanceof Schedule.OnDays on) {
      return calendarPattern(on, zone, job);
    }
    if (schedule instanceof Schedule.Every every) {
      return new EveryPattern(every.interval());
    }
    if (schedule instanceof Schedule.EveryFrom every) {
      return new EveryFromPattern(every.interval(), every.from());
    }
    if (schedule instanceof Schedule.Daily daily) {
      return new DailyPattern(daily.time());
    }
    if (schedule instanceof Schedule.Cron cron) {
      return CronExpression.parse(cron.expression(), cron.dialect(), job).pattern();
    }
    if (schedule instanceof Schedule.Recurring recurring) {
      return RecurrencePattern.of(recurring.rrule(), recurring.from(), zone);
    }
    return new OncePattern(((Schedule.At) schedule).time());
  }

  /** Makes the pattern of a schedule that keeps to a calendar. */
  static CalendarPattern calendarPattern(Schedule.OnDays on, ZoneId zone, String job) {
    return new CalendarPattern(
        pattern(on.schedule(), zone, job), on.calendar(), on.excluded(), zone.getRules());
  }

  /** Returns how much later than its schedule a job is due. */
  static Duration delay(Schedule.Jittered jittered, String job) {
    return Duration.ofSeconds(JobHash.of(job, "jitter", (int) jittered.jitter().toSeconds()));
  }

  /** Makes the moment of a local time: a skipped one at the gap's end, a repeated one first. */
  private static Source once(LocalDateTime time, ZoneId zone) {
    ZoneOffsetTransition change = zone.getRules().getTransition(time);
    return change != null && change.isGap()
        ? new Source.Once(change.getInstant(), Optional.of(time))
        : new Source.Once(
            time.atZone(zone).withEarlierOffsetAtOverlap().toInstant(), Optional.empty());
  }
}
