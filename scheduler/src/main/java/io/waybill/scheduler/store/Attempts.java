package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import java.time.Instant;

/** Writes attempts under the token of their run. */
final class Attempts {
  private final RunRows rows;
  private final Owner owner;

  Attempts(RunRows rows, Owner owner) {
    this.rows = rows;
    this.owner = owner;
  }

  /** Writes the start of a step's next attempt. */
  Attempt start(Run run, String id, String stepKey, Instant now) {
    touch(run.id(), run.token(), RunState.RUNNING);
    if (run.token() > 1) { // under the first claim nobody was interrupted
      rows.attempts().interruptOlder(run.id(), run.token(), now);
    }
    Attempt attempt =
        Attempt.builder()
            .id(id)
            .runId(run.id())
            .stepKey(stepKey)
            .number(rows.attempts().lastNumber(run.id(), stepKey) + 1)
            .token(run.token())
            .startedAt(now)
            .build();
    rows.attempts().insert(attempt);
    return attempt;
  }

  /** Writes the end of an attempt; does nothing but return it if that is written. */
  Attempt finish(Attempt attempt, AttemptEnd end, Instant now) {
    Attempt finished =
        attempt.toBuilder()
            .state(end.state())
            .endedAt(now)
            .failureClass(end.failureClass().orElse(null))
            .message(end.message())
            .delay(end.delay().orElse(null))
            .payload(end.payload())
            .build();
    if (!rows.attempts().updateEnd(finished) && !isWritten(finished)) {
      throw new SchedulerException.StaleClaim(attempt.runId(), attempt.token());
    }
    return finished;
  }

  // a commit whose answer was lost is written, and asked for again
  private boolean isWritten(Attempt finished) {
    return rows.attempts()
        .byId(finished.runId(), finished.id())
        .filter(row -> row.state() == finished.state() && row.endedAt().equals(finished.endedAt()))
        .isPresent();
  }

  void touch(String runId, long token, RunState state) {
    if (!rows.touch(runId, token, owner.incarnation(), state)) {
      throw new SchedulerException.StaleClaim(runId, token);
    }
  }
}
