package io.waybill.transfer;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * A hash together with the name of its algorithm, written {@code sha-256:<hex>}.
 *
 * @param algorithm how it was computed
 * @param hex the value in lower-case hexadecimal, of exactly the algorithm's length
 */
public record Digest(Algorithm algorithm, String hex) {

  /** A way to compute a digest; names follow RFC 9530 where it has one. */
  public enum Algorithm {
    /** What {@code sha256sum} prints. */
    SHA_256("sha-256", 32),
    /** Root of the chunk tree, see {@code io.waybill.transfer.chunk.TreeHash}. */
    SHA_256_TREE("sha-256-tree", 32),
    /** What {@code sha512sum} prints. */
    SHA_512("sha-512", 64),
    /** SHA-1; only to compare with servers that offer nothing better. */
    SHA_1("sha-1", 20),
    /** MD5; only to compare with servers that offer nothing better. */
    MD5("md5", 16),
    /**
     * CRC32C of the whole file (Castagnoli, RFC 3720 B.4), big-endian, as other tools print it;
     * finds accidents, not forgery.
     */
    CRC32C("crc32c", 4);

    private final String label;
    private final int lengthBytes;

    Algorithm(String label, int lengthBytes) {
      this.label = label;
      this.lengthBytes = lengthBytes;
    }

    /** Returns the name as it is written before the colon. */
    public String label() {
      return label;
    }

    /** Returns the length of the raw value. */
    public int lengthBytes() {
      return lengthBytes;
    }

    /**
     * Finds an algorithm by its label, ignoring case.
     *
     * @throws IllegalArgumentException if no algorithm has that label
     */
    public static Algorithm parse(String label) {
      for (Algorithm each : values()) {
        if (each.label.equalsIgnoreCase(label)) {
          return each;
        }
      }
      throw new IllegalArgumentException("Unknown digest algorithm '" + label + "'");
    }
  }

  /**
   * Checks the length and normalises the case.
   *
   * @throws IllegalArgumentException if {@code hex} is not hexadecimal of the algorithm's length
   */
  public Digest {
    Objects.requireNonNull(algorithm, "algorithm");
    hex = hex.toLowerCase(Locale.ROOT);
    if (hex.length() != 2 * algorithm.lengthBytes()
        || !hex.chars().allMatch(HexFormat::isHexDigit)) {
      throw new IllegalArgumentException(
          "A %s digest is %d hexadecimal digits, got %d characters"
              .formatted(algorithm.label(), 2 * algorithm.lengthBytes(), hex.length()));
    }
  }

  /**
   * Wraps a raw value.
   *
   * @throws IllegalArgumentException if the length is not the algorithm's
   */
  public static Digest of(Algorithm algorithm, byte[] value) {
    return new Digest(algorithm, HexFormat.of().formatHex(value));
  }

  /**
   * Reads {@code <algorithm>:<hex>}.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "A digest is written <algorithm>:<hex>, as in sha-256:9f86...; got no colon");
    }
    return new Digest(Algorithm.parse(text.substring(0, colon)), text.substring(colon + 1));
  }

  /** Returns a fresh copy of the raw value. */
  public byte[] toBytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return algorithm.label() + ":" + hex;
  }
}
