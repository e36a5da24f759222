package io.waybill.transfer.sftp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * What the connection's own thread has received and nobody has read yet: a ring that grows up to a
 * limit and then lets that thread wait, and so the server. Reading has a deadline.
 */
final class Inbox extends OutputStream {
  private static final int FIRST_BYTES = 64 << 10;
  private static final int MOST_BYTES = 2 << 20;

  private byte[] ring = new byte[FIRST_BYTES];
  private int start;
  private int filled;
  private boolean closed;

  @Override
  public void write(int single) throws IOException {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      if (closed) {
        throw new IOException("Nobody reads any more");
      }
      if (filled == ring.length && ring.length < MOST_BYTES) {
        grow();
      } else if (filled == ring.length) {
        await(0);
      } else {
        int end = (start + filled) % ring.length;
        int run = Math.min(left, Math.min(ring.length - filled, ring.length - end));
        System.arraycopy(bytes, at, ring, end, run);
        filled += run;
        at += run;
        left -= run;
        notifyAll();
      }
    }
  }

  private void grow() {
    byte[] larger = new byte[2 * ring.length];
    int run = ring.length - start;
    System.arraycopy(ring, start, larger, 0, run);
    System.arraycopy(ring, 0, larger, run, start);
    ring = larger;
    start = 0;
  }

  // both callers look again
  @SuppressWarnings("WaitNotInLoop")
  private void await(long millis) throws InterruptedIOException {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("Interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /** Says whether something can be read at once. */
  synchronized boolean hasBytes() {
    return filled > 0;
  }

  /**
   * Reads exactly so many bytes.
   *
   * @param deadline of {@link System#nanoTime}
   * @throws SocketTimeoutException if they are not there by then
   * @throws EOFException if the channel was closed before
   */
  synchronized void readFully(byte[] into, int offset, int length, long deadline)
      throws IOException {
    int at = offset;
    int left = length;
    while (left > 0) {
      if (filled > 0) {
        int run = Math.min(left, Math.min(filled, ring.length - start));
        System.arraycopy(ring, start, into, at, run);
        start = (start + run) % ring.length;
        filled -= run;
        at += run;
        left -= run;
        notifyAll();
      } else if (closed) {
        throw new EOFException("The server or the line closed the connection");
      } else {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
          throw new SocketTimeoutException("No reply");
        }
        await(millis);
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
