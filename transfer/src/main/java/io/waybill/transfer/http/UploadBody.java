package io.waybill.transfer.http;

import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.StallWatch;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Gives a file's bytes as the connection takes them, never more than one buffer ahead. It is read
 * by a thread of the HTTP client; that the source failed is kept for the one that sends.
 */
final class UploadBody extends InputStream {
  private static final int BUFFER_BYTES = 256 << 10;

  private final ByteSupply supply;
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private boolean isStopped;
  private int at;
  private int length;
  private final StallWatch watch;
  private volatile @Nullable Exception failure;

  UploadBody(ByteSupply supply, StallWatch watch) {
    this.supply = supply;
    this.watch = watch;
  }

  /** Completes when the last byte was taken, or the source failed. */
  CompletableFuture<Boolean> ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, into.length);
    watch.moved();
    if (at == length) {
      refill();
      if (length == 0) {
        ended.complete(true);
        return -1;
      }
    }
    int taken = Math.min(count, length - at);
    System.arraycopy(buffer, at, into, offset, taken);
    at += taken;
    return taken;
  }

  /** Takes nothing more from the source, and waits for what is being taken. */
  synchronized void stop() {
    isStopped = true;
  }

  private synchronized void refill() throws IOException {
    at = 0;
    length = 0;
    if (isStopped) {
      throw new IOException("This upload is over");
    }
    try {
      length = supply.fill(buffer);
    } catch (IOException | RuntimeException e) {
      failure = e;
      ended.complete(false);
      throw new IOException("The source failed", e);
    }
  }

  /** Throws what went wrong with the source, if that is why the request failed. */
  void throwOwnFailure() throws IOException {
    Exception own = failure;
    if (own == null) {
      return;
    }
    if (own instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    throw (IOException) own;
  }
}
