package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  // Six looks within a lease: who falls silent is noticed not much later than his lease ends.
  private static final int TIDY_WITHIN_LEASE = 6;
  private static final Duration PRUNE_EVERY = Duration.ofHours(1);
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Outbox outbox;
  private final OutboxAccounts accounts;
  private final ExecutorService workers;
  private final Map<String, AccountQueue> queues = new ConcurrentHashMap<>();
  private final Set<String> strangers = new HashSet<>();
  private final Semaphore wakeUps = new Semaphore(0);
  private final Thread scout = new Thread(this::run, "waybill-outbox");
  private final AtomicBoolean isSettling = new AtomicBoolean();
  private final List<Runnable> farewells = new ArrayList<>();
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
    dispatcher.farewells.add(outbox.onEnqueued(dispatcher::enqueued));
    dispatcher.farewells.add(outbox.onDemand(dispatcher::rouse));
    dispatcher.scout.start();
    return dispatcher;
  }

  /** One more worker, if there may be one: it finds the entry, without all others being counted. */
  private void enqueued(OutboxEntry entry) {
    boolean isDue = entry.state() == OutboxState.QUEUED && entry.nextAttemptAt().isEmpty();
    if (!stopping && isDue && !entry.account().isEmpty()) {
      queue(entry.account()).filter(AccountQueue::wantsAnother).ifPresent(this::work);
    }
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
    Occasion tidy = new Occasion(outbox.lease().dividedBy(TIDY_WITHIN_LEASE));
    Occasion prune = new Occasion(PRUNE_EVERY);
    while (!stopping) {
      try {
        if (tidy.isHere()) {
          outbox.recover();
          outbox.upkeep().expire();
          settleUnknown();
        }
        if (prune.isHere()) {
          outbox.upkeep().prune();
        }
        if (isRoused) {
          isRoused = false;
          queues.values().forEach(AccountQueue::demand);
        }
        outbox.store().flush(); // an answer does not wait for a next message that takes its time
        outbox.answers().recordAgain();
        outbox.store().rows().dueByAccount(outbox.clock().instant()).forEach(this::send);
      } catch (MailException e) {
        // The database is away: what waits there goes on waiting, and so does this thread.
        log.warn("outbox.dispatcher-waits why=\"{}\"", e.getMessage());
      } catch (RuntimeException e) {
        log.error("outbox.dispatcher-failed it goes on with its next look", e);
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

  /** On a thread of its own: a mailbox that does not answer is not to keep mail from being sent. */
  private void settleUnknown() {
    if (isSettling.compareAndSet(false, true)) {
      workers.execute(
          () -> {
            try {
              outbox.upkeep().settleUnknown(accounts::isInSentFolder);
            } catch (RuntimeException e) {
              log.warn("outbox.unknown-kept error={}", e.toString());
            } finally {
              isSettling.set(false);
            }
          });
    }
  }

  private void send(String account, int due) {
    Optional<AccountQueue> queue = queue(account);
    if (queue.isEmpty() && strangers.add(account)) {
      log.warn("outbox.no-account account={} waiting={}", account, due);
      outbox.store().note(account, "there is no account \"" + account + "\" here any more");
    }
    queue.ifPresent(
        each -> {
          for (int i = each.workersWanted(due); i > 0; i--) {
            work(each);
          }
        });
  }

  private Optional<AccountQueue> queue(String account) {
    AccountQueue known = queues.get(account);
    if (known != null) {
      return Optional.of(known);
    }
    return accounts
        .sender(account)
        .map(
            sender ->
                queues.computeIfAbsent(
                    account,
                    name -> new AccountQueue(outbox, name, sender, accounts.connections(name))));
  }

  private void work(AccountQueue queue) {
    try {
      workers.execute(queue::work);
    } catch (RejectedExecutionException e) {
      log.debug("outbox.dispatcher-closed"); // what is due is on record, and waits
    }
  }

  /**
   * Begins nothing more and waits, for a while, until what is under way has ended. The senders stay
   * open; closing them ends what is under way at once.
   */
  @Override
  public void close() {
    stopping = true;
    farewells.forEach(Runnable::run);
    wake();
    queues.values().forEach(AccountQueue::stop);
    workers.shutdown();
    try {
      scout.join(GRACE.toMillis());
      if (!workers.awaitTermination(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
        log.warn("outbox.dispatcher-left-behind what is under way ends with its senders");
      }
      outbox.answers().recordAgain();
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
