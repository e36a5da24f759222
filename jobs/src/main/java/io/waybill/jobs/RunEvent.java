package io.waybill.jobs;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Run;

/** What happens while a job runs, as it happens. */
public sealed interface RunEvent {

  /** A run was claimed and begins, or goes on after a restart. */
  record RunStarted(Run run) implements RunEvent {}

  /** A step is tried. */
  record AttemptStarted(Attempt attempt, String kind) implements RunEvent {}

  /**
   * A step has moved on.
   *
   * @param totalBytes -1 where nobody knows
   */
  record Progressed(Attempt attempt, String item, long doneBytes, long totalBytes)
      implements RunEvent {}

  /** A step has something to tell that is no failure. */
  record Noted(Attempt attempt, String sentence) implements RunEvent {}

  /** A try has ended; its delay says whether another follows. */
  record AttemptEnded(Attempt attempt) implements RunEvent {}

  /**
   * An item of the run's {@code each} is over, for good.
   *
   * @param number from 1, in the order of the list
   * @param item for a person
   * @param message why it failed; empty if there is nothing to say
   */
  record ItemEnded(String runId, int number, String item, ItemState state, String message)
      implements RunEvent {}

  /** A run is over. */
  record RunEnded(RunRecord record) implements RunEvent {}
}
