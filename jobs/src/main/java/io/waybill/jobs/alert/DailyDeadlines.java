package io.waybill.jobs.alert;

import io.waybill.jobs.Due;
import io.waybill.jobs.JobDefinition;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * By which moments a job must have succeeded that is due at a time of day. One that the clock skips
 * is at the end of the gap, one that it repeats is the first; a day that a zone has left out has
 * none.
 */
final class DailyDeadlines {
  /** How far back is looked for the latest one, and for the firing before it. */
  static final Duration LOOK_BACK = Duration.ofDays(400);

  private static final List<Duration> STEPS =
      List.of(
          Duration.ofMinutes(2),
          Duration.ofHours(1),
          Duration.ofHours(25),
          Duration.ofDays(8),
          Duration.ofDays(40),
          LOOK_BACK);

  private final JobDefinition job;
  private final Due.Daily due;
  private final Timetable moments;
  private final Timetable firings;

  DailyDeadlines(JobDefinition job, Due.Daily due) {
    this.job = job;
    this.due = due;
    moments = Timetable.of(List.of(new Schedule.Daily(due.time())), job.zone(), job.name());
    firings = Timetable.of(job.schedules(), job.zone(), job.name());
  }

  /**
   * One that counts.
   *
   * @param begun when a run must have begun at the earliest to meet it
   */
  record Deadline(Instant at, Instant begun) {}

  /** Returns the latest that counts, after one moment and at another at the latest. */
  Optional<Deadline> latest(Instant after, Instant until) {
    Instant oldest = until.minus(LOOK_BACK);
    Instant from = after.isAfter(oldest) ? after : oldest;
    Optional<Deadline> found = Optional.empty();
    Optional<Instant> moment = moments.next(from);
    while (moment.isPresent() && !moment.get().isAfter(until)) {
      Optional<Deadline> deadline = deadline(moment.get());
      found = deadline.isPresent() ? deadline : found;
      moment = moments.next(moment.get());
    }
    return found;
  }

  /** Returns the next moment at which one could be. */
  Optional<Instant> next(Instant after) {
    return moments.next(after);
  }

  private Optional<Deadline> deadline(Instant at) {
    Instant previous = lastBefore(moments, at).orElse(at.minus(Duration.ofDays(1)));
    Optional<Instant> fired = lastBefore(firings, at);
    boolean isOnSchedule = fired.filter(firing -> !firing.isBefore(previous)).isPresent();
    boolean counts =
        due.days()
            .map(days -> days.includes(at.atZone(job.zone()).toLocalDate()))
            .orElse(job.schedules().isEmpty() || isOnSchedule);
    return counts ? Optional.of(new Deadline(at, fired.orElse(previous))) : Optional.empty();
  }

  // timetables look forward only: the nearest stretch first, as a job may fire each second
  private static Optional<Instant> lastBefore(Timetable timetable, Instant end) {
    for (Duration step : STEPS) {
      Optional<Instant> last = Optional.empty();
      Optional<Instant> moment = timetable.next(end.minus(step));
      while (moment.isPresent() && moment.get().isBefore(end)) {
        last = moment;
        moment = timetable.next(moment.get());
      }
      if (last.isPresent()) {
        return last;
      }
    }
    return Optional.empty();
  }
}
