package io.waybill.mail.mime;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/**
 * Gives a message whose lines end in carriage returns alone the line ends that a parser knows. That
 * is judged by its beginning, and only if no line feed is in it.
 *
 * @param isConverted whether it is such a message
 */
record LineEnds(InputStream stream, boolean isConverted) {
  private static final int BEGINNING = 64 * 1024;

  static LineEnds of(InputStream in) throws IOException {
    byte[] beginning = in.readNBytes(BEGINNING);
    boolean hasReturn = false;
    for (byte b : beginning) {
      if (b == '\n') {
        hasReturn = false;
        break;
      }
      hasReturn |= b == '\r';
    }
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(beginning), in);
    return new LineEnds(hasReturn ? new Converted(whole) : whole, hasReturn);
  }

  private static final class Converted extends FilterInputStream {
    Converted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      return b == '\r' ? '\n' : b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = super.read(target, offset, length);
      for (int i = offset; i < offset + n; i++) {
        if (target[i] == '\r') {
          target[i] = '\n';
        }
      }
      return n;
    }
  }
}
