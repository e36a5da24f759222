package io.waybill.mail.smtp;

import io.waybill.mail.MailException;
import io.waybill.mail.SendLimits;
import io.waybill.mail.net.CallGuard;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an account within what its provider bears: messages in any minute, recipients in any 24
 * hours, and the pauses that the server itself asks for. Counts live in memory, for all who share
 * the sender.
 */
final class SendLimiter {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final String server;
  private final SendLimits limits;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private final Deque<Instant> messages = new ArrayDeque<>();
  private final Deque<Batch> recipients = new ArrayDeque<>();
  private long recipientsOfDay;
  private @Nullable Instant pausedUntil;
  private boolean closed;

  SendLimiter(String server, SendLimits limits, InstantSource clock) {
    this.server = server;
    this.limits = limits;
    this.clock = clock;
  }

  private record Batch(Instant at, int count) {}

  /**
   * Counts a message, after waiting until it may go.
   *
   * @throws MailException.Held if it may not go before the call's deadline
   * @throws IOException if the call was ended meanwhile
   */
  void admit(int addressed, CallGuard guard) throws IOException {
    lock.lock();
    try {
      for (Hold hold = hold(addressed); hold != null; hold = hold(addressed)) {
        Duration wait = Duration.between(clock.instant(), hold.until());
        if (wait.compareTo(guard.remaining()) > 0 || !hold.isShort()) {
          throw new MailException.Held(server, hold.why(), hold.until());
        }
        if (guard.isOver() || closed) {
          throw new IOException("the call ended while it waited for its turn");
        }
        long unused = guard.await(lock, changed, Math.max(1, wait.toNanos()));
      }
      count(addressed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailException.Cancelled(server, "waiting for the account's rate", e);
    } finally {
      lock.unlock();
    }
  }

  private record Hold(String why, Instant until, boolean isShort) {}

  private @Nullable Hold hold(int addressed) {
    Instant now = clock.instant();
    if (pausedUntil != null && pausedUntil.isAfter(now)) {
      return new Hold("the server asked for a pause", pausedUntil, false);
    }
    while (!recipients.isEmpty() && !recipients.getFirst().at().plus(DAY).isAfter(now)) {
      recipientsOfDay -= recipients.removeFirst().count();
    }
    int mostOfDay = limits.recipientsPerDay();
    // A message larger than the whole day's share would wait for ever: it goes when the day is new.
    if (mostOfDay > 0 && recipientsOfDay > 0 && recipientsOfDay + addressed > mostOfDay) {
      return new Hold(
          recipientsOfDay + " of the account's " + mostOfDay + " recipients a day are used",
          recipients.getFirst().at().plus(DAY),
          false);
    }
    while (!messages.isEmpty() && !messages.getFirst().plus(MINUTE).isAfter(now)) {
      messages.removeFirst();
    }
    int mostOfMinute = limits.messagesPerMinute();
    return mostOfMinute > 0 && messages.size() >= mostOfMinute
        ? new Hold(
            "the account's " + mostOfMinute + " messages a minute are used",
            messages.getFirst().plus(MINUTE),
            true)
        : null;
  }

  private void count(int addressed) {
    Instant now = clock.instant();
    if (limits.messagesPerMinute() > 0) {
      messages.addLast(now);
    }
    if (limits.recipientsPerDay() > 0) {
      recipients.addLast(new Batch(now, addressed));
      recipientsOfDay += addressed;
    }
  }

  /** Ends the waiting of all who wait. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets nothing through for as long as the server asked. */
  void pause(Duration time) {
    lock.lock();
    try {
      Instant until = clock.instant().plus(time);
      if (pausedUntil == null || until.isAfter(pausedUntil)) {
        pausedUntil = until;
      }
    } finally {
      lock.unlock();
    }
  }
}
