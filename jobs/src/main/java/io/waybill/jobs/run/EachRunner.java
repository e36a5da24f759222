package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.ItemState;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.StepResult;
import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.TriggerKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does a job's steps for each item of a list. It stands among the run's steps as one of them, so
 * that its end, and the wait of items for their next attempt, are on record like theirs.
 */
final class EachRunner {
  private static final Logger LOG = LoggerFactory.getLogger(EachRunner.class);
  private static final String KEY = EachDefinition.NAME;

  private final RunJournal journal;
  private final ItemRunner items;
  private final InstantSource clock;
  private final RunListener listener;
  private final ItemList lists = new ItemList();

  EachRunner(RunJournal journal, ItemRunner items, InstantSource clock, RunListener listener) {
    this.journal = journal;
    this.items = items;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Does it for all items: to their ends, until all that are left wait for their next attempts, or
   * to where the run was ended from outside.
   *
   * @param moved whether the run was on another node before
   */
  RunEnd run(
      Run run,
      JobDefinition job,
      RunScope scope,
      RunProgress progress,
      RunControl control,
      boolean moved) {
    Optional<StepOutcome> settled = progress.settled(KEY);
    if (settled.isPresent()) {
      return end(run, settled.get(), scope, control);
    }
    if (control.cause().isPresent()) {
      return RunEnd.ended(control.cause().get(), control.why());
    }
    journal.eachStarted(run);
    Attempt attempt = journal.attemptStarted(run, KEY);
    listener.on(new RunEvent.AttemptStarted(attempt, KEY));
    ItemQueue queue = new ItemQueue(clock, run.kind() == TriggerKind.LOCAL);
    ItemWorker.Work work = new ItemWorker.Work(run, job, scope, progress, queue);
    StepOutcome outcome = carryOut(work, control, moved);
    Optional<Duration> delay =
        outcome instanceof StepOutcome.Failed
            ? queue.firstDue().map(this::until)
            : Optional.empty();
    Attempt ended = journal.attemptEnded(run, attempt, outcome, delay, delay.isPresent());
    LOG.info("event=each-ended state={} message=\"{}\"", ended.state(), ended.message());
    listener.on(new RunEvent.AttemptEnded(ended));
    return delay.isPresent() ? RunEnd.waiting(ended) : end(run, outcome, scope, control);
  }

  private Duration until(Instant due) {
    Duration left = Duration.between(clock.instant(), due);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private StepOutcome carryOut(ItemWorker.Work work, RunControl control, boolean moved) {
    try {
      for (ItemJournal.Row row : rows(work)) {
        if (row.end().isEmpty()) {
          Item item = begun(row.item(), work, moved);
          work.queue().add(item, ItemWorker.due(item, work.each(), work.progress()));
        }
      }
    } catch (JobException.Configuration e) {
      return new StepOutcome.Failed(
          e.failureClass(), AttemptState.FAILED, Optional.empty(), Failures.describe(e));
    }
    ItemWorker worker = new ItemWorker(items, journal, listener, work);
    new PartThreads(control, work.run().kind(), work.queue()::close)
        .run(Math.min(work.each().concurrency(), work.queue().size()), worker::run);
    return control
        .cause()
        .<StepOutcome>map(StepOutcome.Ended::new)
        .orElseGet(() -> outcome(new ItemCounts(journal.itemRows(work.run())), work.progress()));
  }

  /** Returns the items of the run: as they were found when it came here first. */
  private List<ItemJournal.Row> rows(ItemWorker.Work work) {
    Run run = work.run();
    List<ItemJournal.Row> known = journal.itemRows(run);
    if (!known.isEmpty()) {
      return known;
    }
    journal.itemsFound(run, lists.find(work.each(), work.scope().scope(), run.token()));
    return journal.itemRows(run);
  }

  /** Returns an item as it goes on: anew if what its steps have left is on another node. */
  private Item begun(Item item, ItemWorker.Work work, boolean moved) {
    List<StepSite> sites = ItemRunner.sites(work.each(), item);
    sites.forEach(site -> work.progress().since(site.key(), item.since()));
    boolean isElsewhere =
        moved
            && sites.stream()
                .anyMatch(
                    site ->
                        work.progress()
                            .result(site.key())
                            .filter(site.step().type()::isLocal)
                            .isPresent());
    if (!isElsewhere) {
      return item;
    }
    LOG.warn("event=item-begins-anew item=\"{}\"", item.name());
    Item anew = item.anew(work.run().token());
    sites.forEach(site -> work.progress().since(site.key(), anew.since()));
    journal.itemRestarted(work.run(), anew);
    return anew;
  }

  private static StepOutcome outcome(ItemCounts counts, RunProgress progress) {
    List<ItemEnd> failures = counts.failures();
    if (failures.isEmpty() && counts.of(ItemState.WAITING) == 0) {
      return new StepOutcome.Succeeded(new StepResult(counts.values(), progress.bytesOfItems()));
    }
    boolean isUnknown = counts.of(ItemState.UNKNOWN) > 0;
    FailureClass first =
        failures.stream()
            .map(ItemEnd::failureClass)
            .flatMap(Optional::stream)
            .findFirst()
            .orElse(FailureClass.TRANSIENT);
    AttemptState state = isUnknown ? AttemptState.UNKNOWN : AttemptState.FAILED;
    return new StepOutcome.Failed(
        isUnknown ? FailureClass.AMBIGUOUS : first,
        counts.of(ItemState.SUCCEEDED) > 0 ? AttemptState.PARTIAL : state,
        Optional.empty(),
        counts.summary());
  }

  private RunEnd end(Run run, StepOutcome outcome, RunScope scope, RunControl control) {
    if (outcome instanceof StepOutcome.Ended ended) {
      return RunEnd.ended(ended.cause(), control.why());
    }
    ItemCounts counts = new ItemCounts(journal.itemRows(run));
    scope.eachEnded(counts);
    return outcome instanceof StepOutcome.Failed failed
        ? RunEnd.failed(failed.failureClass(), failed.state(), "each: " + failed.message())
        : RunEnd.succeeded("each: " + counts.summary());
  }

  /** Takes back what a run left waiting that ends before its items' next attempts. */
  void abandon(Run run, EachDefinition each, RunScope scope, RunProgress progress) {
    for (ItemJournal.Row row : journal.itemRows(run)) {
      if (row.end().isEmpty()) {
        items.abandon(run, each, row.item(), scope.ofItem(row.item(), each), progress);
      }
    }
  }
}
