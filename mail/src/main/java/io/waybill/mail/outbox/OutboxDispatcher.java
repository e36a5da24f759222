package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is due in an outbox, in the background: at once when it was enqueued in this process,
 * within a second when another did. It also keeps the outbox in order: takes over from dead owners,
 * gives up what is too late, deletes what is old.
 */
public final class OutboxDispatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OutboxDispatcher.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration TIDY_EVERY = Duration.ofSeconds(10);
  private static final Duration PRUNE_EVERY = Duration.ofHours(1);
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Outbox outbox;
  private final OutboxAccounts accounts;
  private final ExecutorService workers;
  private final Map<String, AccountQueue> queues = new HashMap<>();
  private final Set<String> strangers = new HashSet<>();
  private final Semaphore wakeUps = new Semaphore(0);
  private final Thread scout = new Thread(this::run, "waybill-outbox");
  private volatile boolean isRoused;
  private volatile boolean stopping;

  private OutboxDispatcher(Outbox outbox, OutboxAccounts accounts) {
    this.outbox = outbox;
    this.accounts = accounts;
    AtomicInteger number = new AtomicInteger();
    this.workers =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "waybill-outbox-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    scout.setDaemon(true);
  }

  /** Starts to send. */
  public static OutboxDispatcher start(Outbox outbox, OutboxAccounts accounts) {
    OutboxDispatcher dispatcher = new OutboxDispatcher(outbox, accounts);
    outbox.onDue(dispatcher::wake);
    outbox.onDemand(dispatcher::rouse);
    dispatcher.scout.start();
    return dispatcher;
  }

  private void wake() {
    if (wakeUps.availablePermits() == 0) {
      wakeUps.release();
    }
  }

  private void rouse() {
    isRoused = true;
    wake();
  }

  private void run() {
    Occasion tidy = new Occasion(TIDY_EVERY);
    Occasion prune = new Occasion(PRUNE_EVERY);
    while (!stopping) {
      try {
        if (tidy.isHere()) {
          outbox.recover();
          outbox.upkeep().expire();
          outbox.upkeep().settleUnknown(accounts::isInSentFolder);
        }
        if (prune.isHere()) {
          outbox.upkeep().prune();
        }
        if (isRoused) {
          isRoused = false;
          queues.values().forEach(AccountQueue::rouse);
        }
        outbox.store().rows().dueByAccount(outbox.clock().instant()).forEach(this::send);
      } catch (MailException e) {
        // The database is away: what waits there goes on waiting, and so does this thread.
        log.warn("outbox.dispatcher-waits error={}", e.toString());
      }
      try {
        boolean isWoken = wakeUps.tryAcquire(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
        log.trace("outbox.looks woken={}", isWoken);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void send(String account, int due) {
    AccountQueue queue = queues.get(account);
    if (queue == null) {
      queue =
          accounts
              .sender(account)
              .map(
                  sender ->
                      new AccountQueue(outbox, account, sender, accounts.connections(account)))
              .orElse(null);
      if (queue == null) {
        if (strangers.add(account)) {
          log.warn("outbox.no-account account={} waiting={}", account, due);
        }
        return;
      }
      queues.put(account, queue);
    }
    for (int i = queue.workersWanted(due); i > 0; i--) {
      workers.execute(queue::work);
    }
  }

  /**
   * Begins nothing more and waits, for a while, until what is under way has ended. The senders stay
   * open; closing them ends what is under way at once.
   */
  @Override
  public void close() {
    stopping = true;
    wake();
    queues.values().forEach(AccountQueue::stop);
    workers.shutdown();
    try {
      scout.join(GRACE.toMillis());
      if (!workers.awaitTermination(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
        log.warn("outbox.dispatcher-left-behind what is under way ends with its senders");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something that is to be done now and then. */
  private static final class Occasion {
    private final long periodNanos;
    private long nextNanos = System.nanoTime();

    Occasion(Duration period) {
      this.periodNanos = period.toNanos();
    }

    boolean isHere() {
      long now = System.nanoTime();
      if (now - nextNanos < 0) {
        return false;
      }
      nextNanos = now + periodNanos;
      return true;
    }
  }
}
