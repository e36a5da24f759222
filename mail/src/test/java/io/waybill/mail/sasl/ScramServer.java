package io.waybill.mail.sasl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Is the other end of SCRAM-SHA-256, written from RFC 5802 3 alone: it knows only stored keys. */
final class ScramServer {
  private final byte[] salt;
  private final int iterations;
  private final byte[] storedKey;
  private final byte[] serverKey;
  private String authMessage = "";

  ScramServer(String preparedPassword, byte[] salt, int iterations)
      throws GeneralSecurityException {
    this.salt = salt;
    this.iterations = iterations;
    byte[] salted = stretch(preparedPassword.getBytes(UTF_8), salt, iterations);
    storedKey = sha256(hmac(salted, "Client Key".getBytes(UTF_8)));
    serverKey = hmac(salted, "Server Key".getBytes(UTF_8));
  }

  String first(String clientFirst, String extension) {
    String bare = clientFirst.substring("n,,".length());
    String nonce = bare.substring(bare.indexOf(",r=") + 3);
    String first =
        "r=%sSERVER%%,s=%s,i=%d%s"
            .formatted(nonce, Base64.getEncoder().encodeToString(salt), iterations, extension);
    authMessage = bare + "," + first;
    return first;
  }

  /** Answers with the server's signature, or {@code e=invalid-proof}. */
  String last(String clientFinal) throws GeneralSecurityException {
    int at = clientFinal.indexOf(",p=");
    authMessage += "," + clientFinal.substring(0, at);
    byte[] proof = Base64.getDecoder().decode(clientFinal.substring(at + 3));
    byte[] signature = hmac(storedKey, authMessage.getBytes(UTF_8));
    for (int i = 0; i < proof.length; i++) {
      proof[i] ^= signature[i];
    }
    return Arrays.equals(sha256(proof), storedKey)
        ? "v=" + Base64.getEncoder().encodeToString(hmac(serverKey, authMessage.getBytes(UTF_8)))
        : "e=invalid-proof";
  }

  private static byte[] stretch(byte[] password, byte[] salt, int iterations)
      throws GeneralSecurityException {
    byte[] block = Arrays.copyOf(salt, salt.length + 4);
    block[block.length - 1] = 1;
    byte[] each = hmac(password, block);
    byte[] sum = each.clone();
    for (int i = 1; i < iterations; i++) {
      each = hmac(password, each);
      for (int j = 0; j < sum.length; j++) {
        sum[j] ^= each[j];
      }
    }
    return sum;
  }

  private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
