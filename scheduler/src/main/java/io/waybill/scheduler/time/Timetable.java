package io.waybill.scheduler.time;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.SchedulerException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** All moments at which any of a job's schedules is due in its zone; immutable. */
public final class Timetable {
  private final List<Function<Instant, Optional<Instant>>> sources;

  private Timetable(List<Function<Instant, Optional<Instant>>> sources) {
    this.sources = sources;
  }

  /**
   * Makes the timetable of some schedules.
   *
   * @throws SchedulerException.InvalidSchedule if a cron expression cannot be understood
   */
  public static Timetable of(List<Schedule> schedules, ZoneId zone) {
    return new Timetable(schedules.stream().map(schedule -> source(schedule, zone)).toList());
  }

  /** Returns the first moment after {@code after}; moments that coincide are one. */
  public Optional<Instant> next(Instant after) {
    return sources.stream().flatMap(source -> source.apply(after).stream()).min(Instant::compareTo);
  }

  private static Function<Instant, Optional<Instant>> source(Schedule schedule, ZoneId zone) {
    if (schedule instanceof Schedule.Every every) {
      return new ZonedPattern(new EveryPattern(every.interval()), zone)::next;
    }
    if (schedule instanceof Schedule.Daily daily) {
      return new ZonedPattern(new DailyPattern(daily.time()), zone)::next;
    }
    if (schedule instanceof Schedule.Cron cron) {
      return CronExpression.parse(cron.expression()).zoned(zone)::next;
    }
    if (schedule instanceof Schedule.At at) {
      return once(instantOf(at.time(), zone));
    }
    return once(((Schedule.AtInstant) schedule).instant());
  }

  private static Function<Instant, Optional<Instant>> once(Instant due) {
    return after -> due.isAfter(after) ? Optional.of(due) : Optional.empty();
  }

  /** Returns the moment of a local time: a skipped one at the gap's end, a repeated one first. */
  private static Instant instantOf(LocalDateTime time, ZoneId zone) {
    ZoneOffsetTransition change = zone.getRules().getTransition(time);
    return change != null && change.isGap()
        ? change.getInstant()
        : time.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }
}
