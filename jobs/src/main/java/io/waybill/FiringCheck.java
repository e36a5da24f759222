package io.waybill;

import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.Scheduler;
import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Looks whether a scheduler does what it is there for. */
final class FiringCheck {
  // a firing may wait for a free thread, or for a database that comes back
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Scheduler scheduler;
  private final InstantSource clock;

  FiringCheck(Scheduler scheduler, InstantSource clock) {
    this.scheduler = scheduler;
    this.clock = clock;
  }

  /** Returns what is wrong: the store cannot be read, or a job should have been fired long ago. */
  Optional<String> trouble() {
    Instant late = clock.instant().minus(PATIENCE);
    try {
      for (ScheduledJob job : scheduler.scheduledJobs()) {
        Optional<Instant> next = scheduler.nextFiring(job.name());
        if (next.filter(at -> at.isBefore(late)).isPresent()) {
          return Optional.of("job %s was to be fired at %s".formatted(job.name(), next.get()));
        }
      }
      return Optional.empty();
    } catch (SchedulerException.UnknownJob e) {
      return Optional.empty(); // taken off while this looked
    } catch (SchedulerException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
