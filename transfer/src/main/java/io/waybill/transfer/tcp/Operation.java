package io.waybill.transfer.tcp;

import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Watchdog;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a client, which another thread may end by closing what it is blocked on, or which
 * ends itself when its time is over.
 */
final class Operation {
  private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

  private final @Nullable Duration deadline;
  private final Duration stallTimeout;
  private @Nullable Watchdog clock;
  private int users;
  private boolean hasExpired;
  private @Nullable Closeable blockedOn;
  private @Nullable Thread sleeping;
  private boolean isCancelled;

  /** One without limits of its own. */
  Operation() {
    this.deadline = null;
    this.stallTimeout = Duration.ZERO;
  }

  /** One with the limits that a caller set. */
  Operation(TransferOptions options) {
    this.deadline = options.deadline().orElse(null);
    this.stallTimeout = options.stallTimeout();
  }

  /** One with the deadline of a tree; that a tree comes along is up to each of its files. */
  static Operation ofTree(TreeOptions options) {
    return new Operation(options.files().toBuilder().stallTimeout(Duration.ZERO).build());
  }

  /** How long it may make no progress; zero for ever. */
  Duration stallTimeout() {
    return stallTimeout;
  }

  /**
   * Its time begins, unless it has: several calls may share it, one after the other. {@link #end}
   * must follow for each.
   */
  synchronized void begin() {
    if (users++ == 0 && deadline != null) {
      Watchdog started = new Watchdog(this::expire);
      started.setDeadline("the whole transfer", deadline);
      clock = started;
    }
  }

  /** What it was blocked on serves others from now on. */
  synchronized void detach() {
    blockedOn = null;
  }

  /** Nothing ends it any more, once each that began it has said so. */
  synchronized void end() {
    Watchdog started = clock;
    if (--users == 0 && started != null) {
      started.close();
    }
  }

  private synchronized void expire() {
    hasExpired = true;
    interrupt();
  }

  /** Names what to close on cancellation; closes it at once if that was asked for before. */
  synchronized void attach(Closeable resource) throws IOException {
    blockedOn = resource;
    if (isOver()) {
      resource.close();
      throw cancelled();
    }
  }

  /** Waits between two tries; cancellation ends the wait. */
  void sleep(Backoff backoff, Duration duration) throws IOException {
    synchronized (this) {
      requireNotCancelled();
      sleeping = Thread.currentThread();
    }
    try {
      backoff.sleep(duration);
    } catch (InterruptedException e) {
      synchronized (this) {
        if (isOver()) {
          throw cancelled();
        }
      }
      Thread.currentThread().interrupt();
      throw new LostException("interrupted while waiting to connect again");
    } finally {
      synchronized (this) {
        sleeping = null;
      }
    }
  }

  /** Whether it was cancelled or its time is over. */
  synchronized boolean isOver() {
    return isCancelled || hasExpired;
  }

  synchronized void requireNotCancelled() throws LostException {
    if (isOver()) {
      throw cancelled();
    }
  }

  /** What to say of a call that was ended so, and failed with that. */
  synchronized IOException ending(IOException failure) {
    LostException ended = cancelled();
    ended.addSuppressed(failure);
    return ended;
  }

  private LostException cancelled() {
    if (hasExpired && deadline != null) {
      return LostException.waited("the whole transfer", deadline);
    }
    return new LostException("cancelled; what was sent is kept for a resume");
  }

  /** Ends the call, whatever it is doing. */
  synchronized void cancel() {
    isCancelled = true;
    interrupt();
  }

  private synchronized void interrupt() {
    Thread thread = sleeping;
    if (thread != null) {
      thread.interrupt();
    }
    Closeable resource = blockedOn;
    if (resource != null) {
      try {
        resource.close();
      } catch (IOException e) {
        LOG.info("event=close-failed", e);
      }
    }
  }
}
