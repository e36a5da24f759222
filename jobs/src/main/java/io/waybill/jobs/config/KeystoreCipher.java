package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Turns secrets by name into the bytes of a keystore and back: two lines, the first of which says
 * how the second is sealed (AES-256-GCM; the first line is authenticated with it).
 *
 * <pre>
 * waybill-keystore/1 ROUNDS SALT CHECK NONCE
 * SEALED
 * </pre>
 *
 * The master key is stretched by PBKDF2-HMAC-SHA-256; CHECK is of the stretched key, so that a
 * wrong one can be told from a file that was changed. All in base64 but the number.
 */
final class KeystoreCipher {
  private static final String MAGIC = "waybill-keystore/1";
  static final int ROUNDS = 200_000;
  private static final int MOST_ROUNDS = 5_000_000;
  private static final int KEY_BITS = 256;
  private static final int TAG_BITS = 128;
  private static final int CHECK_BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path file;
  private final int rounds;
  private volatile @Nullable Stretched last;

  /**
   * A master key that was stretched: to do it again for each secret would cost a tenth of a second.
   */
  private static final class Stretched {
    final String masterKey;
    final String salt;
    final int rounds;
    final byte[] key;

    Stretched(String masterKey, String salt, int rounds, byte[] key) {
      this.masterKey = masterKey;
      this.salt = salt;
      this.rounds = rounds;
      this.key = key;
    }
  }

  /**
   * Prepares.
   *
   * @param file for messages
   * @param rounds by which the master key is stretched when something is sealed
   */
  KeystoreCipher(Path file, int rounds) {
    this.file = file;
    this.rounds = rounds;
  }

  byte[] seal(String masterKey, Map<String, String> secrets) {
    byte[] salt = random(16);
    byte[] nonce = random(12);
    byte[] stretched = stretch(masterKey, text(salt), rounds);
    String head =
        String.join(
            " ", MAGIC, String.valueOf(rounds), text(salt), text(check(stretched)), text(nonce));
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, stretched, nonce, head).doFinal(plain(secrets));
      return (head + "\n" + text(sealed) + "\n").getBytes(StandardCharsets.US_ASCII);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is not there", e);
    }
  }

  /**
   * Opens.
   *
   * @throws JobException.Configuration if the bytes are no keystore, the master key is another's,
   *     or they were changed
   */
  SortedMap<String, String> open(String masterKey, byte[] bytes) {
    String[] lines = new String(bytes, StandardCharsets.US_ASCII).split("\n", -1);
    String[] head = lines[0].split(" ", -1);
    if (!head[0].equals(MAGIC)) {
      throw new JobException.Configuration(
          file + " is no keystore of this version of waybill; name another, or move it away");
    }
    if (head.length != 5 || lines.length != 3) {
      throw damaged(null);
    }
    try {
      int given = Integer.parseInt(head[1]);
      if (given < 1 || given > MOST_ROUNDS) {
        throw damaged(null);
      }
      byte[] stretched = stretch(masterKey, head[2], given);
      if (!MessageDigest.isEqual(check(stretched), bytes(head[3]))) {
        throw new JobException.Configuration(
            "the master key is not that of keystore "
                + file
                + "; it is the text in $"
                + MasterKey.VARIABLE
                + " or the file in $"
                + MasterKey.FILE_VARIABLE);
      }
      return secrets(
          cipher(Cipher.DECRYPT_MODE, stretched, bytes(head[4]), lines[0])
              .doFinal(bytes(lines[1])));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw damaged(e);
    }
  }

  private JobException.Configuration damaged(@Nullable Exception cause) {
    return new JobException.Configuration(
        "keystore "
            + file
            + " is damaged, or was changed by something else than waybill; bring back a copy, or"
            + " delete it and set its secrets again",
        cause);
  }

  private byte[] stretch(String masterKey, String salt, int rounds) {
    Stretched known = last;
    if (known != null
        && known.masterKey.equals(masterKey)
        && known.salt.equals(salt)
        && known.rounds == rounds) {
      return known.key;
    }
    try {
      PBEKeySpec spec = new PBEKeySpec(masterKey.toCharArray(), bytes(salt), rounds, KEY_BITS);
      byte[] key =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
      last = new Stretched(masterKey, salt, rounds, key);
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key cannot be stretched", e);
    }
  }

  private static byte[] check(byte[] stretched) {
    return Arrays.copyOf(derived(stretched, "check"), CHECK_BYTES);
  }

  private static byte[] derived(byte[] stretched, String use) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(stretched, "HmacSHA256"));
      return mac.doFinal((MAGIC + " " + use).getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC is not there", e);
    }
  }

  private static Cipher cipher(int mode, byte[] stretched, byte[] nonce, String head)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(derived(stretched, "seal"), "AES"),
        new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(head.getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }

  private static byte[] plain(Map<String, String> secrets) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      out.writeInt(secrets.size());
      for (Map.Entry<String, String> secret : secrets.entrySet()) {
        write(secret.getKey(), out);
        write(secret.getValue(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(String text, DataOutputStream out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  // what is read here was authenticated: only this program can have written it
  private static SortedMap<String, String> secrets(byte[] plain) {
    SortedMap<String, String> secrets = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String name = read(in);
        secrets.put(name, read(in));
      }
      return secrets;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static String text(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] bytes(String text) {
    return Base64.getDecoder().decode(text);
  }
}
