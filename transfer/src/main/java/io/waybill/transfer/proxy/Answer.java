package io.waybill.transfer.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * What a proxy says, byte by byte: what comes after it belongs to the target already. All of it
 * must come within one time.
 */
final class Answer {
  private final Socket socket;
  private final InputStream in;
  private final Duration allowed;
  private final long end;

  Answer(Socket socket, Duration allowed) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.allowed = allowed;
    this.end = System.nanoTime() + allowed.toNanos();
  }

  /**
   * Reads one byte.
   *
   * @throws SocketTimeoutException if the time is over
   * @throws EOFException if the proxy closed the connection
   */
  int next() throws IOException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw late();
    }
    socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
    int read;
    try {
      read = in.read();
    } catch (SocketTimeoutException e) {
      SocketTimeoutException late = late();
      late.initCause(e);
      throw late;
    }
    if (read < 0) {
      throw new EOFException("the proxy closed the connection before it answered");
    }
    return read;
  }

  void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      next();
    }
  }

  private SocketTimeoutException late() {
    return new SocketTimeoutException(
        "the proxy did not answer within the " + allowed.toMillis() + " ms allowed");
  }
}
