package io.waybill.jobs.run;

import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepJournal;
import io.waybill.jobs.StepRecord;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepState;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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
    steps.start(run, step.id(), step.type().name());
  }

  Attempt attemptStarted(Run run, String stepId) {
    return runs.startAttempt(run, stepId);
  }

  Attempt attemptEnded(Run run, Attempt attempt, StepOutcome outcome, Optional<Duration> delay) {
    if (outcome instanceof StepOutcome.Succeeded succeeded) {
      steps.finish(run, attempt.stepKey(), StepState.SUCCEEDED, Optional.of(succeeded.result()));
      return runs.finishAttempt(
          attempt, AttemptState.SUCCEEDED, Optional.empty(), "", Optional.empty(), "");
    }
    if (outcome instanceof StepOutcome.Failed failed) {
      boolean ambiguous = failed.failureClass() == FailureClass.AMBIGUOUS;
      if (delay.isEmpty()) {
        steps.finish(
            run,
            attempt.stepKey(),
            ambiguous ? StepState.UNKNOWN : StepState.FAILED,
            Optional.empty());
      }
      AttemptState state =
          ambiguous
              ? AttemptState.UNKNOWN
              : failed.isTimeout() ? AttemptState.TIMED_OUT : AttemptState.FAILED;
      return runs.finishAttempt(
          attempt, state, Optional.of(failed.failureClass()), failed.message(), delay, "");
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

  /** Returns the results of the steps that have succeeded, by step. */
  Map<String, StepResult> finishedSteps(String runId) {
    return steps.list(runId).stream()
        .filter(step -> step.result().isPresent())
        .collect(Collectors.toMap(StepRecord::id, step -> step.result().orElseThrow()));
  }

  /** Returns everything known of a run. */
  public RunRecord record(Run run) {
    Map<String, List<Attempt>> attempts =
        runs.attempts(run.id()).stream().collect(Collectors.groupingBy(Attempt::stepKey));
    Function<StepRecord, StepRecord> withAttempts =
        step ->
            new StepRecord(
                step.id(),
                step.kind(),
                step.state(),
                step.result(),
                attempts.getOrDefault(step.id(), List.of()));
    return new RunRecord(run, steps.list(run.id()).stream().map(withAttempts).toList());
  }
}
