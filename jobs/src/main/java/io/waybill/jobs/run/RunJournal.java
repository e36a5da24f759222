package io.waybill.jobs.run;

import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepJournal;
import io.waybill.jobs.StepRecord;
import io.waybill.jobs.StepState;
import io.waybill.jobs.ledger.GivenItems;
import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.jobs.ledger.LedgerSettlement;
import io.waybill.jobs.measure.MeasureHistory;
import io.waybill.jobs.measure.RunMeasure;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.AttemptEnd;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.RunTables;
import io.waybill.scheduler.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes down everything about a run: the scheduler's rows and ours, before and after each act. */
public final class RunJournal {
  private final Store store;
  private final RunStore runs;
  private final StepStore steps;
  private final ItemJournal items;
  private final ItemLedger ledger;
  private final MeasureHistory measures;

  /**
   * Prepares.
   *
   * @param ledger of what runs were given
   * @param settlement hears of each item's end, in its transaction
   */
  public RunJournal(Store store, RunStore runs, ItemLedger ledger, LedgerSettlement settlement) {
    this.store = store;
    this.runs = runs;
    this.steps = new StepStore(RunTables.of(store, runs));
    this.items = new ItemJournal(steps, settlement);
    this.ledger = ledger;
    this.measures = new MeasureHistory(RunTables.of(store, runs));
  }

  /** Returns what {@code trigger} has in a run: what started it, or what it was given. */
  Map<String, Object> trigger(Run run) {
    return GivenItems.of(run.payload())
        .map(given -> given.trigger(ledger.ofRun(run.id())))
        .orElseGet(() -> RunPayload.trigger(run.payload()));
  }

  void stepStarted(Run run, StepDefinition step) {
    steps.begin(run, step.id(), step.type().name());
  }

  /** Writes down that a run has come to its items. */
  void eachStarted(Run run) {
    steps.begin(run, EachDefinition.NAME, EachDefinition.NAME);
  }

  /** As {@link ItemJournal#rows}. */
  List<ItemJournal.Row> itemRows(Run run) {
    return items.rows(run);
  }

  /** As {@link ItemJournal#begin}. */
  void itemsFound(Run run, List<Item> found) {
    items.begin(run, found);
  }

  /** As {@link ItemJournal#restarted}. */
  void itemRestarted(Run run, Item item) {
    items.restarted(run, item);
  }

  /** As {@link ItemJournal#ended}. */
  void itemEnded(Run run, Item item, ItemEnd end) {
    items.ended(run, item, end);
  }

  Attempt attemptStarted(Run run, String stepId) {
    return runs.startAttempt(run, stepId);
  }

  /**
   * Writes the end of an attempt.
   *
   * @param isReleasing whether the run is let go until its next attempt
   */
  Attempt attemptEnded(
      Run run,
      Attempt attempt,
      StepOutcome outcome,
      Optional<Duration> delay,
      boolean isReleasing) {
    Optional<AttemptEnd> end = end(outcome, delay);
    if (end.isEmpty()) {
      return attempt; // the run goes on elsewhere or later: whoever takes it over closes this row
    }
    return isReleasing
        ? runs.finishAttemptAndRelease(run, attempt, end.get())
        : runs.finishAttempt(attempt, end.get());
  }

  private static Optional<AttemptEnd> end(StepOutcome outcome, Optional<Duration> delay) {
    if (outcome instanceof StepOutcome.Succeeded succeeded) {
      return Optional.of(AttemptEnd.succeeded(AttemptPayload.of(succeeded.result())));
    }
    if (outcome instanceof StepOutcome.Failed failed) {
      return Optional.of(
          new AttemptEnd(
              failed.state(),
              Optional.of(failed.failureClass()),
              failed.message(),
              delay,
              AttemptPayload.of(failed.detail())));
    }
    if (outcome instanceof StepOutcome.LeftOut leftOut) {
      return Optional.of(
          new AttemptEnd(
              AttemptState.SKIPPED, Optional.empty(), leftOut.why(), Optional.empty(), ""));
    }
    boolean cancelled =
        outcome instanceof StepOutcome.Ended ended && ended.cause() == Cause.CANCELLED;
    return cancelled
        ? Optional.of(
            new AttemptEnd(
                AttemptState.CANCELLED, Optional.empty(), "cancelled", Optional.empty(), ""))
        : Optional.empty();
  }

