package io.waybill.transfer.ftp;

import java.io.Closeable;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends writes in which nothing moves: a read has a timeout of its own, but a blocked write ends
 * only when its socket is closed. One thread for all writes of a session, from the first one on; it
 * looks four times in the allowed time and is told nothing, so that a small file costs no thread
 * and wakes none up.
 */
final class WriteWatch implements Closeable {
  private static final int LOOKS = 4;

  private final long limitNanos;
  private final Runnable closeSockets;
  private @Nullable Thread thread;
  private volatile long movedAt;
  private volatile boolean writing;
  private volatile boolean stalled;
  private boolean closed;

  /** Prepares; {@code closeSockets} is called once if nothing moves for so long. */
  WriteWatch(Duration limit, Runnable closeSockets) {
    this.limitNanos = limit.toNanos();
    this.closeSockets = closeSockets;
  }

  /** Watches from now on. */
  void begin() {
    movedAt = System.nanoTime();
    writing = true;
    if (thread == null) {
      Thread watcher = new Thread(this::watch, "waybill-ftp-write-watch");
      watcher.setDaemon(true);
      watcher.start();
      thread = watcher;
    }
  }

  /** Notes that bytes moved. */
  void moved() {
    movedAt = System.nanoTime();
  }

  /** Stops watching until the next write. */
  void end() {
    writing = false;
  }

  /** Throws if this is why the sockets were closed. */
  void throwIfStalled() throws SocketTimeoutException {
    if (stalled) {
      throw new SocketTimeoutException("No byte moved");
    }
  }

  private synchronized void watch() {
    try {
      while (!closed) {
        wait(Math.max(1, limitNanos / LOOKS / 1_000_000));
        if (writing && System.nanoTime() - movedAt > limitNanos) {
          stalled = true;
          closed = true;
          closeSockets.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
