package io.waybill.mail.net;

import io.waybill.mail.MailException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an account from being locked out by a password that is wrong: as long as no login has
 * succeeded one is tried at a time, and after a refusal none for a while, longer each time.
 */
public final class LoginGuard {
  private static final Duration FIRST = Duration.ofMinutes(5);
  private static final Duration LONGEST = Duration.ofHours(1);

  private final String server;
  private final String user;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Duration next = FIRST;
  private @Nullable Instant until;
  private String why = "";
  private boolean isProven;
  private boolean isTrying;
  private int trials;

  /** Guards the logins of a user at a server. */
  public LoginGuard(String server, String user, InstantSource clock) {
    this.server = server;
    this.user = user;
    this.clock = clock;
    this.isProven = user.isEmpty();
  }

  /**
   * Lets a caller go on to a login, after waiting for one that is being tried.
   *
   * @return whether this is the one that is being tried, and {@link #leave} has to follow
   * @throws MailException.AuthenticationFailed while the account cools down
   * @throws MailException.TimedOut if the call's time is up before it is known
   * @throws MailException.Cancelled if the call was ended meanwhile
   */
  public boolean enter(CallGuard guard) {
    lock.lock();
    try {
      int seen = trials;
      while (true) {
        check();
        // Where a trial did not come to its login, as with a server that is down, nothing was
        // learned, and nobody is to queue up for that.
        if (isProven || trials != seen) {
          return false;
        }
        if (!isTrying) {
          isTrying = true;
          return true;
        }
        long left = guard.remaining().toNanos();
        if (guard.isOver() || left <= 0) {
          throw guard.isCancelled()
              ? new MailException.Cancelled(server, "waiting for another login", null)
              : new MailException.TimedOut(server, "waiting for another login", null);
        }
        long unused = guard.await(lock, changed, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled(server, "waiting for another login", e);
    } finally {
      lock.unlock();
    }
  }

  private void check() {
    if (until != null && clock.instant().isBefore(until)) {
      throw new MailException.AuthenticationFailed(
          server,
          user,
          why + "; not tried again before " + until + ", to not lock the account out",
          false,
          null);
    }
  }

  /** Ends what {@link #enter} has let through, however it went. */
  public void leave() {
    lock.lock();
    try {
      isTrying = false;
      trials++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Hears that the server does not want this user; whoever hears it first counts. */
  public void refused(String reason) {
    lock.lock();
    try {
      isProven = false;
      Instant now = clock.instant();
      if (until != null && now.isBefore(until)) {
        return;
      }
      why = reason;
      until = now.plus(next);
      Duration doubled = next.multipliedBy(2);
      next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a refusal, as after somebody has given the right password. */
  public void forgive() {
    lock.lock();
    try {
      until = null;
      next = FIRST;
    } finally {
      lock.unlock();
    }
  }

  /** Hears that a login succeeded. */
  public void succeeded() {
    lock.lock();
    try {
      isProven = true;
      until = null;
      next = FIRST;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
