package io.waybill.transfer.remote;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.PlainDigest;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a file from a position on, over as many sessions as it takes, until a sink has
 * enough. Where nothing but the size tells which version a session reads, each further one reads
 * again what was handed on already, and that must be the same.
 */
final class RelayReading {
  private final RemoteFile file;
  private final String shown;
  private final long start;
  private final Reconnects reconnects;
  private final ByteSink sink;
  private long at;
  private boolean enough;
  // the rest is used only where the size is all that is known
  private @Nullable Digest handedOn; // when the last session that came so far was lost
  private PlainDigest sum = new PlainDigest(Digest.Algorithm.SHA_256);
  private PlainDigest again = new PlainDigest(Digest.Algorithm.SHA_256);
  private long summed; // where this session is

  RelayReading(RemoteFile file, String shown, long start, Reconnects reconnects, ByteSink sink) {
    this.file = file;
    this.shown = shown;
    this.start = start;
    this.reconnects = reconnects;
    this.sink = sink;
    this.at = start;
    this.summed = start;
    this.enough = start >= file.entry().sizeBytes();
  }

  /** Reads on from where the last session left off. */
  void goOn(RemoteSession session) throws IOException {
    if (enough) {
      return;
    }
    boolean compares = !file.identity().tellsVersions();
    if (compares) {
      beginAgain();
    }
    long begin = !session.restartsReads() ? 0 : compares ? start : at;
    long[] position = {begin};
    session.read(
        file,
        begin,
        (bytes, count) -> {
          int old = (int) Math.min(count, Math.max(0, at - position[0]));
          if (compares) {
            int before = (int) Math.min(count, Math.max(0, start - position[0]));
            sum(bytes, before, old, count);
          }
          position[0] += count;
          return old == count || handOn(bytes, old, count - old);
        });
    long size = file.entry().sizeBytes();
    if (!enough && at < size) {
      throw new EOFException("The data ended after %d of %d bytes".formatted(at, size));
    }
  }

  private void beginAgain() {
    if (summed == at && at > start) {
      handedOn = sum.digest();
    }
    sum = new PlainDigest(Digest.Algorithm.SHA_256);
    again = new PlainDigest(Digest.Algorithm.SHA_256);
    summed = start;
  }

  private void sum(byte[] bytes, int before, int old, int count) {
    if (old > before) {
      again.update(bytes, before, old - before);
      if (summed + old - before == at) {
        requireSame(again.digest());
      }
    }
    sum.update(bytes, before, count - before);
    summed += count - before;
  }

  private void requireSame(Digest now) {
    if (!now.equals(handedOn)) {
      throw new TransferException.Integrity(
          shown,
          String.valueOf(handedOn),
          now.toString(),
          shown + " changed while it was copied; nothing was published",
          null);
    }
  }

  private boolean handOn(byte[] bytes, int offset, int length) throws IOException {
    byte[] next = bytes;
    if (offset > 0) {
      next = new byte[length];
      System.arraycopy(bytes, offset, next, 0, length);
    }
    at += length;
    reconnects.reached(at, file.entry().sizeBytes());
    enough = !sink.accept(next, length);
    return !enough;
  }
}
