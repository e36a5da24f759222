package io.waybill.mail.imap;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.Reply;
import io.waybill.mail.imap.WatcherHealth.State;
import io.waybill.mail.inbox.Ack;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailboxPoll;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Handles mail as it arrives, until it is stopped: by IDLE, behind which it looks by itself too,
 * and over a connection that it makes again whenever it breaks. After each new connection it reads
 * what came meanwhile.
 */
public final class MailboxWatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MailboxWatcher.class);
  private static final Duration GRACE = Duration.ofMillis(3500);
  private static final Duration LAST_GRACE = Duration.ofSeconds(1);

  /** What was put off is looked at again after this, whatever else is waited for. */
  private static final Duration PUT_OFF = Duration.ofMinutes(1);

  /** Whoever asks for more may have meant somebody else. */
  private static final Duration LONGEST_WANTED = Duration.ofHours(1);

  private final ImapMailbox mailbox;
  private final MailboxPoll poll;
  private final PollSpec spec;
  private final InboundHandler handler;
  private final WatchSettings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // guarded by the lock
  private boolean isStopped;
  private boolean isHandling;
  private State state = State.POLLING;
  private @Nullable Instant lastProof;
  private int failures;
  private @Nullable String lastError;
  private @Nullable PollReport lastPoll;

  private MailboxWatcher(
      MailAccount account,
      PollSpec spec,
      MailLedger ledger,
      InboundHandler handler,
      WatchSettings settings,
      InstantSource clock,
      RandomGenerator random) {
    this.mailbox = new ImapMailbox(account);
    String name = account.user().orElseThrow() + "@" + mailbox.server();
    this.poll = new MailboxPoll(mailbox, name, ledger, clock);
    this.spec = spec;
    this.handler = (mail, ack) -> handle(handler, mail, ack);
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.thread = new Thread(this::watch, "waybill-mail-watch " + spec.folder() + " of " + name);
    this.thread.setDaemon(true);
  }

  /**
   * Starts to watch; what fails from now on is tried again, and shows in {@link #health}.
   *
   * @param random for the pauses after failures, so that many do not come back at once
   * @throws IllegalArgumentException if the account has no user
   */
  public static MailboxWatcher start(
      MailAccount account,
      PollSpec spec,
      MailLedger ledger,
      InboundHandler handler,
      WatchSettings settings,
      InstantSource clock,
      RandomGenerator random) {
    MailboxWatcher watcher =
        new MailboxWatcher(account, spec, ledger, handler, settings, clock, random);
    watcher.thread.start();
    return watcher;
  }

  /** Returns how it is. */
  public WatcherHealth health() {
    lock.lock();
    try {
      return new WatcherHealth(
          state,
          Optional.ofNullable(lastProof),
          failures,
          Optional.ofNullable(lastError),
          Optional.ofNullable(lastPoll));
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    try {
      while (!isStopped()) {
        try {
          round();
        } catch (MailException e) {
          pause(e, e.isTransient());
        } catch (RuntimeException | Error e) {
          // whoever stops listening without a word is found out weeks later
          log.error("imap.watch-broke server={} folder={}", mailbox.server(), spec.folder(), e);
          pause(e, false);
        }
      }
    } catch (InterruptedException e) {
      log.debug("imap.watch-interrupted server={}", mailbox.server());
    } finally {
      mailbox.abort();
      become(State.STOPPED);
    }
  }

  /** Only here is the thread interrupted: in the middle of the ledger it could break a database. */
  private void handle(InboundHandler to, InboundMail mail, Ack ack) throws Exception {
    lock.lock();
    try {
      isHandling = true;
    } finally {
      lock.unlock();
    }
    try {
      to.handle(mail, ack);
    } finally {
      lock.lock();
      try {
        isHandling = false;
        boolean wasToldTooLate = Thread.interrupted();
        log.trace("imap.handled message=\"{}\" interrupted={}", mail, wasToldTooLate);
      } finally {
        lock.unlock();
      }
    }
  }

  private void interruptHandler() {
    lock.lock();
    try {
      if (isHandling) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void round() throws InterruptedException {
    become(State.POLLING);
    PollReport report = poll.run(spec, handler);
    proven(report);
    boolean comesAgain = report.putOff() > 0 || report.unfinished() > 0;
    if (report.isHeldElsewhere() || !mailbox.canIdle()) {
      become(State.WAITING);
      await(shorter(settings.pollWithoutIdle(), comesAgain));
      return;
    }
    long end = System.nanoTime() + shorter(settings.poll(), comesAgain).toNanos();
    boolean hasArrived = false;
    for (long left = end - System.nanoTime();
        !hasArrived && left > 0 && mailbox.canIdle() && !isStopped();
        left = end - System.nanoTime()) {
      become(State.IDLE);
      Duration atMost = Duration.ofNanos(Math.min(left, settings.idle().toNanos()));
      hasArrived = mailbox.idle(atMost, settings.answer());
      proven(null);
    }
  }

  private static Duration shorter(Duration usual, boolean comesAgain) {
    return comesAgain && PUT_OFF.compareTo(usual) < 0 ? PUT_OFF : usual;
  }

  private void pause(Throwable failure, boolean isTransient) throws InterruptedException {
    int times;
    lock.lock();
    try {
      if (isStopped) {
        return;
      }
      times = ++failures;
      lastError = failure instanceof MailException ? failure.getMessage() : failure.toString();
      state = State.PAUSING;
    } finally {
      lock.unlock();
    }
    long longest = settings.longestPause().toMillis();
    long most = settings.firstPause().toMillis() << Math.min(times - 1, 20);
    // full jitter: anything up to it, so that many who lost one server do not return together
    long millis =
        Math.max(
            random.nextLong(1, 1 + Math.min(longest, most)),
            wantedPause(String.valueOf(failure.getMessage())));
    boolean isUsual = times == 1 && isTransient;
    log.atLevel(isUsual ? Level.INFO : Level.WARN)
        .log(
            "imap.watch-failed server={} folder={} failures={} retry-in={}ms error={}",
            mailbox.server(),
            spec.folder(),
            times,
            millis,
            failure.getMessage());
    await(Duration.ofMillis(millis));
  }

  /** How long a server that refuses wants to be left alone, in milliseconds. */
  private static long wantedPause(String text) {
    Duration wanted = Reply.retryAfter(text).orElse(Duration.ZERO);
    return Math.min(wanted.toMillis(), LONGEST_WANTED.toMillis());
  }

  private void become(State next) {
    lock.lock();
    try {
      state = isStopped && next != State.STOPPED ? state : next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void proven(@Nullable PollReport report) {
    lock.lock();
    try {
      lastPoll = report == null ? lastPoll : report;
      if (report == null || !report.isHeldElsewhere()) {
        lastProof = clock.instant();
        failures = 0;
        lastError = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return isStopped;
    } finally {
      lock.unlock();
    }
  }

  private void await(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long left = time.toNanos();
      while (!isStopped && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the watching within five seconds, whatever it is at: a handler may finish its message, and
   * is interrupted if it takes too long; the message then comes again at the next start.
   */
  public void stop() {
    lock.lock();
    try {
      isStopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    mailbox.abort();
    try {
      thread.join(GRACE.toMillis());
      if (thread.isAlive()) {
        interruptHandler();
        thread.join(LAST_GRACE.toMillis());
        if (thread.isAlive()) {
          log.warn(
              "imap.handler-does-not-end server={} folder={}", mailbox.server(), spec.folder());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      interruptHandler();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
