package io.waybill.jobs.trigger;

import io.waybill.jobs.ledger.ItemLedger;
import io.waybill.jobs.ledger.Source;
import io.waybill.mail.MailException;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.Lease;
import io.waybill.scheduler.store.Leases;
import io.waybill.transfer.TransferException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that one process of the cluster watches a source: takes the lease on it when nobody
 * live has it, watches, and begins again after trouble.
 */
final class SourceThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceThread.class);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  // a login that is refused is not hammered
  private static final Duration AFTER_REFUSAL = Duration.ofMinutes(15);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final Source source;
  private final Supplier<SourceWatch> watches;
  private final ItemLedger ledger;
  private final Leases leases;
  private final BooleanSupplier counts;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable SourceWatch current;

  /**
   * Prepares.
   *
   * @param watches makes a watch for each time that one begins
   * @param counts says whether this process's job file does
   */
  SourceThread(
      Source source,
      Supplier<SourceWatch> watches,
      ItemLedger ledger,
      Leases leases,
      BooleanSupplier counts) {
    this.source = source;
    this.watches = watches;
    this.ledger = ledger;
    this.leases = leases;
    this.counts = counts;
    thread = new Thread(this::watchAgainAndAgain, "waybill-source-" + source.job());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void watchAgainAndAgain() {
    Duration pause = FIRST_PAUSE;
    try {
      while (end.getCount() > 0) {
        try {
          Optional<Lease> lease =
              counts.getAsBoolean() ? leases.take(SourceId.lease(source)) : Optional.empty();
          if (lease.isEmpty()) {
            rest(LOOK);
            continue;
          }
          watch(lease.get());
          pause = FIRST_PAUSE;
        } catch (SchedulerException.LeaseLost e) {
          LOG.warn("event=source-lost job={} source=\"{}\"", source.job(), source.name());
          rest(LOOK);
        } catch (RuntimeException e) { // which would end the thread unheard
          Duration rest = pauseAfter(e, pause);
          tell(e, rest);
          rest(rest);
          pause = min(pause.multipliedBy(2), LONGEST_PAUSE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody ends the thread, and it ends
    }
  }

  private void watch(Lease lease) throws InterruptedException {
    ledger.begin(source);
    LOG.info("event=source-watched job={} source=\"{}\"", source.job(), source.name());
    SourceWatch watch = watches.get();
    current = watch;
    try {
      if (end.getCount() > 0) {
        watch.run(lease);
      }
    } finally {
      current = null;
      if (end.getCount() == 0) {
        leases.letGo(lease);
      }
    }
  }

  private static Duration pauseAfter(RuntimeException failure, Duration pause) {
    boolean isRefusal =
        failure instanceof TransferException.Authentication
            || failure instanceof MailException.AuthenticationFailed;
    return isRefusal ? AFTER_REFUSAL : pause;
  }

  private void tell(RuntimeException failure, Duration rest) {
    if (failure instanceof NullPointerException || failure instanceof IllegalStateException) {
      LOG.error("event=source-broke job={} source=\"{}\"", source.job(), source.name(), failure);
    } else {
      LOG.warn(
          "event=source-trouble job={} source=\"{}\" why=\"{}\" retry-in={}",
          source.job(),
          source.name(),
          failure.getMessage(),
          rest);
    }
  }

  private void rest(Duration time) throws InterruptedException {
    boolean unused = end.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  String job() {
    return source.job();
  }

  /** Has it look again soon. */
  void wake() {
    SourceWatch watch = current;
    if (watch != null) {
      watch.wake();
    }
  }

  /** Ends it and waits for that, some seconds at most. */
  @Override
  public void close() {
    end.countDown();
    SourceWatch watch = current;
    if (watch != null) {
      watch.end();
    }
    try {
      thread.join(CLOSING.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(CLOSING.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("event=source-left-at-close job={} source=\"{}\"", source.job(), source.name());
    }
  }
}
