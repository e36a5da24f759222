package io.waybill.mail.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.waybill.mail.MailException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Signs with one private key by the algorithm that fits it; shows nothing of the key. */
final class DkimKey {
  private static final int LEAST_RSA_BITS = 1024;
  private static final int RAW_ED25519_BYTES = 32;

  private final String name;
  private final PrivateKey key;
  private final boolean isRsa;

  private DkimKey(String name, PrivateKey key, boolean isRsa) {
    this.name = name;
    this.key = key;
    this.isRsa = isRsa;
  }

  /**
   * Takes a key for signing.
   *
   * @throws MailException.KeyUnusable if it is neither Ed25519 nor RSA of 1024 bits or more
   */
  static DkimKey of(String name, PrivateKey key) {
    if (key.getAlgorithm().equals("RSA")) {
      // A key in a hardware module may keep its size to itself.
      int bits = key instanceof RSAKey rsa ? rsa.getModulus().bitLength() : LEAST_RSA_BITS;
      if (bits < LEAST_RSA_BITS) {
        throw new MailException.KeyUnusable(
            name,
            "it has " + bits + " bits, and verifiers take 1024 and more: make one of 2048",
            null);
      }
      return new DkimKey(name, key, true);
    }
    String curve =
        key instanceof EdECKey edwards ? edwards.getParams().getName() : key.getAlgorithm();
    if (!curve.toLowerCase(Locale.ROOT).equals("ed25519")) {
      throw new MailException.KeyUnusable(
          name, "DKIM knows RSA and Ed25519 keys, and this one is " + curve, null);
    }
    return new DkimKey(name, key, false);
  }

  /** Returns what {@code a=} says. */
  String algorithm() {
    return isRsa ? "rsa-sha256" : "ed25519-sha256";
  }

  /** Returns the signature of text whose characters are bytes. */
  byte[] sign(String text) {
    try {
      Signature signature = Signature.getInstance(isRsa ? "SHA256withRSA" : "Ed25519");
      signature.initSign(key);
      signature.update(signedBytes(text));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new MailException.KeyUnusable(name, "signing with it failed", e);
    }
  }

  /** RFC 8463 3: Ed25519 signs the digest of the header, not the header. */
  private byte[] signedBytes(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    return isRsa ? bytes : RelaxedBody.sha256().digest(bytes);
  }

  /**
   * Returns what the TXT record says of the public key that belongs to this one.
   *
   * @throws MailException.KeyUnusable if the given one is another's, or none was given and none can
   *     be derived
   */
  String record(Optional<PublicKey> given) {
    PublicKey publicKey = given.or(this::derived).orElseThrow(this::noPublicKey);
    if (!belongs(publicKey)) {
      throw new MailException.KeyUnusable(name, "the public key given is another key's", null);
    }
    byte[] info = publicKey.getEncoded();
    byte[] value =
        isRsa ? info : Arrays.copyOfRange(info, info.length - RAW_ED25519_BYTES, info.length);
    return "v=DKIM1; k="
        + (isRsa ? "rsa" : "ed25519")
        + "; p="
        + Base64.getEncoder().encodeToString(value);
  }

  private Optional<PublicKey> derived() {
    if (!(key instanceof RSAPrivateCrtKey crt)) {
      return Optional.empty();
    }
    try {
      RSAPublicKeySpec spec = new RSAPublicKeySpec(crt.getModulus(), crt.getPublicExponent());
      return Optional.of(KeyFactory.getInstance("RSA").generatePublic(spec));
    } catch (GeneralSecurityException e) {
      throw new MailException.KeyUnusable(name, "its public key cannot be derived", e);
    }
  }

  private MailException.KeyUnusable noPublicKey() {
    return new MailException.KeyUnusable(
        name,
        "its public key cannot be derived from it: give that, too (openssl pkey -pubout)",
        null);
  }

  private boolean belongs(PublicKey publicKey) {
    String probe = "which key is it";
    try {
      Signature signature = Signature.getInstance(isRsa ? "SHA256withRSA" : "Ed25519");
      signature.initVerify(publicKey);
      signature.update(signedBytes(probe));
      return signature.verify(sign(probe));
    } catch (GeneralSecurityException e) {
      return false; // a key of another kind or size
    }
  }
}
