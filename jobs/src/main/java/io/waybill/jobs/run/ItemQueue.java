package io.waybill.jobs.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * The items that are still to be done, for several threads: the ones that wait for nothing in their
 * order, and those that wait for their next attempt when it is due.
 */
final class ItemQueue {
  private static final long LOOK_AGAIN_MILLIS = 1_000;
  private static final Duration SOON = Duration.ofSeconds(1);

  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparing(Waiting::due).thenComparingInt(one -> one.item().number()));
  private final InstantSource clock;
  private final boolean isPatient;
  private int atWork;
  private boolean closed;

  private record Waiting(Item item, Instant due) {}

  /**
   * Creates an empty one.
   *
   * @param isPatient whether it waits for what is due later when nothing else is left to do; else
   *     only for what is due within a second
   */
  ItemQueue(InstantSource clock, boolean isPatient) {
    this.clock = clock;
    this.isPatient = isPatient;
  }

  /** Adds an item that is due at a time. */
  synchronized void add(Item item, Instant due) {
    waiting.add(new Waiting(item, due));
    notifyAll();
  }

  /**
   * Takes the next item; waits while there may come one. The caller says how it has left it, by
   * {@link #done} or {@link #putBack}.
   *
   * @return empty if nothing is left to be done now
   * @throws InterruptedException if the thread is to end
   */
  synchronized Optional<Item> take() throws InterruptedException {
    while (!closed) {
      Waiting first = waiting.peek();
      Duration left = first == null ? Duration.ZERO : left(first);
      if (first != null && left.compareTo(Duration.ZERO) <= 0) {
        waiting.remove();
        atWork++;
        return Optional.of(first.item());
      }
      boolean isWorthWaiting = first != null && (isPatient || left.compareTo(SOON) < 0);
      if (atWork == 0 && !isWorthWaiting) {
        break;
      }
      // an item that others work on may come back, and be due sooner
      wait(first == null ? LOOK_AGAIN_MILLIS : Math.min(LOOK_AGAIN_MILLIS, left.toMillis() + 1));
    }
    return Optional.empty();
  }

  private Duration left(Waiting one) {
    return Duration.between(clock.instant(), one.due());
  }

  /** Says that an item which was taken is over. */
  synchronized void done() {
    atWork--;
    notifyAll();
  }

  /** Gives an item back that was taken, to be taken again when it is due. */
  synchronized void putBack(Item item, Instant due) {
    atWork--;
    add(item, due);
  }

  /** Lets nobody take another. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /** Returns when the first of those that wait is due; empty if none does. */
  synchronized Optional<Instant> firstDue() {
    return Optional.ofNullable(waiting.peek()).map(Waiting::due);
  }

  /** Returns how many wait. */
  synchronized int size() {
    return waiting.size();
  }
}
