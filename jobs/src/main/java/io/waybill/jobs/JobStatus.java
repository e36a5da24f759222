package io.waybill.jobs;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.ScheduledJob;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How a job stands at a moment.
 *
 * @param job as it is scheduled; without schedules if it is disabled or on demand
 * @param state whether it is fired
 * @param next when it is due next; empty if it never is, is paused, or is on demand
 * @param last its newest run that does not wait for its beginning, or what was written down in
 *     place of one; the newest that waits if there is no other
 */
public record JobStatus(
    ScheduledJob job, JobState state, Optional<Instant> next, Optional<Run> last) {
  /** Checks that all parts are given. */
  public JobStatus {
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(next, "next");
    Objects.requireNonNull(last, "last");
  }
}
