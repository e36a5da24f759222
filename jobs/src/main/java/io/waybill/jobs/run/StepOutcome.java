package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.FailureCause;
import io.waybill.jobs.StepResult;
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
      implements StepOutcome {}

  /** It was ended from outside. */
  record Ended(Cause cause) implements StepOutcome {}
}
