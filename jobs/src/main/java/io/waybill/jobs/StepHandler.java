package io.waybill.jobs;

import java.util.Optional;

/**
 * Carries out one kind of step.
 *
 * @param <S> the step's arguments
 */
@FunctionalInterface
public interface StepHandler<S extends Step> {

  /**
   * Carries out one attempt. It blocks; it may be called by many threads at once. A repeated
   * attempt must reach the same end without doing anything twice: a copy resumes, a mail
   * re-attaches to its place in the outbox.
   *
   * @throws RuntimeException if the attempt failed; {@code MailException}, {@code
   *     TransferException} and {@link JobException} say themselves whether a retry makes sense,
   *     anything else is taken as permanent
   * @throws InterruptedException if the attempt was cancelled or ran out of time
   */
  StepResult execute(S step, StepCall call) throws InterruptedException;

  /**
   * Finds out what {@link #execute} would do. It may look, at other machines too, and must write,
   * send and start nothing, here and there.
   *
   * @return by default no more than that it would run
   * @throws RuntimeException if the step would fail, as {@link #execute} does
   * @throws InterruptedException if it was cancelled
   */
  default Rehearsal rehearse(S step, StepCall call) throws InterruptedException {
    return Rehearsal.wouldRun();
  }

  /**
   * Takes back what a step has left waiting that has failed for good, or was cancelled: nothing of
   * it is to happen later, by itself.
   *
   * @param call the last attempt
   * @return what to tell about it, a sentence to follow the failure; empty if there is nothing
   */
  default Optional<String> abandon(S step, StepCall call) {
    return Optional.empty();
  }
}
