package io.waybill.mail.pop3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads an answer of several lines up to the dot that ends it, without the dots that were put
 * before others (RFC 1939 3). Closing it reads the rest, so that the dialogue goes on behind it.
 */
final class Pop3Content extends InputStream {
  private final InputStream in;
  // what was read ahead of what is handed out: CR, LF or a dot
  private final int[] pending = new int[3];
  private int pendingCount;
  private int pendingAt;
  private boolean isLineStart = true;
  private boolean isOver;

  Pop3Content(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    if (pendingAt < pendingCount) {
      return handOut(pending[pendingAt++]);
    }
    if (isOver) {
      return -1;
    }
    int b = next();
    if (isLineStart && b == '.') {
      int after = next();
      if (after == '\r') {
        int last = next();
        if (last == '\n') {
          isOver = true;
          return -1;
        }
        hold(last);
        return handOut('\r');
      }
      if (after == '\n') { // some end it so
        isOver = true;
        return -1;
      }
      return handOut(after);
    }
    return handOut(b);
  }

  private void hold(int b) {
    pending[0] = b;
    pendingCount = 1;
    pendingAt = 0;
  }

  private int handOut(int b) {
    isLineStart = b == '\n';
    return b;
  }

  private int next() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the server ended the connection in the middle of a message");
    }
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = 0;
    while (n < length) {
      int b = read();
      if (b < 0) {
        return n == 0 ? -1 : n;
      }
      bytes[offset + n++] = (byte) b;
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    byte[] rest = new byte[8192];
    int n = 0;
    while (n >= 0) {
      n = read(rest, 0, rest.length);
    }
  }
}
