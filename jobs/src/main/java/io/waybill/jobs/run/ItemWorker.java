package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Takes one item after another, does what is to be done for it, and writes down how it ended. */
final class ItemWorker {
  private static final Logger LOG = LoggerFactory.getLogger(ItemWorker.class);

  private final ItemRunner items;
  private final RunJournal journal;
  private final RunListener listener;
  private final Work work;

  /**
   * What several workers share.
   *
   * @param scope of the run; each item has its own within
   */
  record Work(Run run, JobDefinition job, RunScope scope, RunProgress progress, ItemQueue queue) {
    EachDefinition each() {
      return job.each().orElseThrow();
    }
  }

  ItemWorker(ItemRunner items, RunJournal journal, RunListener listener, Work work) {
    this.items = items;
    this.journal = journal;
    this.listener = listener;
    this.work = work;
  }

  /** Works until nothing is left to be done now, or the run is to end. */
  void run(RunControl control) {
    try {
      for (Optional<Item> next = work.queue().take();
          next.isPresent();
          next = work.queue().take()) {
        try (MDC.MDCCloseable key = MDC.putCloseable("item", next.get().key())) {
          carryOut(next.get(), control);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the thread is the run's own, and ends here
      work.queue().close();
    }
  }

  private void carryOut(Item item, RunControl control) {
    LOG.info("event=item-started number={} item=\"{}\"", item.number(), item.name());
    RunEnd end =
        items.run(
            work.run(),
            work.job(),
            item,
            work.scope().ofItem(item, work.each()),
            work.progress(),
            control);
    if (end.state() == RunState.RETRYING) {
      work.queue().putBack(item, due(item, work.each(), work.progress()));
    } else if (!end.isWritten() || end.state() == RunState.CANCELLED) {
      work.queue().close();
      work.queue().done();
    } else {
      ItemEnd over = ItemEnd.of(end);
      journal.itemEnded(work.run(), item, over);
      LOG.info(
          "event=item-ended number={} state={} message=\"{}\"",
          item.number(),
          over.state(),
          over.message());
      listener.on(
          new RunEvent.ItemEnded(
              work.run().id(), item.number(), item.name(), over.state(), over.message()));
      work.queue().done();
    }
  }

  /** Returns when an item is to be tried; long ago if nothing holds it up. */
  static Instant due(Item item, EachDefinition each, RunProgress progress) {
    return each.allSteps()
        .map(step -> progress.dueAt(ItemKeys.stepKey(step.id(), item.key())))
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }
}
