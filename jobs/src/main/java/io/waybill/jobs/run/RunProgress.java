package io.waybill.jobs.run;

import io.waybill.jobs.StepResult;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How far a run has come, by its attempts: in this process, in earlier ones, on other nodes. */
final class RunProgress {
  private final Map<String, List<Attempt>> bySteps = new LinkedHashMap<>();

  private RunProgress() {}

  /**
   * Reads it off the attempts of a run.
   *
   * @param attempts oldest first
   * @param restartToken under which and later ones they count
   * @param retriedToken up to which only successes count, and only those of steps that are not
   *     hooks: whoever has the run tried again wants the rest done
   * @param steps the ids of those steps
   */
  static RunProgress of(
      List<Attempt> attempts, long restartToken, long retriedToken, Collection<String> steps) {
    RunProgress progress = new RunProgress();
    for (Attempt attempt : attempts) {
      boolean stands =
          attempt.token() > retriedToken
              || (attempt.state() == AttemptState.SUCCEEDED && steps.contains(attempt.stepKey()));
      if (attempt.token() >= restartToken && stands) {
        progress.bySteps.computeIfAbsent(attempt.stepKey(), key -> new ArrayList<>()).add(attempt);
      }
    }
    return progress;
  }

  /** Takes over what another run has done of some steps that this one is not to do. */
  void takeOver(RunProgress other, Collection<String> steps) {
    steps.forEach(
        id ->
            other
                .last(id)
                .filter(attempt -> attempt.state() == AttemptState.SUCCEEDED)
                .ifPresent(attempt -> bySteps.put(id, List.of(attempt))));
  }

  private Optional<Attempt> last(String stepId) {
    List<Attempt> attempts = bySteps.getOrDefault(stepId, List.of());
    return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.get(attempts.size() - 1));
  }

  /** Returns how a step ended, if it came to its end: it is not tried again. */
  Optional<StepOutcome> settled(String stepId) {
    return last(stepId).flatMap(RunProgress::outcome);
  }

  private static Optional<StepOutcome> outcome(Attempt attempt) {
    return switch (attempt.state()) {
      case SUCCEEDED ->
          Optional.of(new StepOutcome.Succeeded(AttemptPayload.result(attempt.payload())));
      case FAILED, PARTIAL, TIMED_OUT, UNKNOWN ->
          attempt.delay().isPresent()
              ? Optional.empty()
              : Optional.of(
                  new StepOutcome.Failed(
                      attempt.failureClass().orElse(FailureClass.PERMANENT),
                      attempt.state(),
                      Optional.empty(),
                      attempt.message()));
      case RUNNING, INTERRUPTED, CANCELLED -> Optional.empty();
    };
  }

  /** Returns how often a step has failed; what was interrupted did not fail. */
  int failed(String stepId) {
    return (int)
        bySteps.getOrDefault(stepId, List.of()).stream()
            .filter(
                attempt ->
                    attempt.state() != AttemptState.RUNNING
                        && attempt.state() != AttemptState.INTERRUPTED
                        && attempt.state() != AttemptState.SUCCEEDED)
            .count();
  }

  /** Returns when a step was first tried. */
  Optional<Instant> firstStart(String stepId) {
    return bySteps.getOrDefault(stepId, List.of()).stream().map(Attempt::startedAt).findFirst();
  }

  /** Returns whether a step was begun and is not over. */
  boolean isUnderWay(String stepId) {
    return last(stepId).isPresent() && settled(stepId).isEmpty();
  }

  /** Returns what a step left that succeeded. */
  Optional<StepResult> result(String stepId) {
    return settled(stepId)
        .filter(StepOutcome.Succeeded.class::isInstance)
        .map(outcome -> ((StepOutcome.Succeeded) outcome).result());
  }
}
