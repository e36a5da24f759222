package io.waybill.mail.imap;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a server says, and no more than was asked for: the wire library keeps whole answers in
 * memory, and makes room for what a literal announces before it has come.
 *
 * <p>So the end of each line is looked at: where it announces a literal <code>{n}</code>, that many
 * bytes must be within what is still allowed.
 */
final class BoundedInput extends InputStream {
  private static final int BRACE = 1;
  private static final int END = 2;

  private @Nullable InputStream in;
  private long allowed;
  private long limit;

  // where in "{digits}" CR LF the last bytes of the line stand
  private int state;
  private long announced;
  // bytes of a literal that are still to come, at which nothing is looked
  private long literal;

  void from(InputStream next) {
    in = next;
    state = 0;
    literal = 0;
  }

  void expectAtMost(long bytes) {
    limit = bytes;
    allowed = bytes;
  }

  private InputStream open() throws SocketException {
    InputStream source = in;
    if (source == null) {
      throw new SocketException("not connected");
    }
    return source;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int n = read(one, 0, 1);
    return n < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = open().read(bytes, offset, length);
    if (n <= 0) {
      return n;
    }
    allowed -= n;
    look(bytes, offset, n);
    if (allowed < 0) {
      throw tooMuch();
    }
    return n;
  }

  private void look(byte[] bytes, int offset, int length) throws IOException {
    int i = offset;
    int end = offset + length;
    while (i < end) {
      if (literal > 0) {
        int skipped = (int) Math.min(literal, end - i);
        literal -= skipped;
        i += skipped;
      } else {
        look(bytes[i++], end - i);
      }
    }
  }

  private void look(byte b, int left) throws IOException {
    if (b == '{') {
      state = BRACE;
      announced = 0;
    } else if (state == BRACE && b >= '0' && b <= '9') {
      announced = Math.min(Long.MAX_VALUE / 20, announced) * 10 + b - '0';
    } else if (state == BRACE && b == '}') {
      state = END;
    } else if (state == END && b == '\r') {
      state = END;
    } else if (state == END && b == '\n') {
      state = 0;
      literal = announced;
      if (literal > allowed + left) {
        throw tooMuch();
      }
    } else {
      state = 0;
    }
  }

  private IOException tooMuch() {
    return new IOException(
        "the server says more than the " + limit + " bytes that were to be expected");
  }

  @Override
  public int available() throws IOException {
    return open().available();
  }
}
