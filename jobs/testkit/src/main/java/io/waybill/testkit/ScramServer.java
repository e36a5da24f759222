package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The server's side of one login with SCRAM-SHA-256 (RFC 5802, RFC 7677). */
final class ScramServer {
  private static final int HASH_BITS = 256;

  private final byte[] salt;
  private final int iterations;
  private final String ownNonce;
  private String channel = "";
  private String clientFirstBare = "";
  private String user = "";
  private String serverFirst = "";

  ScramServer(byte[] salt, int iterations, String ownNonce) {
    this.salt = salt.clone();
    this.iterations = iterations;
    this.ownNonce = ownNonce;
  }

  /**
   * Answers {@code n,,n=user,r=nonce}; empty if that is not it, or asks for a channel binding.
   *
   * @param isHonest whether our nonce begins with the client's, as it must
   */
  Optional<String> first(String clientFirst, boolean isHonest) {
    String[] parts = clientFirst.split(",", -1);
    if (parts.length < 4
        || !parts[0].matches("[ny]")
        || !parts[2].startsWith("n=")
        || !parts[3].matches("r=.+")) {
      return Optional.empty();
    }
    channel = parts[0] + "," + parts[1] + ",";
    clientFirstBare = clientFirst.substring(channel.length());
    user = parts[2].substring(2).replace("=2C", ",").replace("=3D", "=");
    String clientNonce = parts[3].substring(2);
    serverFirst =
        "r="
            + (isHonest ? clientNonce : "")
            + ownNonce
            + ",s="
            + Base64.getEncoder().encodeToString(salt)
            + ",i="
            + iterations;
    return Optional.of(serverFirst);
  }

  /** Returns who wants to log in. */
  String user() {
    return user;
  }

  /**
   * Answers {@code c=channel,r=nonce,p=proof} with the server's signature; empty if the proof does
   * not hold.
   */
  Optional<String> last(String clientFinal, String password) {
    int at = clientFinal.lastIndexOf(",p=");
    String nonce = serverFirst.substring(0, serverFirst.indexOf(",s="));
    String expected = "c=" + Base64.getEncoder().encodeToString(channel.getBytes(UTF_8));
    if (at < 0 || !clientFinal.substring(0, at).equals(expected + "," + nonce)) {
      return Optional.empty();
    }
    byte[] proof;
    try {
      proof = Base64.getDecoder().decode(clientFinal.substring(at + 3));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    try {
      byte[] salted = salted(password);
      byte[] storedKey = sha256(hmac(salted, "Client Key"));
      String dialogue = clientFirstBare + "," + serverFirst + "," + clientFinal.substring(0, at);
      if (!MessageDigest.isEqual(storedKey, sha256(combined(proof, hmac(storedKey, dialogue))))) {
        return Optional.empty();
      }
      byte[] signature = hmac(hmac(salted, "Server Key"), dialogue);
      return Optional.of("v=" + Base64.getEncoder().encodeToString(signature));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] salted(String password) throws GeneralSecurityException {
    return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BITS))
        .getEncoded();
  }

  private static byte[] combined(byte[] one, byte[] other) {
    byte[] result = new byte[other.length];
    for (int i = 0; i < result.length && one.length == other.length; i++) {
      result[i] = (byte) (one[i] ^ other[i]);
    }
    return result;
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
