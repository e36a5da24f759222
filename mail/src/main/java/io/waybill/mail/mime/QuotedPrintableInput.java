package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Decodes quoted-printable as it is found in the wild (RFC 2045 6.7): what is no code stays as it
 * is. The parser's own decoder keeps any run of blanks, and looks through it at each byte that
 * follows it; this one has the memory of one line.
 */
final class QuotedPrintableInput extends InputStream {
  /** More blanks than a line may have characters are content and not left over at its end. */
  private static final int MOST_BLANKS = 998;

  private static final int PUSHED_BACK = 2;

  private final InputStream in;
  private final Runnable complaint;
  private final byte[] buffer = new byte[8192];
  private int at;
  private int limit;
  private final byte[] ready = new byte[1 + MOST_BLANKS];
  private int readyAt;
  private int readyEnd;

  QuotedPrintableInput(InputStream in, Runnable complaint) {
    this.in = in;
    this.complaint = complaint;
  }

  @Override
  public int read() throws IOException {
    while (readyAt == readyEnd) {
      readyAt = 0;
      readyEnd = 0;
      if (!decode()) {
        return -1;
      }
    }
    return ready[readyAt++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    int n = 0;
    for (int b; n < length && (b = read()) >= 0; n++) {
      target[offset + n] = (byte) b;
    }
    return n == 0 && length > 0 ? -1 : n;
  }

  /** Makes some bytes ready, possibly none; false at the end. */
  private boolean decode() throws IOException {
    int b = next();
    if (isLineEnd(b)) {
      lineEnd(b);
    } else if (isBlank(b)) {
      put(b);
      b = blanks();
      if (b < 0 || isLineEnd(b)) {
        readyEnd = 0; // added on the way
      }
      pushBack(b);
    } else if (b == '=') {
      escape();
    } else if (b >= 0) {
      put(b);
    }
    return b >= 0 || readyEnd > 0;
  }

  private void lineEnd(int b) throws IOException {
    int following = b == '\r' ? next() : '\n';
    put('\r');
    if (following == '\n') {
      put('\n');
    } else {
      pushBack(following);
    }
  }

  private void escape() throws IOException {
    put('=');
    int first = next();
    if (isBlank(first)) { // added on the way to a soft line break, which it may be
      put(first);
      first = blanks();
    }
    if (isLineEnd(first)) {
      lineEnd(first);
      readyEnd = 0;
      return;
    }
    int second = readyEnd == 1 ? next() : -1;
    int high = Character.digit(first, 16);
    int low = Character.digit(second, 16);
    if (high >= 0 && low >= 0) {
      ready[0] = (byte) (high << 4 | low);
    } else {
      pushBack(second);
      pushBack(first);
      complaint.run();
    }
  }

  /** Makes blanks ready, as many as there are and have room; returns what follows them. */
  private int blanks() throws IOException {
    int b = next();
    while (isBlank(b) && readyEnd < ready.length) {
      put(b);
      b = next();
    }
    return b;
  }

  private static boolean isBlank(int b) {
    return b == ' ' || b == '\t';
  }

  private static boolean isLineEnd(int b) {
    return b == '\r' || b == '\n';
  }

  private void put(int b) {
    ready[readyEnd++] = (byte) b;
  }

  private int next() throws IOException {
    if (at == limit) {
      int n = in.read(buffer, PUSHED_BACK, buffer.length - PUSHED_BACK);
      if (n <= 0) {
        return -1;
      }
      at = PUSHED_BACK;
      limit = PUSHED_BACK + n;
    }
    return buffer[at++] & 0xff;
  }

  private void pushBack(int b) {
    if (b >= 0) {
      buffer[--at] = (byte) b;
    }
  }
}
