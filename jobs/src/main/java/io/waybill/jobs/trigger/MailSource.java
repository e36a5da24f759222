package io.waybill.jobs.trigger;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.CancelScope.Cause;
import io.waybill.jobs.Trigger;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.ledger.FoundItem;
import io.waybill.jobs.ledger.Source;
import io.waybill.jobs.step.MailArrivals;
import io.waybill.mail.imap.MailboxWatcher;
import io.waybill.scheduler.store.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a folder of mail: what fits is written into the ledger, which then has it whatever
 * becomes of the mailbox, and is given to runs of the job.
 */
final class MailSource implements SourceWatch {
  private static final Logger LOG = LoggerFactory.getLogger(MailSource.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration SWEEP = Duration.ofHours(1);

  private final Watching watching;
  private final Trigger.MailArrives trigger;
  private final Source source;
  private final ItemDispatch dispatch;
  private final CancelScope scope = new CancelScope();
  private final Semaphore hints = new Semaphore(0);

  MailSource(
      Watching watching, Trigger.MailArrives trigger, Source source, Consumer<String> wakeRun) {
    this.watching = watching;
    this.trigger = trigger;
    this.source = source;
    this.dispatch = new ItemDispatch(watching, source, trigger.intake(), "messages", wakeRun);
  }

  @Override
  public void run(Lease lease) throws InterruptedException {
    MailArrivals arrivals =
        new MailArrivals(
            source.job(),
            trigger,
            watching.services(),
            watching.mail(),
            (place, item) -> arrived(lease, place, item));
    if (trigger.watching().isIdle()) {
      MailboxWatcher watcher = arrivals.watch(scope);
      try (watcher) {
        dispatchUntilTheEnd(lease, arrivals, () -> {});
      }
    } else {
      dispatchUntilTheEnd(lease, arrivals, new Polls(arrivals));
    }
  }

  /** Looks at the folder when it is time. */
  private final class Polls implements Runnable {
    private final MailArrivals arrivals;
    private Instant next = Instant.MIN;

    Polls(MailArrivals arrivals) {
      this.arrivals = arrivals;
    }

    @Override
    public void run() {
      Instant now = watching.services().clock().instant();
      if (!now.isBefore(next)) {
        var unused = arrivals.poll(scope);
        next = now.plus(trigger.intake().pollEvery());
      }
    }
  }

  private void dispatchUntilTheEnd(Lease lease, MailArrivals arrivals, Runnable poll)
      throws InterruptedException {
    Instant nextSweep = watching.services().clock().instant();
    while (scope.cause().isEmpty()) {
      poll.run();
      // one that has failed may have been moved away for that
      dispatch.run(
          lease, item -> item.standing().failures() == 0 || arrivals.isThere(item.value(), scope));
      watching.ledger().require(lease);
      Instant now = watching.services().clock().instant();
      if (!now.isBefore(nextSweep)) {
        nextSweep = now.plus(SWEEP);
        sweep(lease, now);
      }
      boolean unused = hints.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      hints.drainPermits();
    }
  }

  private void arrived(Lease lease, String place, Map<String, Object> item) {
    int fresh = watching.ledger().found(lease, source, List.of(item(place, item)));
    if (fresh > 0) {
      LOG.info("event=mail-found job={} source=\"{}\"", source.job(), source.name());
    }
    hints.release();
  }

  /** Returns what the ledger is told of a message. */
  static FoundItem item(String place, Map<String, Object> item) {
    String id = SourceId.sha256(place);
    String name = item.getOrDefault("from", "") + ": " + item.getOrDefault("subject", "");
    String rank =
        "%020d %020d".formatted(Plain.number(item, "uid-validity"), Plain.number(item, "uid"));
    return new FoundItem(id, id, name, rank, item);
  }

  // the mailbox is read from where it was on, so that what was done with does not come again
  private void sweep(Lease lease, Instant now) {
    Instant until = now.minus(watching.job().history().age());
    watching.ledger().sweep(lease, source, until, item -> true);
  }

  @Override
  public void wake() {
    hints.release();
  }

  @Override
  public void end() {
    scope.cancel(Cause.SHUTDOWN);
    hints.release();
  }
}
