package io.waybill.scheduler.quartz;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The firings that are handled in this process right now. */
final class ActiveFirings {
  private final Map<Key, Thread> active = new LinkedHashMap<>();

  /**
   * Names a firing.
   *
   * @param firing a run's id or a moment, unique within the job
   */
  record Key(String job, String firing) {}

  /** Enters a firing unless it is active already, or is not to overlap another of its job. */
  synchronized Optional<Key> enter(Key key, boolean mayOverlap) {
    Optional<Key> rival =
        active.keySet().stream()
            .filter(other -> mayOverlap ? other.equals(key) : other.job().equals(key.job()))
            .findFirst();
    if (rival.isEmpty()) {
      active.put(key, Thread.currentThread());
    }
    return rival;
  }

  synchronized void leave(Key key) {
    active.remove(key);
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
