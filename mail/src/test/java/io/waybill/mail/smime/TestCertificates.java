package io.waybill.mail.smime;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Makes keys and certificates for mail, issued by an authority that lasts as long as the JVM. */
final class TestCertificates {
  static final Instant NOW = Instant.parse("2026-11-20T09:08:07Z");
  static final int SIGNING = KeyUsage.digitalSignature;
  static final int ALL = SIGNING | KeyUsage.keyEncipherment | KeyUsage.keyAgreement;

  private static final List<KeyPair> RSA = new ArrayList<>();
  private static final KeyPair AUTHORITY = keys("EC");
  private static final X500Principal AUTHORITY_NAME = new X500Principal("CN=Test authority");
  private static final X509Certificate AUTHORITY_CERTIFICATE =
      issue("CN=Test authority", AUTHORITY, null, KeyUsage.keyCertSign, null);
  private static int serial = 4096;

  private TestCertificates() {}

  /** A key pair with its certificate. */
  record Owner(KeyPair keys, X509Certificate certificate) {
    SmimeIdentity identity() {
      return SmimeIdentity.of(keys.getPrivate(), List.of(certificate, authority()));
    }
  }

  /** A pair of keys; those of RSA are dear, so that every third one is the first again. */
  static synchronized KeyPair keys(String algorithm) {
    if (!algorithm.equals("RSA")) {
      return generate(algorithm);
    }
    if (RSA.size() < 3) {
      RSA.add(generate(algorithm));
    } else {
      Collections.rotate(RSA, 1);
    }
    return RSA.get(RSA.size() - 1);
  }

  private static KeyPair generate(String algorithm) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (!algorithm.startsWith("Ed")) {
        generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
      }
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static X509Certificate authority() {
    return AUTHORITY_CERTIFICATE;
  }

  /** An owner whose certificate is valid from a day before {@link #NOW} for 30 days. */
  static Owner owner(String algorithm, String address) {
    return owner(algorithm, address, ALL, KeyPurposeId.id_kp_emailProtection);
  }

  static Owner owner(String algorithm, String address, int usage, @Nullable KeyPurposeId purpose) {
    KeyPair keys = keys(algorithm);
    return new Owner(keys, issue("CN=" + address, keys, address, usage, purpose));
  }

  private static synchronized X509Certificate issue(
      String subject,
      KeyPair keys,
      @Nullable String address,
      int usage,
      @Nullable KeyPurposeId purpose) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              AUTHORITY_NAME,
              BigInteger.valueOf(address == null ? 1 : serial++),
              Date.from(NOW.minus(Duration.ofDays(1))),
              Date.from(NOW.plus(Duration.ofDays(30))),
              new X500Principal(subject),
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(address == null));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
      if (purpose != null) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      }
      if (address != null) {
        GeneralName name = new GeneralName(GeneralName.rfc822Name, address);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(AUTHORITY.getPrivate())));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
