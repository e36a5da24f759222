package io.waybill.scheduler.quartz;

import io.waybill.scheduler.ScheduledJob;
import java.time.Instant;
import java.util.Optional;

/**
 * What a trigger of the engine brings.
 *
 * @param runId the run that a one-shot trigger carries
 * @param isPaused whether the job is
 * @param due the moments that this firing stands for
 * @param firedAt when it fired; when it comes back after a crash, when it fired the last time
 */
record Arrival(
    ScheduledJob job, Optional<String> runId, boolean isPaused, Span due, Instant firedAt) {

  /** Returns a part of it, as if it had fired at another moment. */
  Arrival cut(Span part, Instant fired) {
    return new Arrival(job, runId, isPaused, part, fired);
  }

  /** All scheduled moments from one moment, included, until another, excluded. */
  record Span(Instant from, Instant until) {}
}
