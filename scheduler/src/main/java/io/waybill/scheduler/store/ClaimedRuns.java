package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Writes what becomes of the runs that this owner has claimed, under their tokens. */
final class ClaimedRuns {
  private final RunRecords records;
  private final Owner owner;
  private final Stamps stamps;
  private final Claims claims;

  ClaimedRuns(RunRecords records, Owner owner, Stamps stamps, Claims claims) {
    this.records = records;
    this.owner = owner;
    this.stamps = stamps;
    this.claims = claims;
  }

  /** As {@link RunStore#finish}. */
  Run finish(
      Run run, RunState state, Optional<FailureClass> failure, String message, String payload) {
    if (!state.isFinished()) {
      throw new IllegalArgumentException(state + " does not finish a run");
    }
    return write(
        run.toBuilder()
            .state(state)
            .endedAt(stamps.now())
            .failureClass(failure.orElse(null))
            .message(message)
            .payload(payload)
            .build());
  }

  /** As {@link RunStore#release}. */
  Run release(Run run, Instant until, String message) {
    return write(
        run.toBuilder()
            .state(RunState.RETRYING)
            .dueAt(Stamps.millis(until))
            .message(message)
            .build());
  }

  private Run write(Run run) {
    records.patiently(
        "writing what became of run " + run.id(),
        rows -> {
          write(rows, run);
          return run;
        });
    noteInClaims(run);
    return run;
  }

  private static void write(RunRows rows, Run run) {
    if (!rows.updateFenced(run) && !isWritten(rows, run)) {
      throw new SchedulerException.StaleClaim(run.id(), run.token());
    }
  }

  // a commit whose answer was lost is written, and asked for again
  private static boolean isWritten(RunRows rows, Run run) {
    return rows.byId(run.id())
        .filter(
            row ->
                row.token() == run.token()
                    && row.owner().equals(run.owner())
                    && row.state() == run.state()
                    && row.endedAt().equals(run.endedAt())
                    && row.dueAt().equals(run.dueAt()))
        .isPresent();
  }

  private void noteInClaims(Run written) {
    if (claims.contains(written.id())) {
      claims.put(written);
    }
  }

  /** As {@link RunStore#restart}. */
  Run restart(Run run) {
    return records.run(
        "beginning run " + run.id() + " anew",
        rows -> {
          if (!rows.updateRestart(run)) {
            throw new SchedulerException.StaleClaim(run.id(), run.token());
          }
          return run.toBuilder().restartToken(run.token()).build();
        });
  }

  /** As {@link RunStore#startAttempt}. */
  Attempt startAttempt(Run run, String stepKey) {
    Instant now = stamps.now();
    String id = stamps.nextId();
    AtomicBoolean asked = new AtomicBoolean();
    return records.patiently(
        "starting an attempt of " + stepKey + " in run " + run.id(),
        rows -> {
          Attempts attempts = new Attempts(rows, owner);
          // looked for only if an answer was lost
          Optional<Attempt> written =
              asked.getAndSet(true) ? rows.attempts().byId(run.id(), id) : Optional.empty();
          return written.isPresent() ? written.get() : attempts.start(run, id, stepKey, now);
        });
  }

  /** As {@link RunStore#finishAttempt}. */
  Attempt finishAttempt(Attempt attempt, AttemptEnd end) {
    RunState next = end.delay().isPresent() ? RunState.RETRYING : RunState.RUNNING;
    Instant now = stamps.now();
    return records.patiently(
        finishing(attempt),
        rows -> {
          Attempts attempts = new Attempts(rows, owner);
          attempts.touch(attempt.runId(), attempt.token(), next);
          return attempts.finish(attempt, end, now);
        });
  }

  /** As {@link RunStore#finishAttemptAndRelease}. */
  Attempt finishAttemptAndRelease(Run run, Attempt attempt, AttemptEnd end) {
    Instant now = stamps.now();
    Run waiting =
        run.toBuilder()
            .state(RunState.RETRYING)
            .dueAt(Stamps.millis(now.plus(end.delay().orElseThrow(IllegalArgumentException::new))))
            .failureClass(end.failureClass().orElse(null))
            .message(end.message())
            .build();
    Attempt finished =
        records.patiently(
            finishing(attempt),
            rows -> {
              Attempt written = new Attempts(rows, owner).finish(attempt, end, now);
              write(rows, waiting);
              return written;
            });
    noteInClaims(waiting);
    return finished;
  }

  private static String finishing(Attempt attempt) {
    return "finishing an attempt of " + attempt.stepKey() + " in run " + attempt.runId();
  }
}
