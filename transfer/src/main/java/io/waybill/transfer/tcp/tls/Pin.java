package io.waybill.transfer.tcp.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Identifies a public key: the SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469 2.4), so a
 * certificate renewed with the same key keeps it. Text form: {@code sha-256:} and 43 characters of
 * base64url.
 */
public final class Pin {
  private static final String PREFIX = "sha-256:";
  private static final int BYTES = 32;
  private static final int LONGEST = 44;

  private final byte[] hash;

  private Pin(byte[] hash) {
    this.hash = hash;
  }

  /** Computes the pin of a certificate's key. */
  public static Pin of(X509Certificate certificate) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return new Pin(digest.digest(certificate.getPublicKey().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Reads the text form; ordinary base64 and padding are taken as well.
   *
   * @throws IllegalArgumentException if the text does not start with {@code sha-256:}, is not
   *     base64, or does not hold 32 bytes
   */
  public static Pin parse(String text) {
    String trimmed = text.strip();
    if (!trimmed.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "a pin starts with sha-256: and goes on with 43 characters of base64url");
    }
    String encoded = trimmed.substring(PREFIX.length());
    if (encoded.length() > LONGEST) {
      throw wrongLength(encoded.length());
    }
    byte[] hash;
    try {
      hash = Base64.getUrlDecoder().decode(encoded.replace('+', '-').replace('/', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the pin is not base64url after sha-256: (" + e.getMessage() + ")", e);
    }
    if (hash.length != BYTES) {
      throw wrongLength(encoded.length());
    }
    return new Pin(hash);
  }

  private static IllegalArgumentException wrongLength(int length) {
    return new IllegalArgumentException(
        "a pin has 43 characters (44 with padding) after sha-256:, this one has " + length);
  }

  /** Tells whether the certificate has this key, in constant time. */
  public boolean matches(X509Certificate certificate) {
    return MessageDigest.isEqual(hash, of(certificate).hash);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Pin pin && MessageDigest.isEqual(hash, pin.hash);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  /** Returns the text form. */
  @Override
  public String toString() {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }
}
