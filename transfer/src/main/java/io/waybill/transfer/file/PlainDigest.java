package io.waybill.transfer.file;

import io.waybill.transfer.Digest;
import io.waybill.transfer.chunk.Crc32cCombine;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A digest over bytes as they come: any algorithm but the tree's. */
public final class PlainDigest {
  private final Digest.Algorithm algorithm;
  private final @Nullable MessageDigest running;
  private final CRC32C crc = new CRC32C();
  private int sumBefore; // of the bytes that a copy's original had taken
  private long crcBytes;

  /**
   * Starts with no bytes.
   *
   * @throws IllegalArgumentException for the tree's algorithm, or one this Java lacks
   */
  public PlainDigest(Digest.Algorithm algorithm) {
    this.algorithm = algorithm;
    try {
      this.running =
          algorithm == Digest.Algorithm.CRC32C
              ? null
              : MessageDigest.getInstance(nameOf(algorithm));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException("This Java has no " + algorithm.label(), e);
    }
  }

  private PlainDigest(Digest.Algorithm algorithm, @Nullable MessageDigest running, int sumBefore) {
    this.algorithm = algorithm;
    this.running = running;
    this.sumBefore = sumBefore;
  }

  /** Returns another one that has taken the same bytes; empty if this Java cannot copy it. */
  public Optional<PlainDigest> copy() {
    try {
      MessageDigest copied = running == null ? null : (MessageDigest) running.clone();
      return Optional.of(new PlainDigest(algorithm, copied, sum()));
    } catch (CloneNotSupportedException e) {
      return Optional.empty();
    }
  }

  private int sum() {
    return Crc32cCombine.combine(sumBefore, (int) crc.getValue(), crcBytes);
  }

  private static String nameOf(Digest.Algorithm algorithm) {
    return switch (algorithm) {
      case SHA_256 -> "SHA-256";
      case SHA_512 -> "SHA-512";
      case SHA_1 -> "SHA-1";
      case MD5 -> "MD5";
      case SHA_256_TREE, CRC32C ->
          throw new IllegalArgumentException("A tree digest does not run along");
    };
  }

  /** Returns what it computes. */
  public Digest.Algorithm algorithm() {
    return algorithm;
  }

  /** Takes the remaining bytes, whose position stays. */
  public void update(ByteBuffer data) {
    if (running != null) {
      running.update(data.duplicate());
    } else {
      crc.update(data.duplicate());
      crcBytes += data.remaining();
    }
  }

  /** Takes bytes. */
  public void update(byte[] data, int offset, int length) {
    update(ByteBuffer.wrap(data, offset, length));
  }

  /** Returns the digest and starts anew. */
  public Digest digest() {
    if (running != null) {
      return Digest.of(algorithm, running.digest());
    }
    int value = sum();
    crc.reset();
    sumBefore = 0;
    crcBytes = 0;
    return Digest.of(algorithm, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }
}
