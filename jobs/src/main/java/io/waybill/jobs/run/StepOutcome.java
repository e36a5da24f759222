package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.FailureCause;
import io.waybill.jobs.StepResult;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.time.Duration;
import java.util.Optional;

/** How a step ended, after all its attempts. */
sealed interface StepOutcome {

  /** It did what it should. */
  record Succeeded(StepResult result) implements StepOutcome {}

  /**
   * It was left out.
   *
   * @param why for a person
   */
  record LeftOut(String why) implements StepOutcome {}

  /**
   * Its last attempt failed.
   *
   * @param state of that attempt: failed, timed out, partial or unknown
   * @param detail what is kept of it besides
   * @param message for a person
   * @param retryAfter how long the other side asks to be left alone
   */
  record Failed(
      FailureClass failureClass,
      AttemptState state,
      AttemptDetail detail,
      String message,
      Optional<Duration> retryAfter)
      implements StepOutcome {
    private static final Duration LONGEST_ASKED = Duration.ofDays(1);

    /** Takes what nobody has asked to be left alone after. */
    Failed(
        FailureClass failureClass,
        AttemptState state,
        Optional<FailureCause> cause,
        String message) {
      this(failureClass, state, AttemptDetail.of(cause), message, Optional.empty());
    }

    /** Returns the wait before the next attempt: no shorter than asked, up to a day. */
    Duration atLeast(Duration delay) {
      return retryAfter
          .map(asked -> asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked)
          .filter(asked -> asked.compareTo(delay) > 0)
          .orElse(delay);
    }

    /** Returns the same with a sentence behind its message. */
    Failed adding(Optional<String> sentence) {
      return sentence.isEmpty()
          ? this
          : new Failed(failureClass, state, detail, message + "; " + sentence.get(), retryAfter);
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
