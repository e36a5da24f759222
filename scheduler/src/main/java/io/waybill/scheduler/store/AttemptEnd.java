package io.waybill.scheduler.store;

import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.time.Duration;
import java.util.Optional;

/**
 * How an attempt ended.
 *
 * @param state any but running
 * @param failureClass of its failure
 * @param message why it ended, for a person; empty if there is nothing to say
 * @param delay the wait before the next attempt of the step; empty if there is none
 * @param payload what the record keeps of it, opaque
 */
public record AttemptEnd(
    AttemptState state,
    Optional<FailureClass> failureClass,
    String message,
    Optional<Duration> delay,
    String payload) {
  /**
   * Checks the state.
   *
   * @throws IllegalArgumentException if it is running
   */
  public AttemptEnd {
    if (state == AttemptState.RUNNING) {
      throw new IllegalArgumentException("RUNNING does not finish an attempt");
    }
  }

  /** Returns the end of one that did what it should. */
  public static AttemptEnd succeeded(String payload) {
    return new AttemptEnd(AttemptState.SUCCEEDED, Optional.empty(), "", Optional.empty(), payload);
  }
}
