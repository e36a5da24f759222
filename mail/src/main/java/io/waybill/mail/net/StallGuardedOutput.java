package io.waybill.mail.net;

import java.io.Closeable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose peer takes no bytes for too long: sockets know a timeout for reading
 * only.
 *
 * <p>A write that is under way is looked at by the timer when its time is up; so a write costs two
 * readings of the clock, and no timer of its own.
 */
public final class StallGuardedOutput extends FilterOutputStream {
  private final Closeable connection;
  private final Duration longest;
  private long begunNanos;
  private boolean isWriting;
  private @Nullable ScheduledFuture<?> look;
  private boolean isStalled;

  /** Guards {@code out}, which belongs to {@code connection}. */
  public StallGuardedOutput(OutputStream out, Closeable connection, Duration longest) {
    super(out);
    this.connection = connection;
    this.longest = longest;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    begin();
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw explained(e);
    } finally {
      end();
    }
  }

  @Override
  public void flush() throws IOException {
    begin();
    try {
      out.flush();
    } catch (IOException e) {
      throw explained(e);
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    begunNanos = System.nanoTime();
    isWriting = true;
    if (look == null) {
      look = lookIn(longest.toNanos());
    }
  }

  private synchronized void end() {
    isWriting = false;
  }

  private synchronized IOException explained(IOException failure) {
    if (!isStalled) {
      return failure;
    }
    SocketTimeoutException stalled =
        new SocketTimeoutException("the peer took no bytes for " + longest.toSeconds() + " s");
    stalled.initCause(failure);
    return stalled;
  }

  /** Looks no more: the connection is no longer used. */
  public synchronized void retire() {
    if (look != null) {
      look.cancel(false);
    }
  }

  private ScheduledFuture<?> lookIn(long nanos) {
    return Timer.SHARED.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
  }

  private void look() {
    synchronized (this) {
      if (!isWriting) {
        look = null;
        return;
      }
      long left = longest.toNanos() - (System.nanoTime() - begunNanos);
      if (left > 0) {
        look = lookIn(left);
        return;
      }
      isStalled = true;
    }
    Timer.closeQuietly(connection);
  }
}
