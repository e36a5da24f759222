package io.waybill.jobs;

import java.util.Objects;

/**
 * One attempt, seen by the handler that carries it out.
 *
 * @param attempt which one it is
 * @param cancel where the handler registers what must be closed to end the attempt from outside
 * @param progress told what is happening; never steers
 * @param journal remembers the finished items of this step over its attempts
 */
public record StepCall(
    AttemptId attempt, CancelScope cancel, StepProgress progress, StepJournal journal) {
  public StepCall {
    Objects.requireNonNull(attempt, "attempt");
    Objects.requireNonNull(cancel, "cancel");
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(journal, "journal");
  }

  /**
   * Names an attempt.
   *
   * @param runId the run's ULID
   * @param stepId unique in its job
   * @param number from 1; it counts on after a restart
   */
  public record AttemptId(String runId, String stepId, int number) {
    public AttemptId {
      Objects.requireNonNull(runId, "runId");
      Objects.requireNonNull(stepId, "stepId");
    }
  }
}
