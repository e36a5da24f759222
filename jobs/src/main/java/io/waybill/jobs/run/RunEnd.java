package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.measure.Measured;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.RunState;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param message for a person; empty if there is nothing to say
 * @param isWritten whether the end goes into the run's row: not if the run goes on in another
 *     process
 * @param measured what is known of its steps, if that was measured
 */
record RunEnd(
    RunState state,
    Optional<FailureClass> failureClass,
    String message,
    boolean isWritten,
    Optional<Measured> measured) {
  static final RunEnd SUCCEEDED = succeeded("");

  static RunEnd succeeded(String message) {
    return new RunEnd(RunState.SUCCEEDED, Optional.empty(), message, true, Optional.empty());
  }

  static RunEnd failed(FailureClass failureClass, AttemptState last, String message) {
    RunState state =
        switch (last) {
          case UNKNOWN -> RunState.UNKNOWN;
          case TIMED_OUT -> RunState.TIMED_OUT;
          case PARTIAL -> RunState.PARTIAL;
          default -> RunState.FAILED;
        };
    return new RunEnd(state, Optional.of(failureClass), message, true, Optional.empty());
  }

  /** Returns that the run waits for the next attempt of a step. */
  static RunEnd waiting(Attempt last) {
    return new RunEnd(
        RunState.RETRYING, last.failureClass(), last.message(), false, Optional.empty());
  }

  // A run that the end of its process or a takeover ends is not over: its row stays as it is.
  static RunEnd ended(Cause cause, String why) {
    return cause == Cause.CANCELLED
        ? new RunEnd(RunState.CANCELLED, Optional.empty(), why, true, Optional.empty())
        : new RunEnd(RunState.RUNNING, Optional.empty(), "goes on later", false, Optional.empty());
  }

  /** Returns the end after a hook: the hook's failure shows only where nothing failed before it. */
  RunEnd after(RunEnd hook) {
    if (hook.state() == RunState.SUCCEEDED) {
      return this;
    }
    if (!hook.isWritten() || state == RunState.SUCCEEDED) {
      return new RunEnd(hook.state, hook.failureClass, hook.message, hook.isWritten, measured);
    }
    return new RunEnd(
        state, failureClass, message + "; then " + hook.message(), isWritten, measured);
  }

  /** Returns the same with what was measured. */
  RunEnd with(Measured known) {
    return new RunEnd(state, failureClass, message, isWritten, Optional.of(known));
  }

  /** Returns the same with a sentence behind its message. */
  RunEnd adding(String sentence) {
    String both = message.isEmpty() ? sentence : message + "; " + sentence;
    return new RunEnd(state, failureClass, both, isWritten, measured);
  }
}
