package io.waybill.mail.mime;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * Decodes uuencode (POSIX), which some old mailers name as a transfer encoding. What does not begin
 * as it must stays as it is.
 */
final class UuencodedInput extends InputStream {
  private static final byte[] BEGIN = {'b', 'e', 'g', 'i', 'n', ' '};
  private static final int LONGEST_LINE = 1000;

  private final BufferedInputStream in;
  private final Runnable complaint;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private byte[] ready = {};
  private int readyAt;
  private boolean hasBegun;
  private boolean isPlain;
  private boolean hasEnded;

  UuencodedInput(InputStream in, Runnable complaint) {
    this.in = new BufferedInputStream(in);
    this.complaint = complaint;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (!hasBegun) {
      hasBegun = true;
      begin();
    }
    if (isPlain) {
      return in.read(target, offset, length);
    }
    while (readyAt == ready.length && !hasEnded) {
      next();
    }
    if (readyAt == ready.length) {
      return -1;
    }
    int n = Math.min(length, ready.length - readyAt);
    System.arraycopy(ready, readyAt, target, offset, n);
    readyAt += n;
    return n;
  }

  private void begin() throws IOException {
    in.mark(BEGIN.length);
    byte[] first = in.readNBytes(BEGIN.length);
    in.reset();
    isPlain = !Arrays.equals(first, BEGIN);
    if (isPlain) {
      complaint.run();
    } else {
      readLine();
    }
  }

  private void next() throws IOException {
    if (!readLine()) {
      hasEnded = true;
      complaint.run();
      return;
    }
    byte[] bytes = line.toByteArray();
    if (bytes.length == 3 && bytes[0] == 'e' && bytes[1] == 'n' && bytes[2] == 'd') {
      hasEnded = true;
      if (hasMore()) {
        complaint.run();
      }
    } else if (bytes.length > 0) {
      ready = decode(bytes);
      readyAt = 0;
    }
  }

  private boolean hasMore() throws IOException {
    int b = in.read();
    while (b >= 0 && b <= ' ') {
      b = in.read();
    }
    return b >= 0;
  }

  /** Without its end; of a line that is too long the beginning. */
  private boolean readLine() throws IOException {
    line.reset();
    int b = in.read();
    if (b < 0) {
      return false;
    }
    while (b >= 0 && b != '\n') {
      if (b != '\r' && line.size() < LONGEST_LINE) {
        line.write(b);
      }
      b = in.read();
    }
    return true;
  }

  /** Its first character says how many bytes it holds; blanks at its end may have been lost. */
  private byte[] decode(byte[] bytes) {
    byte[] out = new byte[value(bytes, 0)];
    int digits = (out.length + 2) / 3 * 4;
    if (bytes.length > digits + 2) { // some write one more, as a checksum
      complaint.run();
    }
    for (int i = 0; i < out.length; i++) {
      int at = 1 + i / 3 * 4 + i % 3;
      int bits = value(bytes, at) << 6 | value(bytes, at + 1);
      out[i] = (byte) (bits >> (4 - i % 3 * 2));
    }
    return out;
  }

  private static int value(byte[] bytes, int at) {
    return at < bytes.length ? (bytes[at] - ' ') & 0x3f : 0;
  }
}
