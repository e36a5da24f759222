package io.waybill.transfer.tcp;

import io.waybill.transfer.tcp.wire.LostException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of a client, which another thread may end by closing what it is blocked on. */
final class Operation {
  private static final Logger LOG = LoggerFactory.getLogger(Operation.class);

  private @Nullable Closeable blockedOn;
  private @Nullable Thread sleeping;
  private boolean isCancelled;

  /** Names what to close on cancellation; closes it at once if that was asked for before. */
  synchronized void attach(Closeable resource) throws IOException {
    blockedOn = resource;
    if (isCancelled) {
      resource.close();
      throw cancelled();
    }
  }

  /** Waits between two tries; cancellation ends the wait. */
  void sleep(Backoff backoff, Duration duration) throws IOException {
    synchronized (this) {
      requireNotCancelled();
      sleeping = Thread.currentThread();
    }
    try {
      backoff.sleep(duration);
    } catch (InterruptedException e) {
      synchronized (this) {
        if (isCancelled) {
          throw cancelled();
        }
      }
      Thread.currentThread().interrupt();
      throw new LostException("interrupted while waiting to connect again");
    } finally {
      synchronized (this) {
        sleeping = null;
      }
    }
  }

  synchronized boolean isCancelled() {
    return isCancelled;
  }

  synchronized void requireNotCancelled() throws LostException {
    if (isCancelled) {
      throw cancelled();
    }
  }

  private static LostException cancelled() {
    return new LostException("cancelled; what was sent is kept for a resume");
  }

  /** Ends the call, whatever it is doing. */
  synchronized void cancel() {
    isCancelled = true;
    Thread thread = sleeping;
    if (thread != null) {
      thread.interrupt();
    }
    Closeable resource = blockedOn;
    if (resource != null) {
      try {
        resource.close();
      } catch (IOException e) {
        LOG.info("event=close-failed", e);
      }
    }
  }
}
