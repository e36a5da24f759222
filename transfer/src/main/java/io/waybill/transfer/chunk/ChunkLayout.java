package io.waybill.transfer.chunk;

import java.util.Objects;

/**
 * How a file of a given size is cut: chunks of equal size, the last one shorter.
 *
 * @param sizeBytes the size of the file, 0 to {@link #MAX_FILE_BYTES}
 * @param chunkBytes the size of every chunk but the last, a power of two from {@link
 *     #MIN_CHUNK_BYTES} to {@link #MAX_CHUNK_BYTES}
 */
public record ChunkLayout(long sizeBytes, int chunkBytes) {
  /** The smallest chunk: 1 MiB. */
  public static final int MIN_CHUNK_BYTES = 1 << 20;

  /** The largest chunk: 8 MiB. */
  public static final int MAX_CHUNK_BYTES = 8 << 20;

  /** The largest file: 16 TiB, two million chunks. */
  public static final long MAX_FILE_BYTES = 1L << 44;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public ChunkLayout {
    if (sizeBytes < 0 || sizeBytes > MAX_FILE_BYTES) {
      throw new IllegalArgumentException(
          "A file has 0 to %d bytes, not %d".formatted(MAX_FILE_BYTES, sizeBytes));
    }
    if (chunkBytes < MIN_CHUNK_BYTES
        || chunkBytes > MAX_CHUNK_BYTES
        || Integer.bitCount(chunkBytes) != 1) {
      throw new IllegalArgumentException(
          "A chunk has a power of two from 1 MiB to 8 MiB, not " + chunkBytes);
    }
  }

  /**
   * Returns the layout of a file: {@code clamp(ceilPow2(size / 65536), 1 MiB, 8 MiB)}.
   *
   * <p>Worked: 100 GiB / 65536 = 1,638,400, next power of two 2 MiB, so 51,200 chunks of 2 MiB.
   *
   * @throws IllegalArgumentException if the size is negative or above {@link #MAX_FILE_BYTES}
   */
  public static ChunkLayout of(long sizeBytes) {
    long share = sizeBytes >>> 16;
    int chunk = MIN_CHUNK_BYTES;
    while (chunk < share && chunk < MAX_CHUNK_BYTES) {
      chunk <<= 1;
    }
    return new ChunkLayout(sizeBytes, chunk);
  }

  /** Returns the number of chunks; an empty file has none. */
  public int chunkCount() {
    return Math.toIntExact((sizeBytes + chunkBytes - 1) / chunkBytes);
  }

  /**
   * Returns where a chunk starts.
   *
   * @throws IndexOutOfBoundsException if there is no such chunk
   */
  public long offsetOf(int index) {
    return (long) Objects.checkIndex(index, chunkCount()) * chunkBytes;
  }

  /**
   * Returns how many bytes a chunk has.
   *
   * @throws IndexOutOfBoundsException if there is no such chunk
   */
  public int lengthOf(int index) {
    return (int) Math.min(chunkBytes, sizeBytes - offsetOf(index));
  }
}
