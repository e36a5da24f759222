package io.waybill.transfer.sftp;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A server's public key as it travels (RFC 4253 6.6): its type, then what belongs to it. */
final class HostKey {
  private static final int LONGEST_TYPE = 64;

  private final byte[] blob;

  HostKey(byte[] blob) {
    this.blob = blob.clone();
  }

  byte[] blob() {
    return blob.clone();
  }

  /** Returns {@code ssh-ed25519} and the like; {@code unknown} if it cannot be read. */
  String type() {
    try {
      ByteBuffer fields = ByteBuffer.wrap(blob);
      int length = fields.getInt();
      if (length < 1 || length > LONGEST_TYPE) {
        return "unknown";
      }
      byte[] type = new byte[length];
      fields.get(type);
      return new String(type, StandardCharsets.US_ASCII);
    } catch (BufferUnderflowException e) {
      return "unknown";
    }
  }

  byte[] sha256() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(blob);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Returns what {@code ssh-keygen -lf} prints: {@code SHA256:} and base64 without padding. */
  String fingerprint() {
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(sha256());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HostKey key && Arrays.equals(blob, key.blob);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(blob);
  }

  /** Returns type and fingerprint. */
  @Override
  public String toString() {
    return type() + " " + fingerprint();
  }
}
