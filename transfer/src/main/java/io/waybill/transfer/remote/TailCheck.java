package io.waybill.transfer.remote;

import io.waybill.transfer.file.IntegrityException;
import java.io.IOException;
import java.util.Arrays;

/** Compares what is fetched twice, at the seam of a resume, with what is there already. */
final class TailCheck {
  private final long end;
  private final byte[] tail;
  private long at;

  /**
   * Expects bytes from {@code offset} on, of which those before {@code end} are there already and
   * the last of these are {@code tail}.
   */
  TailCheck(long offset, long end, byte[] tail) {
    this.at = offset;
    this.end = end;
    this.tail = tail;
  }

  /** Checks the next bytes and returns how many of them are there already. */
  int accept(byte[] bytes, int length) throws IOException {
    int old = (int) Math.min(length, end - at);
    int skip = (int) Math.min(old, Math.max(0, end - tail.length - at));
    int from = (int) (at + skip - (end - tail.length));
    if (old > skip && !Arrays.equals(bytes, skip, old, tail, from, from + old - skip)) {
      throw new IntegrityException(
          "Resume at byte " + end, "the bytes fetched before", "other bytes");
    }
    at += old;
    return old;
  }

  boolean isComplete() {
    return at == end;
  }
}
