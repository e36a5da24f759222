package io.waybill.transfer.chunk;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CRC32C and, unless the tree is left out, SHA-256 leaf of each chunk: 36 bytes a chunk, 4 without
 * leaf, in pages made when first written: a peer that merely claims a huge file costs nothing. Not
 * safe for use by several threads.
 */
public final class ChunkLeaves {
  private static final int PAGE = 4096;

  private final ChunkSet known;
  private final ChunkSet hashed;
  private final byte[] @Nullable [] leaves;
  private final int[] @Nullable [] crcs;

  /** Makes room for a file of that many chunks. */
  public ChunkLeaves(int chunkCount) {
    this.known = ChunkSet.empty(chunkCount);
    this.hashed = ChunkSet.empty(chunkCount);
    int pages = (chunkCount + PAGE - 1) / PAGE;
    this.leaves = new byte[pages][];
    this.crcs = new int[pages][];
  }

  /** Sets what is known of a chunk, over what was known before. */
  public void set(int index, int crc32c, byte[] leaf) {
    if (leaf.length != TreeHash.HASH_BYTES) {
      throw new IllegalArgumentException("A leaf has 32 bytes, not " + leaf.length);
    }
    set(index, crc32c);
    byte[] page = leaves[index / PAGE];
    if (page == null) {
      leaves[index / PAGE] = page = new byte[PAGE * TreeHash.HASH_BYTES];
    }
    System.arraycopy(leaf, 0, page, index % PAGE * TreeHash.HASH_BYTES, leaf.length);
    hashed.add(index);
  }

  /** Sets the CRC32C of a chunk whose leaf nobody knows, over what was known before. */
  public void set(int index, int crc32c) {
    known.add(index);
    hashed.remove(index);
    int[] page = crcs[index / PAGE];
    if (page == null) {
      crcs[index / PAGE] = page = new int[PAGE];
    }
    page[index % PAGE] = crc32c;
  }

  /** Forgets a chunk. */
  public void forget(int index) {
    known.remove(index);
    hashed.remove(index);
  }

  /** Returns which chunks are known, as a copy. */
  public ChunkSet known() {
    return known.copy();
  }

  /** Says whether a chunk is known. */
  public boolean contains(int index) {
    return known.contains(index);
  }

  /** Says whether a chunk's leaf is known. */
  public boolean hasLeaf(int index) {
    return hashed.contains(index);
  }

  /**
   * Returns a copy of a chunk's leaf.
   *
   * @throws IllegalArgumentException if the chunk is not known, or only its CRC32C
   */
  public byte[] leaf(int index) {
    require(index);
    if (!hashed.contains(index)) {
      throw new IllegalArgumentException("Only the CRC32C of chunk " + index + " is known");
    }
    int at = index % PAGE * TreeHash.HASH_BYTES;
    byte[] page = Objects.requireNonNull(leaves[index / PAGE]);
    return Arrays.copyOfRange(page, at, at + TreeHash.HASH_BYTES);
  }

  /**
   * Returns a chunk's CRC32C.
   *
   * @throws IllegalArgumentException if the chunk is not known
   */
  public int crc32c(int index) {
    require(index);
    return Objects.requireNonNull(crcs[index / PAGE])[index % PAGE];
  }

  private void require(int index) {
    if (!known.contains(index)) {
      throw new IllegalArgumentException("Nothing is known of chunk " + index);
    }
  }
}
