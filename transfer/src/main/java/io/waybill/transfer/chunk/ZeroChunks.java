package io.waybill.transfer.chunk;

import org.jspecify.annotations.Nullable;

/**
 * CRC32C and leaf of the all-zero chunks of one file, each computed once: a file has chunks of two
 * lengths at most. Safe for use by several threads.
 */
public final class ZeroChunks {
  private final ChunkLayout layout;
  private final @Nullable Zeros[] known = new Zeros[2];

  private static final class Zeros {
    final int crc32c;
    byte @Nullable [] leaf;

    Zeros(int crc32c) {
      this.crc32c = crc32c;
    }
  }

  /** Computes nothing yet. */
  public ZeroChunks(ChunkLayout layout) {
    this.layout = layout;
  }

  /**
   * Returns the CRC32C of a chunk if it is all zero.
   *
   * @throws IndexOutOfBoundsException if there is no such chunk
   */
  public synchronized int crc32c(int index) {
    return zeros(layout.lengthOf(index)).crc32c;
  }

  /**
   * Returns the leaf of a chunk if it is all zero, as a copy.
   *
   * @throws IndexOutOfBoundsException if there is no such chunk
   */
  public synchronized byte[] leaf(int index) {
    int length = layout.lengthOf(index);
    Zeros zeros = zeros(length);
    byte[] leaf = zeros.leaf;
    if (leaf == null) {
      zeros.leaf = leaf = TreeHash.zeroLeaf(length);
    }
    return leaf.clone();
  }

  private Zeros zeros(int length) {
    int slot = length == layout.chunkBytes() ? 0 : 1;
    Zeros zeros = known[slot];
    if (zeros == null) {
      zeros = new Zeros(ChunkContent.zeroCrc32c(length));
      known[slot] = zeros;
    }
    return zeros;
  }
}
