package io.waybill.mail.smtp;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.SendLimits;
import io.waybill.mail.net.CallGuard;
import io.waybill.mail.net.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the sessions of one account: never more than its limit, each for so many messages, and none
 * longer unused than the server would bear.
 */
final class SmtpPool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmtpPool.class);
  private static final Duration QUESTIONABLE = Duration.ofSeconds(10);

  private final MailAccount account;
  private final SendLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  // The newest first: in quiet times the others grow old and go.
  private final Deque<Idle> idle = new ArrayDeque<>();
  private final Set<SmtpSession> inUse = new HashSet<>();
  private @Nullable ScheduledFuture<?> reaper;
  private int taken;
  private boolean closed;

  SmtpPool(MailAccount account) {
    this.account = account;
    this.limits = account.limits();
  }

  private record Idle(SmtpSession session, long sinceNanos) {
    Duration age() {
      return Duration.ofNanos(System.nanoTime() - sinceNanos);
    }
  }

  /** A session that is one caller's until it is given back. */
  record Lease(SmtpSession session, boolean isReused) {}

  /**
   * Waits for a free connection and returns it, or a new one.
   *
   * @throws MailException.TimedOut if none became free in time
   * @throws IOException if a new one cannot be had
   */
  Lease claim(CallGuard guard, SmtpSession.Stage stage, boolean fresh) throws IOException {
    awaitTurn(guard, stage);
    boolean done = false;
    try {
      if (fresh) {
        dropIdle(); // where one was given up, so were probably the others
      }
      SmtpSession kept = liveIdle(guard);
      SmtpSession session = kept != null ? kept : SmtpSession.open(account, guard, stage);
      take(session);
      done = true;
      return new Lease(session, kept != null);
    } finally {
      if (!done) {
        free();
      }
    }
  }

  private void awaitTurn(CallGuard guard, SmtpSession.Stage stage) throws IOException {
    stage.enter("waiting for a free connection");
    long left = Math.min(guard.remaining().toNanos(), limits.claimTimeout().toNanos());
    lock.lock();
    try {
      while (taken == limits.connections() && !closed) {
        if (guard.isOver()) {
          throw new IOException("the call ended while it waited for a free connection");
        }
        if (left <= 0) {
          throw new MailException.TimedOut(
              account.host(),
              "waiting for a free connection ("
                  + limits.connections()
                  + " are in use: raise the account's limit, or wait longer)",
              null);
        }
        left = guard.await(lock, freed, left);
      }
      if (closed) {
        throw new IllegalStateException("the sender is closed");
      }
      taken++;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled(account.host(), "waiting for a free connection", e);
    } finally {
      lock.unlock();
    }
  }

  private void free() {
    lock.lock();
    try {
      taken--;
      freed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void dropIdle() {
    List<SmtpSession> resting = new ArrayList<>();
    lock.lock();
    try {
      idle.forEach(each -> resting.add(each.session()));
      idle.clear();
    } finally {
      lock.unlock();
    }
    resting.forEach(session -> end(session, false));
  }

  private @Nullable SmtpSession liveIdle(CallGuard guard) {
    while (true) {
      Idle newest = newestIdle();
      if (newest == null) {
        return null;
      }
      SmtpSession session = newest.session();
      guard.watch(session.wire().rawSocket());
      boolean isOld = newest.age().compareTo(limits.idleExpiry()) > 0;
      boolean isNew = newest.age().compareTo(QUESTIONABLE) < 0;
      if (!isOld && !hasSpoken(session) && (isNew || session.isAlive())) {
        return session;
      }
      end(session, false);
    }
  }

  /** An answer that nobody asked for would be taken for that of the next command. */
  private static boolean hasSpoken(SmtpSession session) {
    try {
      return session.wire().isOver();
    } catch (IOException e) {
      return true;
    }
  }

  private @Nullable Idle newestIdle() {
    lock.lock();
    try {
      return idle.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  private void take(SmtpSession session) {
    boolean isLate;
    lock.lock();
    try {
      inUse.add(session);
      isLate = closed;
    } finally {
      lock.unlock();
    }
    if (isLate) {
      end(session, false);
    }
  }

  /** Takes a session back, to be used again unless it is broken or has done its share. */
  void giveBack(SmtpSession session) {
    boolean isKept;
    lock.lock();
    try {
      inUse.remove(session);
      isKept =
          !closed && !session.isBroken() && session.messages() < limits.messagesPerConnection();
      if (isKept) {
        idle.addFirst(new Idle(session, System.nanoTime()));
        if (reaper == null) {
          reaper = reapIn(limits.idleExpiry());
        }
      }
    } finally {
      lock.unlock();
    }
    if (!isKept) {
      end(session, true);
    }
    free();
  }

  private ScheduledFuture<?> reapIn(Duration time) {
    // Ending a session takes a moment, which is not the timer's to spend.
    return Timer.SHARED.schedule(
        () -> Timer.elsewhere("waybill-mail-idle", this::reap),
        time.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private void reap() {
    List<SmtpSession> old = new ArrayList<>();
    lock.lock();
    try {
      reaper = null;
      while (!idle.isEmpty() && idle.getLast().age().compareTo(limits.idleExpiry()) >= 0) {
        old.add(idle.removeLast().session());
      }
      if (!idle.isEmpty() && !closed) {
        Duration left = limits.idleExpiry().minus(idle.getLast().age());
        reaper = reapIn(left.isNegative() ? Duration.ZERO : left);
      }
    } finally {
      lock.unlock();
    }
    old.forEach(session -> end(session, true));
  }

  private void end(SmtpSession session, boolean politely) {
    try {
      if (politely && !session.isBroken()) {
        session.quit();
      } else {
        session.abort();
      }
    } catch (IOException e) {
      // Everything that was sent over it has its report; a goodbye that fails changes none of them.
      log.debug("mail.quit-failed server={} error={}", account.host(), e.toString());
    }
  }

  /** Says goodbye on idle connections; those in use are cut. */
  @Override
  public void close() {
    List<SmtpSession> resting = new ArrayList<>();
    List<SmtpSession> working;
    lock.lock();
    try {
      closed = true;
      freed.signalAll();
      idle.forEach(each -> resting.add(each.session()));
      idle.clear();
      working = List.copyOf(inUse);
      if (reaper != null) {
        reaper.cancel(false);
      }
    } finally {
      lock.unlock();
    }
    resting.forEach(session -> end(session, true));
    working.forEach(session -> end(session, false));
  }
}
