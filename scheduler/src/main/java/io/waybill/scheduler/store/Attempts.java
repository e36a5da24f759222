package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** Writes attempts under the token of their run. */
final class Attempts {
  private final Connection connection;
  private final Owner owner;

  Attempts(Connection connection, Owner owner) {
    this.connection = connection;
    this.owner = owner;
  }

  /** Writes the start of a step's next attempt. */
  Attempt start(Run run, String id, String stepKey, Instant now) throws SQLException {
    touch(run.id(), run.token(), RunState.RUNNING);
    if (run.token() > 1) { // under the first claim nobody was interrupted
      AttemptRows.interruptOlder(connection, run.id(), run.token(), now);
    }
    Attempt attempt =
        Attempt.builder()
            .id(id)
            .runId(run.id())
            .stepKey(stepKey)
            .number(AttemptRows.lastNumber(connection, run.id(), stepKey) + 1)
            .token(run.token())
            .startedAt(now)
            .build();
    AttemptRows.insert(connection, attempt);
    return attempt;
  }

  /** Writes the end of an attempt; does nothing but return it if that is written. */
  Attempt finish(Attempt attempt, AttemptEnd end, Instant now) throws SQLException {
    Attempt finished =
        attempt.toBuilder()
            .state(end.state())
            .endedAt(now)
            .failureClass(end.failureClass().orElse(null))
            .message(end.message())
            .delay(end.delay().orElse(null))
            .payload(end.payload())
            .build();
    if (!AttemptRows.updateEnd(connection, finished) && !isWritten(finished)) {
      throw new SchedulerException.StaleClaim(attempt.runId(), attempt.token());
    }
    return finished;
  }

  // a commit whose answer was lost is written, and asked for again
  private boolean isWritten(Attempt finished) throws SQLException {
    return AttemptRows.byId(connection, finished.id())
        .filter(row -> row.state() == finished.state() && row.endedAt().equals(finished.endedAt()))
        .isPresent();
  }

  void touch(String runId, long token, RunState state) throws SQLException {
    if (!RunRows.touch(connection, runId, token, owner.incarnation(), state)) {
      throw new SchedulerException.StaleClaim(runId, token);
    }
  }
}
