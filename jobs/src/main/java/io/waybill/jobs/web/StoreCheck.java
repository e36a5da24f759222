package io.waybill.jobs.web;

import io.waybill.jobs.JobState;
import io.waybill.jobs.JobStatus;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares when the store is going to fire jobs with when their schedules say so. */
final class StoreCheck {
  // what is due at this moment may be in the hands of the engine
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Instant now;

  StoreCheck(Instant now) {
    this.now = now;
  }

  /** Names each job that is not going to fire when it is due next. */
  List<String> differences(List<JobStatus> jobs) {
    List<String> found = new ArrayList<>();
    for (JobStatus job : jobs) {
      if (job.state() == JobState.ENABLED) {
        difference(job).ifPresent(words -> found.add("job \"" + job.job().name() + "\" " + words));
      }
    }
    return found;
  }

  private Optional<String> difference(JobStatus job) {
    // from a little earlier on, so that a moment that has just come is no difference
    Optional<Instant> due = Timetable.of(job.job()).next(now.minus(PATIENCE));
    Optional<Instant> held = job.next();
    if (due.isEmpty()) {
      return Optional.empty();
    }
    if (held.isEmpty()) {
      return due.filter(moment -> moment.isAfter(now))
          .map(moment -> "is due at " + moment + ", and the store does not hold its next firing");
    }
    if (held.get().isBefore(now.minus(PATIENCE))) {
      return Optional.of("was due at " + held.get() + ", and has not been fired yet");
    }
    Optional<Instant> ahead = Timetable.of(job.job()).next(now);
    return ahead
        .filter(moment -> held.get().isAfter(moment))
        .map(moment -> "is due at " + moment + ", and the store holds " + held.get());
  }
}
