package io.waybill.transfer;

/** What tells both ends of the waybill protocol that a file arrived as it was sent. */
public enum Integrity {
  /**
   * The SHA-256 tree over the file's chunks, which no forger can match; reaches {@link
   * Verification#DIGEST}.
   */
  TREE(Digest.Algorithm.SHA_256_TREE),
  /**
   * The CRC32C of each chunk and of the whole: finds accidents, costs next to nothing, and reaches
   * {@link Verification#SIZE_MTIME} at most, unless the file is read back.
   */
  CRC32C(Digest.Algorithm.CRC32C);

  private final Digest.Algorithm algorithm;

  Integrity(Digest.Algorithm algorithm) {
    this.algorithm = algorithm;
  }

  /** Returns the digest of the whole file that both ends compare. */
  public Digest.Algorithm algorithm() {
    return algorithm;
  }
}
