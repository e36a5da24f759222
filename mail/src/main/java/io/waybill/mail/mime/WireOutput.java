package io.waybill.mail.mime;

import io.waybill.mail.MailException;
import io.waybill.mail.MessageEncoding;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Passes on the bytes of a message while they are what a server takes: lines of at most 998 octets
 * that end in CRLF, and no NUL (RFC 5321 4.5.3.1.6, RFC 5322 2.1.1).
 *
 * <p>Writing throws {@link MailException.InvalidMessage} with the number of the line otherwise.
 * Closing it does not close what lies below.
 */
final class WireOutput extends OutputStream {
  private static final int MAX_LINE = 998;
  private static final int BUFFER = 8192;

  private final OutputStream out;
  private final boolean repairs;
  private final byte[] buffer = new byte[BUFFER];
  private int used;
  private long line = 1;
  private int column;
  private boolean afterCr;
  private boolean inHeaders = true;
  private boolean foreignHeaders;
  private boolean foreignBody;

  /** {@code repairs} makes CRLF of every other line end instead of refusing it. */
  WireOutput(OutputStream out, boolean repairs) {
    this.out = out;
    this.repairs = repairs;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int run = afterCr ? 0 : plainRun(bytes, at, Math.min(end, at + MAX_LINE - column));
      if (run > 0) {
        put(bytes, at, run);
        column += run;
        at += run;
      } else {
        unusual(bytes[at++]);
      }
    }
  }

  private static int plainRun(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end && bytes[at] > '\r') {
      at++;
    }
    return at - start;
  }

  private void unusual(byte b) throws IOException {
    if (afterCr) {
      afterCr = false;
      if (b != '\n') {
        requireRepair();
      }
      endLine();
      if (b == '\n') {
        return;
      }
    }
    switch (b) {
      case '\r' -> afterCr = true;
      case '\n' -> {
        requireRepair();
        endLine();
      }
      case 0 -> throw refuse("holds NUL");
      default -> {
        if (++column > MAX_LINE) {
          throw refuse("is longer than " + MAX_LINE + " octets");
        }
        foreignHeaders |= b < 0 && inHeaders;
        foreignBody |= b < 0 && !inHeaders;
        put(b);
      }
    }
  }

  private void requireRepair() {
    if (!repairs) {
      throw refuse("does not end in CRLF");
    }
  }

  private MailException.InvalidMessage refuse(String why) {
    return new MailException.InvalidMessage("line " + line, -1, why);
  }

  private void endLine() throws IOException {
    inHeaders &= column > 0;
    column = 0;
    line++;
    put((byte) '\r');
    put((byte) '\n');
  }

  private void put(byte b) throws IOException {
    if (used == BUFFER) {
      flushBuffer();
    }
    buffer[used++] = b;
  }

  private void put(byte[] bytes, int offset, int length) throws IOException {
    if (length > BUFFER - used) {
      flushBuffer();
    }
    System.arraycopy(bytes, offset, buffer, used, length);
    used += length;
  }

  private void flushBuffer() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
  }

  /** Ends the last line and passes on what is left. */
  void finish() throws IOException {
    if (afterCr || column > 0) {
      requireRepair();
      afterCr = false;
      endLine();
    }
    flushBuffer();
  }

  /** Returns whether there were bytes above 127 behind the headers. */
  boolean hasForeignBody() {
    return foreignBody;
  }

  /** Returns what the bytes so far ask of a server. */
  MessageEncoding encoding() {
    return foreignHeaders
        ? MessageEncoding.UTF8
        : foreignBody ? MessageEncoding.EIGHT_BIT : MessageEncoding.SEVEN_BIT;
  }
}
