package io.waybill.mail.mime;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Decodes base64 as it is found in the wild (RFC 2045 6.8): what does not belong to it is passed
 * over, and padding in the middle ends a group, behind which others may follow, as where several
 * encoded pieces were put together. The parser's own decoder ends there, and drops the rest.
 */
final class Base64Input extends InputStream {
  private static final int BLANK = -1;
  private static final int RUBBISH = -2;
  private static final int PADDING = -3;
  private static final byte[] VALUES = values();

  private final InputStream in;
  private final Runnable complaint;
  private final byte[] buffer = new byte[8 * 1024];
  private int at;
  private int limit;
  private final byte[] ready = new byte[buffer.length];
  private int readyAt;
  private int readyEnd;
  private int bits; // of the group that is open
  private int digits;
  private boolean hasEnded;

  Base64Input(InputStream in, Runnable complaint) {
    this.in = in;
    this.complaint = complaint;
  }

  private static byte[] values() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) RUBBISH);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < alphabet.length(); i++) {
      values[alphabet.charAt(i)] = (byte) i;
    }
    values['='] = PADDING;
    for (char blank : new char[] {'\r', '\n', ' ', '\t'}) {
      values[blank] = BLANK;
    }
    return values;
  }

  @Override
  public int read() throws IOException {
    return fill() ? ready[readyAt++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(length, readyEnd - readyAt);
    System.arraycopy(ready, readyAt, target, offset, n);
    readyAt += n;
    return n;
  }

  private boolean fill() throws IOException {
    while (readyAt == readyEnd && !hasEnded) {
      readyAt = 0;
      readyEnd = 0;
      at = 0;
      limit = Math.max(0, in.read(buffer));
      hasEnded = limit == 0;
      if (hasEnded) {
        endGroup(false);
      } else {
        decode();
      }
    }
    return readyAt < readyEnd;
  }

  private void decode() {
    while (at < limit) {
      wholeGroups();
      if (at < limit) {
        one(VALUES[buffer[at++] & 0xff]);
      }
    }
  }

  /** Nearly all there is: four digits are three bytes. */
  private void wholeGroups() {
    if (digits != 0) {
      return;
    }
    while (at + 4 <= limit) {
      int a = VALUES[buffer[at] & 0xff];
      int b = VALUES[buffer[at + 1] & 0xff];
      int c = VALUES[buffer[at + 2] & 0xff];
      int d = VALUES[buffer[at + 3] & 0xff];
      if ((a | b | c | d) < 0) {
        return;
      }
      put(a << 18 | b << 12 | c << 6 | d, 3);
      at += 4;
    }
  }

  private void one(int value) {
    if (value >= 0) {
      bits = bits << 6 | value;
      if (++digits == 4) {
        put(bits, 3);
        digits = 0;
        bits = 0;
      }
    } else if (value == PADDING) {
      endGroup(true);
    } else if (value == RUBBISH) {
      complaint.run();
    }
  }

  /** Two digits are one byte, three are two; one alone is none. */
  private void endGroup(boolean isPadded) {
    switch (digits) {
      case 2 -> put(bits << 12, 1);
      case 3 -> put(bits << 6, 2);
      default -> {}
    }
    if (digits == 1 || (digits > 1 && !isPadded)) {
      complaint.run();
    }
    digits = 0;
    bits = 0;
  }

  private void put(int group, int bytes) {
    ready[readyEnd++] = (byte) (group >> 16);
    if (bytes > 1) {
      ready[readyEnd++] = (byte) (group >> 8);
    }
    if (bytes > 2) {
      ready[readyEnd++] = (byte) group;
    }
  }
}
