package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The runs in memory, in every order in which they are asked for. Who changes them goes by {@link
 * #add} and {@link #change}; what is forgotten cannot be taken back.
 */
final class MemoryRuns {
  private final int kept;
  private final UndoLog undo;
  private final NavigableMap<String, MemoryRun> byId = new TreeMap<>();
  private final Map<String, MemoryRun> bySlot = new HashMap<>();
  private final NavigableMap<String, MemoryRun> unfinished = new TreeMap<>();
  private final MemoryIndex ofJob = new MemoryIndex();
  private final MemoryIndex unfinishedOf = new MemoryIndex();
  private final MemoryIndex unfinishedUnder = new MemoryIndex();
  private final MemoryIndex shardsOf = new MemoryIndex();
  // in the order of their ends; without shards that their parent has not read yet
  private final Deque<MemoryRun> finished = new ArrayDeque<>();

  MemoryRuns(int kept, UndoLog undo) {
    this.kept = kept;
    this.undo = undo;
  }

  NavigableMap<String, MemoryRun> byId() {
    return byId;
  }

  Optional<MemoryRun> bySlot(String slot) {
    return Optional.ofNullable(bySlot.get(slot));
  }

  NavigableMap<String, MemoryRun> unfinished() {
    return unfinished;
  }

  MemoryIndex ofJob() {
    return ofJob;
  }

  MemoryIndex unfinishedOf() {
    return unfinishedOf;
  }

  /** Returns the unfinished runs by their limit. */
  MemoryIndex unfinishedUnder() {
    return unfinishedUnder;
  }

  MemoryIndex shardsOf() {
    return shardsOf;
  }

  void add(MemoryRun added) {
    if (added.slot != null && bySlot.containsKey(added.slot)) {
      throw new RunRecords.SlotTaken(added.slot);
    }
    enter(added);
    undo.add(() -> leave(added));
    if (isFinished(added)) {
      ended(added);
    }
  }

  /** Puts what is written of a run in the place of what was. */
  void change(MemoryRun changed, Run now) {
    Run before = changed.run;
    replace(changed, now);
    undo.add(() -> replace(changed, before));
    if (isFinished(changed) && !before.state().isFinished()) {
      ended(changed);
    } else if (!isFinished(changed)
        && finished.remove(changed)) { // rare: all of them are looked at
      undo.add(() -> finished.addFirst(changed));
    }
  }

  private void replace(MemoryRun changed, Run now) {
    boolean moves =
        changed.run.state().isFinished() != now.state().isFinished()
            || !changed.run.limit().equals(now.limit());
    if (moves) {
      leaveUnfinished(changed);
    }
    changed.run = now;
    if (moves) {
      enterUnfinished(changed);
    }
  }

  private void enter(MemoryRun added) {
    byId.put(added.run.id(), added);
    ofJob.add(added.run.job(), added);
    if (added.slot != null) {
      bySlot.put(added.slot, added);
    }
    added.run.parent().ifPresent(parent -> shardsOf.add(parent, added));
    enterUnfinished(added);
  }

  private void enterUnfinished(MemoryRun added) {
    if (!isFinished(added)) {
      unfinished.put(added.run.id(), added);
      unfinishedOf.add(added.run.job(), added);
      added.run.limit().ifPresent(limit -> unfinishedUnder.add(limit, added));
    }
  }

  private void leave(MemoryRun gone) {
    byId.remove(gone.run.id());
    ofJob.remove(gone.run.job(), gone);
    if (gone.slot != null) {
      bySlot.remove(gone.slot);
    }
    gone.run.parent().ifPresent(parent -> shardsOf.remove(parent, gone));
    leaveUnfinished(gone);
  }

  private void leaveUnfinished(MemoryRun gone) {
    if (!isFinished(gone)) {
      unfinished.remove(gone.run.id());
      unfinishedOf.remove(gone.run.job(), gone);
      gone.run.limit().ifPresent(limit -> unfinishedUnder.remove(limit, gone));
    }
  }

  private static boolean isFinished(MemoryRun found) {
    return found.run.state().isFinished();
  }

  // a shard stays until its parent has read what became of it, and goes before it then
  private void ended(MemoryRun ended) {
    if (ended.run.parent().map(byId::get).filter(parent -> !isFinished(parent)).isPresent()) {
      return;
    }
    for (MemoryRun shard : shardsOf.oldestFirst(ended.run.id())) {
      if (isFinished(shard)) {
        enqueue(shard);
      }
    }
    enqueue(ended);
  }

  private void enqueue(MemoryRun ended) {
    finished.addLast(ended);
    undo.add(finished::removeLast);
  }

  /** Forgets what ended first of more finished runs than are kept. */
  void forgetOldest() {
    while (finished.size() > kept) {
      leave(finished.removeFirst());
    }
  }
}
