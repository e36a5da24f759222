package io.waybill.transfer.tcp.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and writes PEM files (RFC 7468) of at most 1 MiB. */
final class Pem {
  private static final int LARGEST = 1 << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  private final Path file;
  private final String text;

  private Pem(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  static Pem read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IdentityException(file + " is larger than 1 MiB, which no PEM file here needs");
      }
      return new Pem(file, new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw missing(file, e);
    } catch (AccessDeniedException e) {
      throw new IdentityException(
          file + " may not be read by this user; look at its owner and mode: ls -l " + file, e);
    }
  }

  static IdentityException missing(Path file, @Nullable IOException cause) {
    return new IdentityException(file + " does not exist; correct the name of the file", cause);
  }

  static String write(String label, byte[] content) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
  }

  /** Reads every certificate, in the order of the file; at least one. */
  List<X509Certificate> certificates() throws IdentityException {
    List<X509Certificate> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if ("CERTIFICATE".equals(matcher.group(1))) {
        found.add(certificate(decode(matcher.group(2))));
      }
    }
    if (found.isEmpty()) {
      throw new IdentityException(
          file + " holds no certificate: a PEM file with BEGIN CERTIFICATE is needed");
    }
    return List.copyOf(found);
  }

  private X509Certificate certificate(byte[] der) throws IdentityException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IdentityException("a certificate in " + file + " cannot be read", e);
    }
  }

  /** Reads the one private key, unencrypted PKCS#8. */
  PrivateKey privateKey() throws IdentityException {
    byte[] key = null;
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      String label = matcher.group(1);
      if ("PRIVATE KEY".equals(label)) {
        if (key != null) {
          throw new IdentityException(file + " holds more than one private key; leave one");
        }
        key = decode(matcher.group(2));
      }
    }
    if (key == null) {
      throw noKey();
    }
    return privateKey(key);
  }

  private IdentityException noKey() {
    // not by BLOCK: the old encrypted forms have header lines with a hyphen
    String convert =
        "; convert it: openssl pkcs8 -topk8 -nocrypt -in " + file + " -out new-key.pem";
    if (text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || text.contains("Proc-Type: 4,ENCRYPTED")) {
      return new IdentityException(
          "the key in "
              + file
              + " is encrypted; decrypt it: openssl pkey -in "
              + file
              + " -out new-key.pem (and chmod 600 new-key.pem)");
    }
    if (text.contains("-----BEGIN RSA PRIVATE KEY-----")) {
      return new IdentityException("the key in " + file + " is PKCS#1, not PKCS#8" + convert);
    }
    if (text.contains("-----BEGIN EC PRIVATE KEY-----")) {
      return new IdentityException("the key in " + file + " is SEC1, not PKCS#8" + convert);
    }
    return new IdentityException(
        file + " holds no private key: a PEM file with BEGIN PRIVATE KEY (PKCS#8) is needed");
  }

  private PrivateKey privateKey(byte[] der) throws IdentityException {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // of another algorithm: the next one is tried, the last failure is said below
      } catch (GeneralSecurityException e) {
        throw new IdentityException("this JDK has no " + algorithm + " keys", e);
      }
    }
    // no cause: its text may quote bytes of the key
    throw new IdentityException(
        "the private key in " + file + " is damaged, or neither EC, RSA nor Ed25519");
  }

  private byte[] decode(String base64) throws IdentityException {
    try {
      return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      // no cause: its text may quote characters of a key
      throw new IdentityException(
          file + " is damaged: what stands between BEGIN and END is no base64");
    }
  }
}
