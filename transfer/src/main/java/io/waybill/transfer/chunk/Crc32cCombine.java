package io.waybill.transfer.chunk;

/**
 * Computes the CRC32C of a whole file from those of its chunks, without the bytes.
 *
 * <p>A CRC is a remainder of polynomials over GF(2): the one of {@code a} followed by {@code n}
 * bytes is that of {@code a} times x<sup>8n</sup>, plus that of the bytes (the method of zlib's
 * {@code crc32_combine}). The product with the power for a full chunk is four table look-ups.
 */
public final class Crc32cCombine {
  private static final int POLYNOMIAL = 0x82F63B78;
  private static final int ONE = 1 << 31;
  private static final int POWERS = 64;
  // x^(2^i): bits are reflected, the highest is x^0
  private static final int[] X_TO_POWER_OF_TWO = powers();

  private final ChunkLayout layout;
  private final int[][] fullChunk = new int[Integer.BYTES][256];

  /** Prepares for the full chunks of a layout. */
  public Crc32cCombine(ChunkLayout layout) {
    this.layout = layout;
    int power = xToBytes(layout.chunkBytes());
    for (int at = 0; at < Integer.BYTES; at++) {
      int[] table = fullChunk[at];
      for (int bit = 1; bit < table.length; bit <<= 1) {
        int product = multiply(bit << (Byte.SIZE * at), power);
        for (int low = 0; low < bit; low++) {
          table[bit + low] = table[low] ^ product;
        }
      }
    }
  }

  /**
   * Returns the CRC32C of the whole file; 0 for the empty one.
   *
   * @throws IllegalArgumentException if a chunk is not known
   */
  public int whole(ChunkLeaves chunks) {
    int whole = 0;
    for (int i = 0; i < layout.chunkCount(); i++) {
      int crc = chunks.crc32c(i);
      int length = layout.lengthOf(i);
      whole = length == layout.chunkBytes() ? full(whole) ^ crc : combine(whole, crc, length);
    }
    return whole;
  }

  private int full(int crc) {
    return fullChunk[0][crc & 0xFF]
        ^ fullChunk[1][crc >>> 8 & 0xFF]
        ^ fullChunk[2][crc >>> 16 & 0xFF]
        ^ fullChunk[3][crc >>> 24];
  }

  /**
   * Returns the CRC32C of two stretches of bytes, one after the other.
   *
   * @param first the CRC32C of the first
   * @param second the CRC32C of the second
   * @param secondBytes the length of the second
   * @throws IllegalArgumentException if the length is negative
   */
  public static int combine(int first, int second, long secondBytes) {
    if (secondBytes < 0) {
      throw new IllegalArgumentException("secondBytes is negative: " + secondBytes);
    }
    return multiply(first, xToBytes(secondBytes)) ^ second;
  }

  private static int xToBytes(long bytes) {
    int product = ONE;
    long rest = bytes;
    // 2^3 bits are a byte
    for (int i = 3; rest != 0; i++, rest >>>= 1) {
      if ((rest & 1) == 1) {
        product = multiply(product, X_TO_POWER_OF_TWO[i]);
      }
    }
    return product;
  }

  private static int multiply(int a, int b) {
    int product = 0;
    int shifted = b;
    for (int bit = ONE; bit != 0; bit >>>= 1) {
      if ((a & bit) != 0) {
        product ^= shifted;
      }
      shifted = (shifted & 1) == 0 ? shifted >>> 1 : shifted >>> 1 ^ POLYNOMIAL;
    }
    return product;
  }

  private static int[] powers() {
    int[] powers = new int[POWERS + 3];
    powers[0] = ONE >>> 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = multiply(powers[i - 1], powers[i - 1]);
    }
    return powers;
  }
}
