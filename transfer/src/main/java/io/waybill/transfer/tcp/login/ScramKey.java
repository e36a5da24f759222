package io.waybill.transfer.tcp.login;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.KeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a server keeps of a user's key (RFC 5802 3, RFC 7677): enough to check a login, not enough
 * to make one. Written as {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}, the
 * last three in base64.
 */
public final class ScramKey {
  public static final String MECHANISM = "SCRAM-SHA-256";

  /** RFC 7677 4 asks for at least this. */
  public static final int LEAST_ITERATIONS = 4096;

  /** A client counts no further, or a false server could keep it busy for ever. */
  public static final int MOST_ITERATIONS = 1_000_000;

  /** Keys are made, not thought up: stretching them further only makes logins slower. */
  public static final int DEFAULT_ITERATIONS = LEAST_ITERATIONS;

  public static final int HASH_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final Pattern FORMAT =
      Pattern.compile("SCRAM-SHA-256\\$(\\d{1,7}):([^$:]+)\\$([^$:]+):([^$:]+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  private ScramKey(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
  }

  /** Derives what to keep from a key, with a fresh salt. */
  public static ScramKey derive(String key, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] salted = saltedKey(key, salt, DEFAULT_ITERATIONS);
    return new ScramKey(
        DEFAULT_ITERATIONS, salt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key"));
  }

  /**
   * Makes what is shown for a user that does not exist: the same salt each time, a key nobody has.
   */
  public static ScramKey decoy(String user, byte[] serverSecret) {
    byte[] seed = hmac(serverSecret, user);
    return new ScramKey(
        DEFAULT_ITERATIONS,
        Arrays.copyOf(seed, SALT_BYTES),
        hmac(seed, "stored"),
        hmac(seed, "server"));
  }

  /**
   * Reads the written form.
   *
   * @throws IllegalArgumentException if it is not of that form; the message never repeats it
   */
  public static ScramKey parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>");
    }
    int iterations = Integer.parseInt(matcher.group(1));
    Base64.Decoder base64 = Base64.getDecoder();
    byte[] salt = base64.decode(matcher.group(2));
    byte[] storedKey = base64.decode(matcher.group(3));
    byte[] serverKey = base64.decode(matcher.group(4));
    if (iterations < LEAST_ITERATIONS
        || iterations > MOST_ITERATIONS
        || salt.length == 0
        || storedKey.length != HASH_BYTES
        || serverKey.length != HASH_BYTES) {
      throw new IllegalArgumentException(
          "SCRAM-SHA-256 needs 4096 to 1000000 iterations, a salt and two keys of 32 bytes");
    }
    return new ScramKey(iterations, salt, storedKey, serverKey);
  }

  /** Returns the written form, which holds no key that logs in. */
  public String format() {
    Base64.Encoder base64 = Base64.getEncoder();
    return "%s$%d:%s$%s:%s"
        .formatted(
            MECHANISM,
            iterations,
            base64.encodeToString(salt),
            base64.encodeToString(storedKey),
            base64.encodeToString(serverKey));
  }

  public int iterations() {
    return iterations;
  }

  public byte[] salt() {
    return salt.clone();
  }

  /** Says whether a client's proof shows that it has the key. */
  public boolean accepts(byte[] proof, String authMessage) {
    if (proof.length != HASH_BYTES) {
      return false;
    }
    byte[] clientKey = xor(proof, hmac(storedKey, authMessage));
    return MessageDigest.isEqual(sha256(clientKey), storedKey);
  }

  public byte[] serverSignature(String authMessage) {
    return hmac(serverKey, authMessage);
  }

  /** Stretches a key: PBKDF2 with HMAC-SHA-256. */
  public static byte[] saltedKey(String key, byte[] salt, int iterations) {
    requirePrintable("key", key);
    KeySpec spec = new PBEKeySpec(key.toCharArray(), salt, iterations, 8 * HASH_BYTES);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 17 has PBKDF2WithHmacSHA256", e);
    }
  }

  /**
   * Checks that SASLprep (RFC 4013) would leave the text as it is, which holds for printable ASCII.
   */
  public static void requirePrintable(String what, String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException(
          "A " + what + " is printable ASCII and not empty; this one is not");
    }
  }

  public static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public static byte[] xor(byte[] left, byte[] right) {
    byte[] result = new byte[left.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) (left[i] ^ right[i]);
    }
    return result;
  }

  @Override
  public String toString() {
    return "ScramKey[iterations=" + iterations + "]";
  }
}
