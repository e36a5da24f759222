package io.waybill.mail.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.exceptions.FailException;

/** A signer with each kind of key, and the two verifiers that know their keys. */
enum TestSigner {
  RSA,
  ED25519;

  private static final KeyPair RSA_KEYS = rsa(2048);
  private static final KeyPair ED25519_KEYS = keys("Ed25519");

  private static final IndependentVerifier VERIFIER =
      new IndependentVerifier(
          Map.of(
              "r1._domainkey.example.org", RSA.record(),
              "e1._domainkey.example.org", ED25519.record()));

  KeyPair keys() {
    return this == RSA ? RSA_KEYS : ED25519_KEYS;
  }

  DkimSigner.Builder signer() {
    return DkimSigner.builder()
        .domain("example.org")
        .selector(this == RSA ? "r1" : "e1")
        .key(keys().getPrivate())
        .publicKey(keys().getPublic());
  }

  private String record() {
    return signer().build().dnsRecord().value();
  }

  static List<String> verify(byte[] message) throws Exception {
    return VERIFIER.verify(message);
  }

  static KeyPair keys(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] seal(DkimSigner signer, byte[] message) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    signer.seal(() -> new ByteArrayInputStream(message), out);
    return out.toByteArray();
  }

  static byte[] seal(DkimSigner signer, String message) throws IOException {
    return seal(signer, message.getBytes(ISO_8859_1));
  }

  static boolean jdkimAccepts(byte[] message) throws Exception {
    DKIMVerifier jdkim = new DKIMVerifier((methods, selector, domain) -> List.of(RSA.record()));
    Locale locale = Locale.getDefault();
    Locale.setDefault(Locale.ROOT); // jDKIM lower-cases names by the default, which may be Turkish
    try {
      return !jdkim.verify(new ByteArrayInputStream(message)).isEmpty();
    } catch (FailException e) {
      return false;
    } finally {
      Locale.setDefault(locale);
    }
  }

  static String pem(String label, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }
}
