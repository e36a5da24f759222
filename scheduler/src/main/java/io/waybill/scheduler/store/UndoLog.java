package io.waybill.scheduler.store;

import java.util.ArrayDeque;
import java.util.Deque;

/** What takes back the changes of one transaction in memory. */
final class UndoLog {
  private final Deque<Runnable> changes = new ArrayDeque<>();

  void add(Runnable undo) {
    changes.push(undo);
  }

  void forget() {
    changes.clear();
  }

  /** Takes back what was changed, the last change first. */
  void takeBack() {
    while (!changes.isEmpty()) {
      changes.pop().run();
    }
  }
}
