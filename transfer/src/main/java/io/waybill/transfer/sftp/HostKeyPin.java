package io.waybill.transfer.sftp;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;

/** The SHA-256 of a host key, as people write it. */
final class HostKeyPin {
  private static final String OPENSSH = "SHA256:";
  private static final String OURS = "sha-256:";
  private static final int BYTES = 32;

  private final byte[] hash;

  private HostKeyPin(byte[] hash) {
    this.hash = hash;
  }

  /**
   * Reads {@code SHA256:<base64>}, as ssh-keygen -lf prints it, or {@code sha-256:} and hexadecimal
   * or base64url.
   *
   * @throws IllegalArgumentException if it is neither, or not of 32 bytes
   */
  static HostKeyPin parse(String text) {
    String trimmed = text.strip();
    String encoded;
    if (trimmed.startsWith(OPENSSH)) {
      encoded = trimmed.substring(OPENSSH.length());
    } else if (trimmed.startsWith(OURS)) {
      encoded = trimmed.substring(OURS.length());
    } else {
      throw new IllegalArgumentException(
          "A host key pin is SHA256: and 43 characters of base64, as ssh-keygen -lf prints it, or"
              + " sha-256: and 64 hexadecimal digits");
    }
    byte[] hash;
    try {
      hash =
          encoded.length() == 2 * BYTES
              ? HexFormat.of().parseHex(encoded.toLowerCase(Locale.ROOT))
              : Base64.getUrlDecoder().decode(encoded.replace('+', '-').replace('/', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The host key pin is neither base64 nor hexadecimal after its colon", e);
    }
    if (hash.length != BYTES) {
      throw new IllegalArgumentException(
          "A host key pin has 43 characters of base64 or 64 hexadecimal digits after its colon,"
              + " this one has "
              + encoded.length());
    }
    return new HostKeyPin(hash);
  }

  boolean matches(HostKey key) {
    return MessageDigest.isEqual(hash, key.sha256());
  }

  /** Returns it as OpenSSH writes it. */
  @Override
  public String toString() {
    return OPENSSH + Base64.getEncoder().withoutPadding().encodeToString(hash);
  }
}
