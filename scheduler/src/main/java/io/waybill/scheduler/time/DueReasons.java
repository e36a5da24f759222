package io.waybill.scheduler.time;

import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The schedules of one job, each by itself, so that it can be told by which of them it is due. */
final class DueReasons {
  private final ZoneId zone;
  private final List<Part> parts;

  private DueReasons(ZoneId zone, List<Part> parts) {
    this.zone = zone;
    this.parts = parts;
  }

  /** One schedule. */
  private record Part(
      Timetable alone, String words, Duration delay, Optional<CalendarPattern> calendar) {}

  static DueReasons of(ScheduledJob job) {
    return new DueReasons(
        job.zone(), job.schedules().stream().map(schedule -> part(schedule, job)).toList());
  }

  private static Part part(Schedule schedule, ScheduledJob job) {
    Duration delay = Duration.ZERO;
    Schedule meant = schedule;
    if (schedule instanceof Schedule.Jittered jittered) {
      delay = Timetable.delay(jittered, job.name());
      meant = jittered.schedule();
    }
    return new Part(
        Timetable.of(List.of(schedule), job.zone(), job.name()),
        ScheduleWords.describe(meant, job.zone(), job.name()),
        delay,
        meant instanceof Schedule.OnDays on
            ? Optional.of(Timetable.calendarPattern(on, job.zone(), job.name()))
            : Optional.empty());
  }

  /** Lists why the job is due at a moment; empty if it is not. */
  List<DueReason> at(Instant moment) {
    return parts.stream()
        .filter(part -> part.alone().next(moment.minusNanos(1)).equals(Optional.of(moment)))
        .map(part -> new DueReason(part.words(), marks(part, moment)))
        .toList();
  }

  private List<String> marks(Part part, Instant moment) {
    List<String> marks = new ArrayList<>();
    if (!part.delay().isZero()) {
      marks.add("jitter: " + English.duration(part.delay()) + " later");
    }
    part.calendar()
        .flatMap(pattern -> movedFrom(pattern, part, moment))
        .ifPresent(mark -> marks.add(mark));
    return marks;
  }

  private Optional<String> movedFrom(CalendarPattern pattern, Part part, Instant moment) {
    LocalDateTime meant =
        part.alone()
            .skipped(moment)
            .orElseGet(() -> LocalDateTime.ofInstant(moment.minus(part.delay()), zone));
    Optional<LocalDate> from =
        pattern.movedFrom(meant.toLocalDate(), meant.toLocalTime().toSecondOfDay());
    return from.map(day -> "calendar " + pattern.calendar().name() + ": moved from " + day);
  }
}
