package io.waybill.transfer.chunk;

import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which of a file's chunks there are: one bit each. Not safe for use by several threads. */
public final class ChunkSet {
  private final int chunkCount;
  private final BitSet bits;

  private ChunkSet(int chunkCount, BitSet bits) {
    this.chunkCount = chunkCount;
    this.bits = bits;
  }

  /** Makes an empty set over chunks 0 to {@code chunkCount - 1}. */
  public static ChunkSet empty(int chunkCount) {
    if (chunkCount < 0) {
      throw new IllegalArgumentException("chunkCount is negative: " + chunkCount);
    }
    return new ChunkSet(chunkCount, new BitSet());
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if the bytes name a chunk that does not exist
   */
  public static ChunkSet of(int chunkCount, byte[] bytes) {
    BitSet bits = BitSet.valueOf(bytes);
    if (bits.length() > chunkCount) {
      throw new IllegalArgumentException("Chunk %d of %d".formatted(bits.length() - 1, chunkCount));
    }
    return new ChunkSet(chunkCount, bits);
  }

  /** Returns the number of chunks of the file, present or not. */
  public int chunkCount() {
    return chunkCount;
  }

  /** Adds a chunk. */
  public void add(int index) {
    bits.set(Objects.checkIndex(index, chunkCount));
  }

  /** Takes a chunk out. */
  public void remove(int index) {
    bits.clear(Objects.checkIndex(index, chunkCount));
  }

  /** Says whether a chunk is there. */
  public boolean contains(int index) {
    return bits.get(Objects.checkIndex(index, chunkCount));
  }

  /** Returns how many chunks are there. */
  public int size() {
    return bits.cardinality();
  }

  /** Says whether no chunk is missing. */
  public boolean isComplete() {
    return size() == chunkCount;
  }

  /** Returns the first missing chunk at or after {@code from}, or -1. */
  public int nextMissing(int from) {
    int next = bits.nextClearBit(from);
    return next < chunkCount ? next : -1;
  }

  /** Returns how many bytes of the file are there. */
  public long bytes(ChunkLayout layout) {
    if (layout.chunkCount() != chunkCount) {
      throw new IllegalArgumentException("The layout has another number of chunks");
    }
    long bytes = (long) size() * layout.chunkBytes();
    if (chunkCount > 0 && contains(chunkCount - 1)) {
      bytes += layout.lengthOf(chunkCount - 1) - layout.chunkBytes();
    }
    return bytes;
  }

  /**
   * Returns the bits: chunk {@code i} is bit {@code i % 8} (least significant first) of byte {@code
   * i / 8}; trailing zero bytes are left out.
   */
  public byte[] toBytes() {
    return bits.toByteArray();
  }

  /** Returns an independent copy. */
  public ChunkSet copy() {
    return new ChunkSet(chunkCount, (BitSet) bits.clone());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ChunkSet that
        && chunkCount == that.chunkCount
        && bits.equals(that.bits);
  }

  @Override
  public int hashCode() {
    return 31 * chunkCount + bits.hashCode();
  }

  @Override
  public String toString() {
    return size() + " of " + chunkCount + " chunks";
  }
}
