package io.waybill.jobs.run;

import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepJournal;
import io.waybill.jobs.StepRecord;
import io.waybill.jobs.StepState;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes down everything about a run: the scheduler's rows and ours, before and after each act. */
public final class RunJournal {
  private final Store store;
  private final RunStore runs;
  private final StepStore steps;

  public RunJournal(Store store, RunStore runs) {
    this.store = store;
    this.runs = runs;
    this.steps = new StepStore(runs);
  }

  void stepStarted(Run run, StepDefinition step) {
    steps.begin(run, step.id(), step.type().name());
  }

  Attempt attemptStarted(Run run, String stepId) {
    return runs.startAttempt(run, stepId);
  }

  Attempt attemptEnded(Attempt attempt, StepOutcome outcome, Optional<Duration> delay) {
    if (outcome instanceof StepOutcome.Succeeded succeeded) {
      return runs.finishAttempt(
          attempt,
          AttemptState.SUCCEEDED,
          Optional.empty(),
          "",
          Optional.empty(),
          AttemptPayload.of(succeeded.result()));
    }
    if (outcome instanceof StepOutcome.Failed failed) {
      return runs.finishAttempt(
          attempt,
          failed.state(),
          Optional.of(failed.failureClass()),
          failed.message(),
          delay,
          failed.cause().map(AttemptPayload::of).orElse(""));
    }
    return switch (((StepOutcome.Ended) outcome).cause()) {
      case CANCELLED ->
          runs.finishAttempt(
              attempt, AttemptState.CANCELLED, Optional.empty(), "cancelled", Optional.empty(), "");
      // The run goes on elsewhere or later: whoever takes it over closes this attempt's row.
      case SHUTDOWN, LOST, TIMED_OUT -> attempt;
    };
  }

  Run runEnded(Run run, RunEnd end) {
    Run ended = runs.finish(run, end.state(), end.failureClass(), end.message(), run.payload());
    store.checkpoint();
    return ended;
  }

  StepJournal items(Run run, String stepId, int attempt) {
    return steps.items(run, stepId, attempt);
  }

  /**
   * Returns how the steps ended that have come to their end in this run, by step: none of them is
   * tried again, whatever happened to the process since.
   */
  Map<String, StepOutcome> settledSteps(String runId) {
    Map<String, StepOutcome> settled = new LinkedHashMap<>();
    for (Attempt attempt : runs.attempts(runId)) { // oldest first: the last one of a step stands
      settled.remove(attempt.stepKey());
      outcome(attempt).ifPresent(outcome -> settled.put(attempt.stepKey(), outcome));
    }
    return settled;
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

  /** Returns everything known of a run. */
  public RunRecord record(Run run) {
    Map<String, List<Attempt>> attempts =
        runs.attempts(run.id()).stream().collect(Collectors.groupingBy(Attempt::stepKey));
    return new RunRecord(
        run,
        steps.list(run.id()).stream()
            .map(step -> record(step, attempts.getOrDefault(step.id(), List.of())))
            .toList());
  }

  private static StepRecord record(StepStore.Begun step, List<Attempt> attempts) {
    Optional<Attempt> last =
        attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.get(attempts.size() - 1));
    return new StepRecord(
        step.id(),
        step.kind(),
        last.map(RunJournal::stepState).orElse(StepState.RUNNING),
        last.filter(attempt -> attempt.state() == AttemptState.SUCCEEDED)
            .map(attempt -> AttemptPayload.result(attempt.payload())),
        attempts);
  }

  // A step is where its last attempt left it; one that waits for its next attempt still runs.
  private static StepState stepState(Attempt last) {
    return switch (last.state()) {
      case SUCCEEDED -> StepState.SUCCEEDED;
      case RUNNING, INTERRUPTED -> StepState.RUNNING;
      case UNKNOWN -> StepState.UNKNOWN;
      case FAILED, PARTIAL, TIMED_OUT, CANCELLED ->
          last.delay().isPresent() ? StepState.RUNNING : StepState.FAILED;
    };
  }
}
