package io.waybill.scheduler.quartz;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The runs that are handled in this process right now, and the threads that do. */
final class ActiveFirings {
  private final Map<String, Thread> active = new HashMap<>();

  synchronized void enter(String runId) {
    active.put(runId, Thread.currentThread());
  }

  synchronized void leave(String runId) {
    active.remove(runId);
    notifyAll();
  }

  synchronized void interruptAll() {
    active.values().forEach(Thread::interrupt);
  }

  /** Waits until none is active; false if that took too long. */
  synchronized boolean awaitNone(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!active.isEmpty()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }
}
