package io.waybill.jobs;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;

/**
 * One attempt, seen by the handler that carries it out.
 *
 * @param attempt which one it is
 * @param cancel where the handler registers what must be closed to end the attempt from outside
 * @param progress told what is happening; never steers
 * @param journal remembers the finished items of this step over its attempts
 * @param values what expressions can read in this attempt, for what a handler renders itself: by
 *     their first names, nested maps of text, numbers, booleans, dates and lists; no secret is
 *     among them
 */
public record StepCall(
    AttemptId attempt,
    CancelScope cancel,
    StepProgress progress,
    StepJournal journal,
    Map<String, Object> values) {
  public StepCall {
    Objects.requireNonNull(attempt, "attempt");
    Objects.requireNonNull(cancel, "cancel");
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(journal, "journal");
    values = Collections.unmodifiableMap(values);
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
