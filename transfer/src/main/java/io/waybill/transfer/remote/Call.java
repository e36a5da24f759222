package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call, over as many sessions as it uses, which somebody may want to end early, or which ends
 * itself when its time is over.
 */
final class Call {
  private final @Nullable Duration deadline;
  private final Duration stallTimeout;
  private final LongAdder bytes = new LongAdder();
  private final Set<OpenSockets> inUse = new HashSet<>();
  private final Set<SessionPool> pools = new HashSet<>();
  private final Set<Thread> napping = new HashSet<>();
  private final Set<Thread> woken = new HashSet<>();
  private boolean cancelled;
  private boolean expired;

  /** One without limits of its own. */
  Call() {
    this.deadline = null;
    this.stallTimeout = Duration.ZERO;
  }

  /** One with the limits that a caller set: of a file, or of all files of a tree together. */
  Call(TransferOptions options) {
    this.deadline = options.deadline().orElse(null);
    this.stallTimeout = options.stallTimeout();
  }

  /** Returns how long it may make no progress; zero for ever. */
  Duration stallTimeout() {
    return stallTimeout;
  }

  /** Notes bytes of files that travelled. */
  void travelled(long more) {
    bytes.add(more);
  }

  /**
   * Does all of it, within its time.
   *
   * @param endpoint for the message
   * @throws TransferException.Timeout if that is not enough
   */
  <T> T run(String endpoint, Supplier<T> work) {
    Duration allowed = deadline;
    if (allowed == null) {
      return work.get();
    }
    Future<?> alarm = Alarms.after(allowed, this::expire);
    try {
      return work.get();
    } catch (TransferException e) {
      throw e.isTransient() && hasExpired() && !isLate(e, allowed) ? late(endpoint, allowed, e) : e;
    } finally {
      alarm.cancel(false);
    }
  }

  // of the other end of a copy between two servers, whose time is the same
  private static boolean isLate(TransferException e, Duration allowed) {
    return e instanceof TransferException.Timeout timeout && timeout.waited().equals(allowed);
  }

  private TransferException late(String endpoint, Duration allowed, TransferException last) {
    return new TransferException.Timeout(
        endpoint,
        allowed,
        "Not done within the deadline of %s, with %s: %d bytes travelled, and what arrived is kept; the same call goes on from there where the server can do that"
            .formatted(DurationWords.of(allowed), endpoint, bytes.sum()),
        last);
  }

  synchronized boolean isOver() {
    return cancelled || expired;
  }

  /** Throws once it is over. */
  void requireGoingOn() throws IOException {
    if (isOver()) {
      throw new IOException("This transfer was closed");
    }
  }

  private synchronized boolean hasExpired() {
    return expired;
  }

  /** It works over these from now on, or not if it is over. */
  synchronized void uses(OpenSockets sockets) {
    inUse.add(sockets);
    if (isOver()) {
      sockets.closeAll();
    }
  }

  synchronized void leaves(OpenSockets sockets) {
    inUse.remove(sockets);
  }

  /** It may wait for a session of that pool. */
  synchronized void waitsAt(SessionPool pool) {
    pools.add(pool);
  }

  /** Waits in some way that an interrupt ends; so does the end of the call. */
  void nap(Runnable wait) {
    Thread thread = Thread.currentThread();
    synchronized (this) {
      if (isOver()) {
        return;
      }
      napping.add(thread);
    }
    try {
      wait.run();
    } finally {
      synchronized (this) {
        napping.remove(thread);
        if (woken.remove(thread)) {
          Thread.interrupted(); // it was meant for this wait
        }
      }
    }
  }

  /** Ends it, whatever it is doing. */
  void cancel() {
    end(false);
  }

  private void expire() {
    end(true);
  }

  private void end(boolean isLate) {
    Set<SessionPool> waitedAt;
    synchronized (this) {
      expired |= isLate;
      cancelled |= !isLate;
      inUse.forEach(OpenSockets::closeAll);
      for (Thread each : napping) {
        woken.add(each);
        each.interrupt();
      }
      waitedAt = Set.copyOf(pools);
    }
    waitedAt.forEach(SessionPool::wake); // they ask this one, and so must not be asked from within
  }
}
