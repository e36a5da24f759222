package io.waybill.transfer.chunk;

import io.waybill.transfer.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The {@code sha-256-tree} digest of a file: a Merkle tree over its chunks that can be computed in
 * any order and checked chunk by chunk.
 *
 * <pre>
 * leaf(i)    = SHA-256( 0x00 || bytes of chunk i )                      i = 0 .. n-1
 * node(l, r) = SHA-256( 0x01 || l || r )
 * top        = level by level from the left, two neighbours make a node,
 *              an odd last one moves up unchanged, until one is left;
 *              for the empty file (n = 0) SHA-256( 0x00 )
 * root       = SHA-256( 0x02 || file size, 8 bytes || chunk size, 4 bytes || top )
 * </pre>
 *
 * Numbers are unsigned, big-endian. Leaves, nodes and root start with different bytes, so that none
 * can be passed off as another; the sizes stand in the root, so that no other way of cutting and no
 * other length can have the same one. With three chunks the top is {@code node(node(leaf(0),
 * leaf(1)), leaf(2))}.
 */
public final class TreeHash {
  /** The length of a leaf, node or root. */
  public static final int HASH_BYTES = 32;

  private TreeHash() {}

  /** Returns the leaf of a chunk: the remaining bytes of {@code data}, whose position stays. */
  public static byte[] leaf(ByteBuffer data) {
    MessageDigest sha = sha256();
    sha.update((byte) 0);
    sha.update(data.duplicate());
    return sha.digest();
  }

  /** Returns the leaf of a chunk of that many zero bytes. */
  static byte[] zeroLeaf(int length) {
    MessageDigest sha = sha256();
    sha.update((byte) 0);
    ChunkContent.updateZeros(sha, length);
    return sha.digest();
  }

  /**
   * Returns the digest of the whole file.
   *
   * @throws IllegalArgumentException if a leaf is missing
   */
  public static Digest root(ChunkLayout layout, ChunkLeaves leaves) {
    int count = layout.chunkCount();
    return root(layout, count == 0 ? leaf(ByteBuffer.allocate(0)) : top(leaves, count));
  }

  /**
   * Returns the digest of a whole file that is one chunk or empty: the remaining bytes of {@code
   * whole}, whose position stays.
   *
   * @throws IllegalArgumentException if it is more than one chunk
   */
  public static Digest rootOfSmall(ByteBuffer whole) {
    ChunkLayout layout = ChunkLayout.of(whole.remaining());
    if (layout.chunkCount() > 1) {
      throw new IllegalArgumentException(whole.remaining() + " bytes are more than one chunk");
    }
    return root(layout, leaf(whole));
  }

  private static Digest root(ChunkLayout layout, byte[] top) {
    MessageDigest sha = sha256();
    sha.update((byte) 2);
    sha.update(
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
            .putLong(layout.sizeBytes())
            .putInt(layout.chunkBytes())
            .flip());
    sha.update(top);
    return Digest.of(Digest.Algorithm.SHA_256_TREE, sha.digest());
  }

  // A stack of finished subtrees, one per set bit of the number of leaves seen: adding a leaf
  // merges
  // as many as the trailing one bits say. What is left is folded from the right, which is the same
  // as letting an odd last one move up.
  private static byte[] top(ChunkLeaves leaves, int count) {
    byte[][] stack = new byte[32][];
    int depth = 0;
    MessageDigest sha = sha256();
    for (int i = 0; i < count; i++) {
      byte[] node = leaves.leaf(i);
      for (int seen = i; (seen & 1) == 1; seen >>= 1) {
        node = node(sha, stack[--depth], node);
      }
      stack[depth++] = node;
    }
    byte[] node = stack[--depth];
    while (depth > 0) {
      node = node(sha, stack[--depth], node);
    }
    return node;
  }

  private static byte[] node(MessageDigest sha, byte[] left, byte[] right) {
    sha.update((byte) 1);
    sha.update(left);
    sha.update(right);
    return sha.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
