package io.waybill.mail.sasl;

import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Holds the first word of a SCRAM server (RFC 5802 7): {@code r=<nonce>,s=<salt>,i=<iterations>},
 * and extensions behind it, which are left alone.
 */
final class ScramChallenge {
  /** RFC 7677 4: fewer make the password cheap to guess for who sees the exchange. */
  static final int LEAST_ITERATIONS = 4096;

  /** A false server could otherwise keep us counting for ever; this many take about a second. */
  static final int MOST_ITERATIONS = 1_000_000;

  private static final Pattern NONCE = Pattern.compile("[!-+\\--~]{1,1024}");
  private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,9}");

  private final String nonce;
  private final byte[] salt;
  private final int iterations;

  private ScramChallenge(String nonce, byte[] salt, int iterations) {
    this.nonce = nonce;
    this.salt = salt;
    this.iterations = iterations;
  }

  static ScramChallenge parse(String text, String clientNonce) throws SaslException {
    String[] parts = text.split(",", -1);
    for (String part : parts) {
      if (part.startsWith("m=")) {
        throw new SaslException("the server demands an extension of SCRAM that is not known here");
      }
    }
    String nonce = attribute(parts, 0, "r=");
    byte[] salt = base64(attribute(parts, 1, "s="));
    String count = attribute(parts, 2, "i=");
    if (!NONCE.matcher(nonce).matches()
        || !nonce.startsWith(clientNonce)
        || nonce.length() == clientNonce.length()) {
      throw new SaslException("the server's nonce does not continue ours");
    }
    if (salt.length == 0) {
      throw new SaslException("the server sends no salt");
    }
    return new ScramChallenge(nonce, salt, iterations(count));
  }

  private static int iterations(String count) throws SaslException {
    if (!COUNT.matcher(count).matches()) {
      throw new SaslException("the server's iteration count is no number");
    }
    long iterations = Long.parseLong(count);
    if (iterations < LEAST_ITERATIONS) {
      throw new SaslException(
          "the server asks for "
              + iterations
              + " iterations, fewer than the 4096 that keep a password safe (RFC 7677);"
              + " its administrator can raise them, or set another mechanism");
    }
    if (iterations > MOST_ITERATIONS) {
      throw new SaslException(
          "the server asks for " + iterations + " iterations, more than 1000000 are not counted");
    }
    return (int) iterations;
  }

  private static String attribute(String[] parts, int index, String prefix) throws SaslException {
    if (index >= parts.length || !parts[index].startsWith(prefix)) {
      throw new SaslException("the server's challenge is none of SCRAM");
    }
    return parts[index].substring(prefix.length());
  }

  static byte[] base64(String text) throws SaslException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new SaslException("the server's challenge holds what should be base64 and is not");
    }
  }

  String nonce() {
    return nonce;
  }

  byte[] salt() {
    return salt.clone();
  }

  int iterations() {
    return iterations;
  }
}
