package io.waybill.mail.dkim;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Digests a body in the relaxed form (RFC 6376 3.4.4) as it streams by: blanks at the ends of lines
 * and empty lines at the end of the body count for nothing, other runs of blanks for one.
 *
 * <p>So blanks and line ends are held back until something follows them. {@code "a \t b \r\n\r\n"}
 * counts as {@code "a b\r\n"}; a body of line ends only as nothing.
 */
final class RelaxedBody {
  private final MessageDigest digest = sha256();
  private final byte[] out = new byte[8 * 1024];
  private int filled;
  private long lineEnds;
  private boolean blank;
  private boolean anything;

  private RelaxedBody() {}

  /** Returns the SHA-256 of what remains of a stream whose lines all end with CRLF. */
  static byte[] digest(InputStream in) throws IOException {
    RelaxedBody body = new RelaxedBody();
    byte[] buffer = new byte[64 * 1024];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      body.update(buffer, n);
    }
    return body.end();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private void update(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      byte b = bytes[i];
      switch (b) {
        case '\r' -> {} // its LF follows, or the reader would have refused it
        case '\n' -> {
          lineEnds++;
          blank = false;
        }
        case ' ', '\t' -> blank = true;
        default -> {
          releaseHeldBack();
          put(b);
        }
      }
    }
  }

  private void releaseHeldBack() {
    for (; lineEnds > 0; lineEnds--) {
      put((byte) '\r');
      put((byte) '\n');
    }
    if (blank) {
      put((byte) ' ');
      blank = false;
    }
  }

  private void put(byte b) {
    if (filled == out.length) {
      flush();
    }
    out[filled++] = b;
    anything = true;
  }

  private void flush() {
    digest.update(out, 0, filled);
    filled = 0;
  }

  private byte[] end() {
    if (anything) {
      put((byte) '\r');
      put((byte) '\n');
    }
    flush();
    return digest.digest();
  }
}
