package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.StepResult;
import io.waybill.scheduler.FailureClass;

/** How a step ended, after all its attempts. */
sealed interface StepOutcome {

  /** It did what it should. */
  record Succeeded(StepResult result) implements StepOutcome {}

  /**
   * Its last attempt failed.
   *
   * @param message for a person
   */
  record Failed(FailureClass failureClass, boolean isTimeout, String message)
      implements StepOutcome {}

  /** It was ended from outside. */
  record Ended(Cause cause) implements StepOutcome {}
}
