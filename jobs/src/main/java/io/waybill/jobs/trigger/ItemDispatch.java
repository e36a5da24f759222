package io.waybill.jobs.trigger;

import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.ledger.GivenItems;
import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.jobs.ledger.Source;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.Lease;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives what waits in the ledger to runs, as many at a time as the trigger says. */
final class ItemDispatch {
  private static final Logger LOG = LoggerFactory.getLogger(ItemDispatch.class);

  private final JobDefinition job;
  private final Source source;
  private final Trigger.Intake intake;
  private final String root;
  private final ItemLedger ledger;
  private final Gate gate;
  private final Consumer<String> wake;

  /**
   * Prepares.
   *
   * @param root under which the run's steps find the items
   * @param wake is told of the runs that were recorded
   */
  ItemDispatch(
      Watching watching, Source source, Trigger.Intake intake, String root, Consumer<String> wake) {
    this.job = watching.job();
    this.source = source;
    this.intake = intake;
    this.root = root;
    this.ledger = watching.ledger();
    this.gate = watching.gate();
    this.wake = wake;
  }

  /**
   * Gives what can be given now.
   *
   * @param isThere says of what waits whether it is still what it was; what is not is forgotten
   * @throws io.waybill.scheduler.SchedulerException.LeaseLost if another process watches the source
   *     by now
   */
  void run(Lease lease, Predicate<LedgerItem> isThere) {
    while (gate.isOpen() && gate.isFree(job)) {
      List<LedgerItem> items = ledger.ready(source, intake.batch());
      List<LedgerItem> gone = items.stream().filter(isThere.negate()).toList();
      if (!gone.isEmpty()) {
        ledger.drop(lease, gone);
        LOG.info(
            "event=items-gone job={} source=\"{}\" items={}",
            job.name(),
            source.name(),
            gone.size());
        continue; // others take their places
      }
      if (items.isEmpty()) {
        return;
      }
      give(lease, items);
    }
  }

  private void give(Lease lease, List<LedgerItem> items) {
    String payload = new GivenItems(root, items.size()).payload();
    Optional<Run> run = ledger.give(lease, source, items, intake.quarantineAfter(), payload);
    run.ifPresent(
        given -> {
          LOG.info(
              "event=items-given job={} run={} source=\"{}\" items={}",
              job.name(),
              given.id(),
              source.name(),
              items.size());
          wake.accept(given.id());
        });
  }
}
