package io.waybill.transfer.remote;

import io.waybill.transfer.TransferException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that copy the files of a tree, each over a session of its own while it has something to
 * do: one without gives it back, so that whoever lists the tree never waits for ever.
 */
final class TreeCrew implements AutoCloseable {
  private static final int AHEAD = 256;
  private static final long LOOK_MILLIS = 100;
  private static final long END_MILLIS = 5_000; // their sockets are closed; a disk may still hang

  /** One file's copy. */
  interface Job {
    void run(Lease lease, Basket basket);
  }

  /** What one thread collects before it is done with. */
  interface Basket extends AutoCloseable {
    /** Nothing is collected. */
    Basket NONE =
        new Basket() {
          @Override
          public void settle() {}

          @Override
          public void close() {}
        };

    /** Finishes what was collected. */
    void settle();

    @Override
    void close();
  }

  private final BlockingQueue<Job> jobs = new ArrayBlockingQueue<>(AHEAD);
  private final List<Thread> threads = new ArrayList<>();
  private final SessionPool pool;
  private final Call call;
  private volatile boolean noMore;
  private volatile @Nullable Throwable failure;

  TreeCrew(SessionPool pool, Call call, int size, Supplier<Basket> baskets) {
    this.pool = pool;
    this.call = call;
    for (int i = 1; i <= size; i++) {
      Thread thread = new Thread(() -> work(baskets), "waybill-tree-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  private void work(Supplier<Basket> baskets) {
    try (Basket basket = baskets.get()) {
      pool.work(
          call,
          lease -> {
            work(lease, basket);
            return true;
          });
    } catch (Throwable e) { // an Error, too, must reach whoever waits
      if (failure == null) {
        failure = e;
      }
      call.cancel();
    }
  }

  private void work(Lease lease, Basket basket) {
    try {
      while (failure == null) {
        Job job = jobs.poll();
        if (job == null) {
          basket.settle();
          lease.end();
          if (noMore && jobs.isEmpty()) {
            return;
          }
          job = jobs.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
        if (job != null) {
          job.run(lease, basket);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Hands on one file, waiting while many are.
   *
   * @param listing gives its session back while it waits: there may be no other
   */
  void add(Job job, Lease listing) {
    try {
      if (jobs.remainingCapacity() == 0) {
        listing.end();
      }
      while (!jobs.offer(job, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        requireSound();
      }
      requireSound();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits until all is done. */
  void finish() {
    noMore = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    requireSound();
  }

  TransferException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new TransferException.Connection(
        pool.endpoint().name(), "Interrupted while a tree was copied", e);
  }

  /** Returns what ended one of the threads; null if nothing did. */
  @Nullable RuntimeException failure() {
    return failure instanceof RuntimeException unchecked ? unchecked : null;
  }

  /** Throws what ended one of the threads. */
  void requireSound() {
    Throwable seen = failure;
    if (seen instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (seen instanceof Error error) {
      throw error;
    }
  }

  /** Ends the threads, whatever they do, and waits until they have, for 5 s at most. */
  @Override
  public void close() {
    noMore = true;
    boolean isUnfinished = threads.stream().anyMatch(Thread::isAlive);
    if (isUnfinished) {
      jobs.clear();
      call.cancel();
      threads.forEach(Thread::interrupt);
      awaitEnd();
    }
  }

  private void awaitEnd() {
    boolean isInterrupted = Thread.interrupted();
    try {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS);
      for (Thread each : threads) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        each.join(Math.max(1, left));
      }
    } catch (InterruptedException e) {
      isInterrupted = true;
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
