package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A digest over bytes as they come: any algorithm but the tree's. */
public final class PlainDigest {
  private final Digest.Algorithm algorithm;
  private final MessageDigest running;

  /**
   * Starts with no bytes.
   *
   * @throws IllegalArgumentException for the tree's algorithm, or one this Java lacks
   */
  public PlainDigest(Digest.Algorithm algorithm) {
    this.algorithm = algorithm;
    try {
      this.running =
          MessageDigest.getInstance(
              switch (algorithm) {
                case SHA_256 -> "SHA-256";
                case SHA_512 -> "SHA-512";
                case SHA_1 -> "SHA-1";
                case MD5 -> "MD5";
                case SHA_256_TREE ->
                    throw new IllegalArgumentException("A tree digest does not run along");
              });
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException("This Java has no " + algorithm.label(), e);
    }
  }

  /** Returns what it computes. */
  public Digest.Algorithm algorithm() {
    return algorithm;
  }

  /** Takes the remaining bytes, whose position stays. */
  public void update(ByteBuffer data) {
    running.update(data.duplicate());
  }

  /** Takes bytes. */
  public void update(byte[] data, int offset, int length) {
    running.update(data, offset, length);
  }

  /** Returns the digest and starts anew. */
  public Digest digest() {
    return Digest.of(algorithm, running.digest());
  }
}
