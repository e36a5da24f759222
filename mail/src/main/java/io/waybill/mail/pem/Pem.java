package io.waybill.mail.pem;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waybill.mail.MailException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads PEM text (RFC 7468): private and public keys (RSA, Ed25519, EC) and X.509 certificates.
 *
 * <p>What goes wrong is said without a cause: those of the platform may quote the key.
 */
public final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final List<String> ALGORITHMS = List.of("RSA", "Ed25519", "EC");

  private Pem() {}

  /**
   * Returns the private key of {@code BEGIN PRIVATE KEY} (PKCS #8) or {@code BEGIN RSA PRIVATE KEY}
   * (PKCS #1).
   *
   * @param key names the key in messages, such as {@code DKIM key of 2026._domainkey.example.org}
   * @throws MailException.KeyUnusable if there is none, it is encrypted, or of another kind
   */
  public static PrivateKey privateKey(String key, String pem) {
    Block block =
        find(pem, "PRIVATE KEY")
            .orElseThrow(
                () -> unusable(key, "the text holds no -----BEGIN PRIVATE KEY----- block"));
    byte[] pkcs8 =
        switch (block.label()) {
          case "PRIVATE KEY" -> block.decode(key);
          case "RSA PRIVATE KEY" -> {
            if (block.body().contains("Proc-Type:")) { // RFC 1421 4.6.1.1; no base64 has a colon
              throw encrypted(key);
            }
            yield Pkcs8.ofRsa(block.decode(key));
          }
          case "ENCRYPTED PRIVATE KEY" -> throw encrypted(key);
          case "OPENSSH PRIVATE KEY" ->
              throw unusable(key, "it is in OpenSSH's own form: make one with openssl genpkey");
          default ->
              throw unusable(
                  key,
                  "it is kept as -----BEGIN "
                      + block.label()
                      + "-----: convert it with openssl pkcs8 -topk8 -nocrypt");
        };
    for (String algorithm : ALGORITHMS) {
      Optional<PrivateKey> found = read(new PKCS8EncodedKeySpec(pkcs8), factory(algorithm));
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw unusable(key, "it is no RSA, Ed25519 or EC key, or damaged");
  }

  /**
   * Returns the public key of {@code BEGIN PUBLIC KEY} (SubjectPublicKeyInfo).
   *
   * @param key names the key in messages
   * @throws MailException.KeyUnusable if there is none, or it is of another kind
   */
  public static PublicKey publicKey(String key, String pem) {
    Block block =
        find(pem, "PUBLIC KEY")
            .filter(found -> found.label().equals("PUBLIC KEY"))
            .orElseThrow(() -> unusable(key, "the text holds no -----BEGIN PUBLIC KEY----- block"));
    KeySpec spec = new X509EncodedKeySpec(block.decode(key));
    for (String algorithm : ALGORITHMS) {
      Optional<PublicKey> found = readPublic(spec, factory(algorithm));
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw unusable(key, "it is no RSA, Ed25519 or EC key, or damaged");
  }

  /**
   * Returns the certificates of a file in their order, at least one.
   *
   * @throws MailException.KeyUnusable if it cannot be read, or holds none
   */
  public static List<X509Certificate> certificates(Path file) {
    String text;
    try {
      // Comments between the blocks may have any charset.
      text = new String(Files.readAllBytes(file), ISO_8859_1);
    } catch (IOException e) {
      throw new MailException.KeyUnusable(
          "certificate file " + file,
          "it cannot be read (" + e.getClass().getSimpleName() + ")",
          e);
    }
    return certificates("certificate file " + file, text);
  }

  /**
   * Returns the certificates of a text in their order, at least one.
   *
   * @param where names the text in messages
   * @throws MailException.KeyUnusable if it holds none, or one that cannot be read
   */
  public static List<X509Certificate> certificates(String where, String pem) {
    List<X509Certificate> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(pem);
    while (matcher.find()) {
      if (matcher.group(1).equals("CERTIFICATE")) {
        found.add(certificate(where, new Block("CERTIFICATE", matcher.group(2))));
      }
    }
    if (found.isEmpty()) {
      throw unusable(where, "it holds no -----BEGIN CERTIFICATE----- block");
    }
    return List.copyOf(found);
  }

  private static X509Certificate certificate(String where, Block block) {
    try {
      Certificate certificate =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.decode(where)));
      return (X509Certificate) certificate;
    } catch (CertificateException e) {
      throw unusable(where, "it holds a certificate that is damaged");
    }
  }

  private static Optional<PrivateKey> read(KeySpec spec, KeyFactory factory) {
    try {
      return Optional.of(factory.generatePrivate(spec));
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    }
  }

  private static Optional<PublicKey> readPublic(KeySpec spec, KeyFactory factory) {
    try {
      return Optional.of(factory.generatePublic(spec));
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    }
  }

  private static KeyFactory factory(String algorithm) {
    try {
      return KeyFactory.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }

  private static Optional<Block> find(String pem, String kind) {
    Matcher matcher = BLOCK.matcher(pem);
    while (matcher.find()) {
      if (matcher.group(1).endsWith(kind)) {
        return Optional.of(new Block(matcher.group(1), matcher.group(2)));
      }
    }
    return Optional.empty();
  }

  private static MailException.KeyUnusable encrypted(String key) {
    return unusable(
        key,
        "it is encrypted: decrypt it with openssl pkey, and let the file's mode or a secret store"
            + " protect it");
  }

  private static MailException.KeyUnusable unusable(String key, String why) {
    return new MailException.KeyUnusable(key, why, null);
  }

  /** One block; no record, as that would print the key. */
  private static final class Block {
    private final String label;
    private final String body;

    Block(String label, String body) {
      this.label = label;
      this.body = body;
    }

    String label() {
      return label;
    }

    String body() {
      return body;
    }

    byte[] decode(String key) {
      try {
        return Base64.getDecoder().decode(body.replaceAll("\\s", "").getBytes(US_ASCII));
      } catch (IllegalArgumentException e) {
        throw unusable(key, "its " + label + " block is not base64");
      }
    }
  }
}
