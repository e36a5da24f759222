package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Workers;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The files of a tree that are too large for a batch, a few at once, each on its own thread. */
final class BigFiles implements Closeable {
  private static final long LOOK_MILLIS = 250;

  private final ExecutorService workers = Workers.create();
  private final Semaphore room;
  private final int most;
  private volatile @Nullable Exception failure;

  /** Copies one. */
  interface Work {
    /**
     * Copies it.
     *
     * @throws IOException what ends all others, too
     */
    void run() throws IOException;
  }

  BigFiles(int most) {
    this.most = most;
    this.room = new Semaphore(most);
  }

  /** Begins one as soon as there are fewer than the most. */
  void add(Work work) throws IOException {
    acquire(1);
    workers.execute(
        () -> {
          try {
            work.run();
          } catch (IOException | RuntimeException e) {
            failure = e;
          } finally {
            room.release();
          }
        });
  }

  /** Waits for all. */
  void finish() throws IOException {
    acquire(most);
    room.release(most);
    requireSound();
  }

  /** Whether any is under way. */
  boolean isBusy() {
    return room.availablePermits() < most;
  }

  private void acquire(int permits) throws IOException {
    try {
      do {
        requireSound();
      } while (!room.tryAcquire(permits, LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostException("interrupted while waiting for large files");
    }
  }

  /** Throws what ended one of them. */
  void requireSound() throws IOException {
    Exception known = failure;
    if (known instanceof IOException io) {
      throw io;
    }
    if (known instanceof RuntimeException unchecked) {
      throw unchecked;
    }
  }

  /** Waits for those under way; what they work on should be closed before. */
  @Override
  public void close() throws IOException {
    workers.shutdown();
    try {
      boolean isEnded = workers.isTerminated();
      while (!isEnded) {
        isEnded = workers.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LostException("interrupted while waiting for large files");
    }
  }
}
