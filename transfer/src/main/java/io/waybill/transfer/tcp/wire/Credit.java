package io.waybill.transfer.tcp.wire;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What may be sent on one stream before something is acknowledged. Several threads may take.
 *
 * <p>Worked: with 8 MiB and chunks of 1 MiB eight are sent; each acknowledgement brings 1 MiB back
 * and lets the next one go.
 */
final class Credit {
  private static final long LOOK_MILLIS = 250;

  private long bytes;
  private @Nullable IOException failure;

  /** Looks whether the peer still lives. */
  @FunctionalInterface
  interface Pulse {
    /** Throws if it does not. */
    void check() throws IOException;
  }

  /**
   * Waits for that much and takes it.
   *
   * @param pulse asked now and then while waiting
   * @return whether there was a wait
   */
  synchronized boolean take(long cost, Pulse pulse) throws IOException {
    boolean hasWaited = false;
    while (bytes < cost) {
      if (failure != null) {
        throw new LostException("the connection is gone", failure);
      }
      hasWaited = true;
      try {
        TimeUnit.MILLISECONDS.timedWait(this, LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LostException("interrupted while waiting for acknowledgements");
      }
      if (bytes < cost) {
        pulse.check();
      }
    }
    bytes -= cost;
    return hasWaited;
  }

  /**
   * Gives some back, or more.
   *
   * @throws WireException if that is more than may ever be outstanding
   */
  synchronized void give(long more) throws WireException {
    if (more < 0 || more > Limits.WINDOW_LIMIT_BYTES - bytes) {
      throw WireException.violation("more than " + Limits.WINDOW_LIMIT_BYTES + " bytes of credit");
    }
    bytes += more;
    notifyAll();
  }

  /** Ends every wait: nothing will be acknowledged any more. */
  synchronized void fail(IOException why) {
    failure = why;
    notifyAll();
  }
}
