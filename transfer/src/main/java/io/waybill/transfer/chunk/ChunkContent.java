package io.waybill.transfer.chunk;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;

/** Looks at the bytes of one chunk; leaves the buffer's position and limit as they were. */
public final class ChunkContent {
  private static final byte[] ZEROS = new byte[64 << 10];

  private ChunkContent() {}

  /** Returns the CRC32C of that many zero bytes, without memory for them. */
  static int zeroCrc32c(int length) {
    CRC32C crc = new CRC32C();
    eachZero(length, step -> crc.update(ZEROS, 0, step));
    return (int) crc.getValue();
  }

  /** Hands {@link #ZEROS} to a digest until it has had {@code length} zero bytes. */
  static void updateZeros(MessageDigest digest, int length) {
    eachZero(length, step -> digest.update(ZEROS, 0, step));
  }

  private static void eachZero(int length, IntConsumer update) {
    for (int left = length; left > 0; left -= ZEROS.length) {
      update.accept(Math.min(left, ZEROS.length));
    }
  }

  /** Returns the CRC32C (Castagnoli, RFC 3720 B.4) of the remaining bytes. */
  public static int crc32c(ByteBuffer data) {
    CRC32C crc = new CRC32C();
    crc.update(data.duplicate());
    return (int) crc.getValue();
  }

  /** Says whether all remaining bytes are zero; true for none. */
  public static boolean isAllZero(ByteBuffer data) {
    return isAllZero(data, data.position(), data.limit());
  }

  /**
   * Says whether all bytes of a range of indexes are zero; true for none. Ends at the first eight
   * that are not, so that it costs next to nothing for ordinary data.
   *
   * @param end the index after the last one
   */
  public static boolean isAllZero(ByteBuffer data, int start, int end) {
    int at = start;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      if (data.getLong(at) != 0) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (data.get(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
