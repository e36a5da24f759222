package io.waybill.mail.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Holds what both ends of a SCRAM login prove (RFC 5802 3), with SHA-256:
 *
 * <pre>
 *   salted    = PBKDF2(password, salt, iterations)
 *   clientKey = HMAC(salted, "Client Key")
 *   proof     = clientKey XOR HMAC(SHA-256(clientKey), authMessage)
 *   signature = HMAC(HMAC(salted, "Server Key"), authMessage)
 * </pre>
 */
final class ScramProof {
  private static final int HASH_BITS = 256;

  private final byte[] clientProof;
  private final byte[] serverSignature;

  private ScramProof(byte[] clientProof, byte[] serverSignature) {
    this.clientProof = clientProof;
    this.serverSignature = serverSignature;
  }

  static ScramProof of(String password, ScramChallenge challenge, String authMessage) {
    try {
      byte[] salted = salted(password, challenge);
      byte[] clientKey = hmac(salted, "Client Key");
      byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
      return new ScramProof(
          xor(clientKey, hmac(storedKey, authMessage)),
          hmac(hmac(salted, "Server Key"), authMessage));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 has PBKDF2 and HMAC with SHA-256", e);
    }
  }

  private static byte[] salted(String password, ScramChallenge challenge)
      throws GeneralSecurityException {
    PBEKeySpec spec =
        new PBEKeySpec(password.toCharArray(), challenge.salt(), challenge.iterations(), HASH_BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } finally {
      spec.clearPassword();
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] xor(byte[] left, byte[] right) {
    byte[] result = new byte[left.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) (left[i] ^ right[i]);
    }
    return result;
  }

  byte[] clientProof() {
    return clientProof;
  }

  byte[] serverSignature() {
    return serverSignature;
  }
}
