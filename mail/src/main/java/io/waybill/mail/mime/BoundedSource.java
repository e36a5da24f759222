package io.waybill.mail.mime;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Ends at a bound, counts, and remembers whether a failure was the source's own. */
final class BoundedSource extends FilterInputStream {
  private final long limit;
  private long count;
  private boolean truncated;
  private @Nullable IOException failure;

  BoundedSource(InputStream in, long limit) {
    super(in);
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      if (count == limit) {
        truncated |= super.read() >= 0;
        return -1;
      }
      int n = super.read(target, offset, (int) Math.min(length, limit - count));
      count += Math.max(0, n);
      return n;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  long count() {
    return count;
  }

  boolean isTruncated() {
    return truncated;
  }

  @Nullable IOException failure() {
    return failure;
  }
}