  Run runEnded(Run run, RunEnd end) {
    String payload = end.measured().map(known -> known.into(run.payload())).orElse(run.payload());
    Run ended = runs.finish(run, end.state(), end.failureClass(), end.message(), payload);
    store.checkpoint();
    return ended;
  }

  List<Attempt> attempts(Run run) {
    return runs.attempts(run.id());
  }

  /** Returns what was measured of the runs of its job before, the latest first. */
  List<RunMeasure> measured(Run run, Instant until) {
    return measures.until(run.job(), until);
  }

  StepJournal items(Run run, String stepId, int attempt) {
    return steps.items(run, stepId, attempt);
  }

  /**
   * Returns how far a run has come. One that begins at a later step has what an earlier run has
   * done of those before.
   */
  RunProgress progress(Run run, JobDefinition job) {
    List<String> steps = job.steps(Hook.STEPS).stream().map(StepDefinition::id).toList();
    Stream<String> ofItems =
        job.each().stream()
            .flatMap(each -> each.steps(Hook.STEPS).stream())
            .map(StepDefinition::id);
    RunProgress progress =
        RunProgress.of(
            runs.attempts(run.id()),
            run.restartToken(),
            RunPayload.retried(run.payload()),
            Stream.concat(steps.stream(), ofItems).collect(Collectors.toSet()));
    RunPayload.start(run.payload())
        .ifPresent(
            start ->
                runs.find(start.runId())
                    .ifPresent(
                        earlier ->
                            progress.takeOver(
                                progress(earlier, job),
                                steps.subList(0, Math.max(0, steps.indexOf(start.step()))))));
    return progress;
  }

  /** Lets a run begin anew: what it has done so far counts no more. */
  Run restarted(Run run) {
    return runs.restart(run);
  }

  /** Returns everything known of a run. */
  public RunRecord record(Run run) {
    List<Attempt> all = runs.attempts(run.id());
    Map<String, List<Attempt>> attempts =
        all.stream().collect(Collectors.groupingBy(Attempt::stepKey));
    List<StepStore.Begun> begun = steps.list(run.id());
    boolean hasItems = begun.stream().anyMatch(step -> step.kind().equals(EachDefinition.NAME));
    return new RunRecord(
        run,
        begun.stream()
            .map(step -> record(run, step, attempts.getOrDefault(step.id(), List.of())))
            .toList(),
        hasItems ? ItemRecords.of(run, items.rows(run), all) : List.of());
  }

  private static StepRecord record(Run run, StepStore.Begun step, List<Attempt> attempts) {
    Optional<Attempt> last =
        attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.get(attempts.size() - 1));
    return new StepRecord(
        step.id(),
        step.kind(),
        last.map(attempt -> stepState(run, attempt)).orElse(StepState.RUNNING),
        last.filter(attempt -> attempt.state() == AttemptState.SUCCEEDED)
            .map(attempt -> AttemptPayload.result(attempt.payload())),
        attempts);
  }

  // A step is where its last attempt left it; one that waits for its next attempt still runs, until
  // the run has ended without that.
  private static StepState stepState(Run run, Attempt last) {
    StepState open = run.state().isFinished() ? StepState.FAILED : StepState.RUNNING;
    return switch (last.state()) {
      case SUCCEEDED -> StepState.SUCCEEDED;
      case RUNNING, INTERRUPTED -> open;
      case UNKNOWN -> StepState.UNKNOWN;
      case SKIPPED -> StepState.SKIPPED;
      case FAILED, PARTIAL, TIMED_OUT, CANCELLED ->
          last.delay().isPresent() ? open : StepState.FAILED;
    };
  }
}
