package io.waybill.transfer.remote;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a data transfer in which nothing moves. A read has a timeout of its own, but a blocked write
 * ends only when the socket is closed.
 */
public final class StallWatch implements AutoCloseable {
  private final long limitNanos;
  private final Runnable closeSockets;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile long movedAt = System.nanoTime();
  private volatile boolean stalled;

  private StallWatch(Duration limit, Runnable closeSockets) {
    this.limitNanos = limit.toNanos();
    this.closeSockets = closeSockets;
  }

  /** Watches from now on; {@code closeSockets} is called once if nothing moves for so long. */
  public static StallWatch start(Duration limit, Runnable closeSockets) {
    StallWatch watch = new StallWatch(limit, closeSockets);
    Thread thread = new Thread(watch::watch, "waybill-stall-watch");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  private void watch() {
    try {
      long left = limitNanos;
      while (!done.await(left, TimeUnit.NANOSECONDS)) {
        left = limitNanos - (System.nanoTime() - movedAt);
        if (left <= 0) {
          stalled = true;
          closeSockets.run();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Notes that bytes moved. */
  public void moved() {
    movedAt = System.nanoTime();
  }

  /** Throws if this is why the socket was closed. */
  public void throwIfStalled() throws SocketTimeoutException {
    if (stalled) {
      throw new SocketTimeoutException("No byte moved");
    }
  }

  @Override
  public void close() {
    done.countDown();
  }
}
