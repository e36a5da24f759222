package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.FailureCause;
import io.waybill.jobs.StepResult;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.util.Optional;

/** How a step ended, after all its attempts. */
sealed interface StepOutcome {

  /** It did what it should. */
  record Succeeded(StepResult result) implements StepOutcome {}

  /**
   * Its last attempt failed.
   *
   * @param state of that attempt: failed, timed out, partial or unknown
   * @param cause what stood in the way, where that is known
   * @param message for a person
   */
  record Failed(
      FailureClass failureClass, AttemptState state, Optional<FailureCause> cause, String message)
      implements StepOutcome {
    /** Returns the same with a sentence behind its message. */
    Failed adding(Optional<String> sentence) {
      return sentence.isEmpty()
          ? this
          : new Failed(failureClass, state, cause, message + "; " + sentence.get());
    }
  }

  /** It is tried again later, and its run was let go until then. */
  record Waiting(Attempt last) implements StepOutcome {}

  /** It was ended from outside. */
  record Ended(Cause cause) implements StepOutcome {
    /** Whether nobody goes on with it elsewhere or later. */
    boolean isForGood() {
      return cause == Cause.CANCELLED || cause == Cause.TIMED_OUT;
    }
  }
}
