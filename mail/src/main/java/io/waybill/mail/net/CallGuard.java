package io.waybill.mail.net;

import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds one call from outside: at its deadline, or when it is cancelled, the socket is closed,
 * which ends every read and write that waits on it. Timeouts of single reads cannot do that: a peer
 * that sends one byte a minute outlives them all.
 */
public final class CallGuard implements AutoCloseable {
  private final long endsAtNanos;
  private final ScheduledFuture<?> alarm;
  private @Nullable Closeable watched;
  private boolean expired;
  private boolean cancelled;

  private CallGuard(Duration deadline) {
    endsAtNanos = System.nanoTime() + deadline.toNanos();
    alarm = Timer.SHARED.schedule(this::expire, deadline.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Starts the clock. */
  public static CallGuard start(Duration deadline) {
    return new CallGuard(deadline);
  }

  /** Watches a socket instead of the one before; closes it at once when it is already too late. */
  public void watch(Closeable socket) {
    boolean late;
    synchronized (this) {
      watched = socket;
      late = expired || cancelled;
    }
    if (late) {
      Timer.closeQuietly(socket);
    }
  }

  /**
   * Waits on a condition, at most so long and no longer than the call; what was watched before is
   * watched no more.
   *
   * @param lock of the condition, held by the caller
   * @return how much of the time is left; not positive if it is over or {@link #isOver} holds
   */
  @SuppressWarnings("WaitNotInLoop") // the caller's loop looks at what it waits for
  public long await(ReentrantLock lock, Condition condition, long nanos)
      throws InterruptedException {
    watch(() -> wake(lock, condition));
    try {
      // Looked at before the wait: what had ended by then wakes nobody.
      return isOver() ? 0 : condition.awaitNanos(nanos);
    } finally {
      unwatch();
    }
  }

  private static void wake(ReentrantLock lock, Condition condition) {
    lock.lock();
    try {
      condition.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the call was ended, by its deadline or on purpose. */
  public synchronized boolean isOver() {
    return expired || cancelled;
  }

  /** Watches nothing until told otherwise. */
  public synchronized void unwatch() {
    watched = null;
  }

  /** Ends the call now by closing what it waits on. */
  public void cancel() {
    end(true);
  }

  /** Returns whether the deadline passed while the call was under way. */
  public synchronized boolean isExpired() {
    return expired;
  }

  /** Returns whether {@link #cancel()} was called while the call was under way. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /** Returns the time left, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, endsAtNanos - System.nanoTime()));
  }

  /** Stops the clock; the socket stays as it is. */
  @Override
  public void close() {
    alarm.cancel(false);
    synchronized (this) {
      watched = null;
    }
  }

  private void expire() {
    end(false);
  }

  private void end(boolean onPurpose) {
    Closeable socket;
    synchronized (this) {
      cancelled |= onPurpose;
      expired |= !onPurpose;
      socket = watched;
    }
    if (socket != null) {
      Timer.closeQuietly(socket);
    }
  }
}
