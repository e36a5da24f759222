package io.waybill.jobs.run;

import io.waybill.jobs.StepResult;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * How far a run has come, by its attempts: in this process, in earlier ones, on other nodes. Safe
 * for use by the threads that work on its items.
 */
final class RunProgress {
  private final Map<String, List<Attempt>> bySteps = new ConcurrentHashMap<>();

  private RunProgress() {}

  /**
   * Reads it off the attempts of a run.
   *
   * @param attempts oldest first
   * @param restartToken under which and later ones they count
   * @param retriedToken up to which only what was done or left out counts, and only of steps that
   *     are not hooks: whoever has the run tried again wants the rest done
   * @param steps the ids of those steps
   */
  static RunProgress of(
      List<Attempt> attempts, long restartToken, long retriedToken, Collection<String> steps) {
    RunProgress progress = new RunProgress();
    for (Attempt attempt : attempts) {
      boolean stands =
          attempt.token() > retriedToken
              || (isDone(attempt) && steps.contains(ItemKeys.stepId(attempt.stepKey())));
      if (attempt.token() >= restartToken && stands) {
        progress.ended(attempt);
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
                .filter(RunProgress::isDone)
                .ifPresent(attempt -> bySteps.put(id, List.of(attempt))));
  }

  private static boolean isDone(Attempt attempt) {
    return attempt.state() == AttemptState.SUCCEEDED || attempt.state() == AttemptState.SKIPPED;
  }

  /** Returns whether a step has succeeded, or was left out. */
  boolean isDone(String stepId) {
    return last(stepId).filter(RunProgress::isDone).isPresent();
  }

  /** Takes note of an attempt that has ended since, or is as the store has it. */
  void ended(Attempt attempt) {
    bySteps.merge(
        attempt.stepKey(),
        List.of(attempt),
        (before, one) -> Stream.concat(before.stream(), one.stream()).toList());
  }

  /** Lets the attempts of a step under earlier claims of the run count no more. */
  void since(String stepId, long token) {
    bySteps.computeIfPresent(
        stepId,
        (key, attempts) -> attempts.stream().filter(attempt -> attempt.token() >= token).toList());
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
      case SKIPPED -> Optional.of(new StepOutcome.LeftOut(attempt.message()));
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
                        && attempt.state() != AttemptState.SUCCEEDED
                        && attempt.state() != AttemptState.SKIPPED)
            .count();
  }

  /** Returns when a step was first tried. */
  Optional<Instant> firstStart(String stepId) {
    return bySteps.getOrDefault(stepId, List.of()).stream().map(Attempt::startedAt).findFirst();
  }

  /** Returns when the next attempt of a step is due, if its last one has failed for now. */
  Optional<Instant> dueAt(String stepId) {
    return last(stepId)
        .filter(attempt -> attempt.delay().isPresent())
        .map(
            attempt ->
                attempt.endedAt().orElse(attempt.startedAt()).plus(attempt.delay().orElseThrow()));
  }

  /** Returns whether a step was begun and is not over. */
  boolean isUnderWay(String stepId) {
    return last(stepId).isPresent() && settled(stepId).isEmpty();
  }

  /** Returns what was moved by the steps of items that succeeded. */
  long bytesOfItems() {
    return bySteps.keySet().stream()
        .filter(ItemKeys::isOfItem)
        .map(this::result)
        .flatMap(Optional::stream)
        .mapToLong(StepResult::bytes)
        .sum();
  }

  /** Returns what a step has left wherever it succeeded: in the run, or for its items. */
  List<StepResult> results(String stepId) {
    return bySteps.keySet().stream()
        .filter(key -> ItemKeys.stepId(key).equals(stepId))
        .map(this::result)
        .flatMap(Optional::stream)
        .toList();
  }

  /** Returns what a step left that succeeded. */
  Optional<StepResult> result(String stepId) {
    return settled(stepId)
        .filter(StepOutcome.Succeeded.class::isInstance)
        .map(outcome -> ((StepOutcome.Succeeded) outcome).result());
  }
}
