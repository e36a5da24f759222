package io.waybill.transfer.tcp.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing after the other, in the order they were asked for, on threads of others. Safe for
 * use by several threads.
 */
final class Lane {
  private final Executor workers;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean isRunning;
  private boolean isClosed;

  /**
   * Begins with nothing to do.
   *
   * @param workers run one thing at a time for each lane
   */
  Lane(Executor workers) {
    this.workers = workers;
  }

  /** Does this after what was asked for before; nothing once the lane is closed. */
  synchronized void add(Runnable work) {
    if (!isClosed) {
      waiting.add(work);
      startUnlessRunning();
    }
  }

  /** Does this last of all, on the thread that calls if no other is at work. */
  void close(Runnable last) {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
      if (isRunning) {
        waiting.add(last);
        return;
      }
    }
    last.run();
  }

  private void startUnlessRunning() {
    if (!isRunning) {
      workers.execute(this::run); // waits for our lock before it looks
      isRunning = true;
    }
  }

  private void run() {
    for (Runnable next = next(); next != null; next = next()) {
      next.run();
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable next = waiting.poll();
    isRunning = next != null;
    return next;
  }
}
