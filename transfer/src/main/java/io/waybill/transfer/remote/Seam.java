package io.waybill.transfer.remote;

import java.io.IOException;
import java.util.Arrays;

/** The bytes of a source before the one from which on it is sent. */
final class Seam {
  private final long at;
  private final byte[] bytes;

  /**
   * Takes the bytes.
   *
   * @param at where they are in the file
   * @param bytes not to be changed
   */
  Seam(long at, byte[] bytes) {
    this.at = at;
    this.bytes = bytes;
  }

  /** Reads whether a file of an endpoint has them. */
  boolean isIn(RemoteSession session, RemoteFile file) throws IOException {
    byte[] found = new byte[bytes.length];
    int[] filled = {0};
    session.read(
        file,
        at,
        (read, count) -> {
          int more = Math.min(count, found.length - filled[0]);
          System.arraycopy(read, 0, found, filled[0], more);
          filled[0] += more;
          return filled[0] < found.length;
        });
    return filled[0] == found.length && Arrays.equals(found, bytes);
  }
}
