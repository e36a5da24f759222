package io.waybill.transfer.chunk;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Looks at the bytes of one chunk; leaves the buffer's position and limit as they were. */
public final class ChunkContent {
  private ChunkContent() {}

  /** Returns the CRC32C (Castagnoli, RFC 3720 B.4) of the remaining bytes. */
  public static int crc32c(ByteBuffer data) {
    CRC32C crc = new CRC32C();
    crc.update(data.duplicate());
    return (int) crc.getValue();
  }

  /** Says whether all remaining bytes are zero; true for none. */
  public static boolean isAllZero(ByteBuffer data) {
    int at = data.position();
    int end = data.limit();
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
