package io.waybill.mail.smime;

import io.waybill.mail.MailException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses certificates that the other side would refuse, before anything is sealed with them. */
final class CertificateRules {
  // The bits of KeyUsage (RFC 5280 4.2.1.3).
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int NON_REPUDIATION = 1;
  private static final int KEY_ENCIPHERMENT = 2;
  private static final int KEY_AGREEMENT = 4;
  private static final String EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private CertificateRules() {}

  /** Names a certificate in messages: whose it is, and which one. */
  static String name(X509Certificate certificate) {
    return "certificate of "
        + certificate.getSubjectX500Principal().getName()
        + " (serial "
        + certificate.getSerialNumber().toString(16)
        + ")";
  }

  /** Demands that the certificate is valid at this time. */
  static void requireValid(X509Certificate certificate, Instant now) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(from)) {
      throw unusable(certificate, "it is not valid before " + from);
    }
    if (now.isAfter(until)) {
      throw unusable(certificate, "it expired at " + until + ": get a new one");
    }
  }

  /** Demands that mail may be signed with the certificate's key, which is RSA or EC. */
  static void requireSigning(X509Certificate certificate) {
    requireAlgorithm(certificate);
    requireMail(certificate);
    boolean @Nullable [] usage = certificate.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[NON_REPUDIATION]) {
      throw unusable(certificate, "its key usage does not include digitalSignature");
    }
  }

  /** Demands that mail may be encrypted to the certificate's key, which is RSA or EC. */
  static void requireEncryption(X509Certificate certificate) {
    requireAlgorithm(certificate);
    requireMail(certificate);
    boolean @Nullable [] usage = certificate.getKeyUsage();
    boolean rsa = isRsa(certificate);
    if (usage != null && !usage[rsa ? KEY_ENCIPHERMENT : KEY_AGREEMENT]) {
      throw unusable(
          certificate,
          "its key usage does not include " + (rsa ? "keyEncipherment" : "keyAgreement"));
    }
  }

  static boolean isRsa(X509Certificate certificate) {
    return certificate.getPublicKey().getAlgorithm().equals("RSA");
  }

  private static void requireAlgorithm(X509Certificate certificate) {
    String algorithm = certificate.getPublicKey().getAlgorithm();
    if (!algorithm.equals("RSA") && !algorithm.equals("EC")) {
      throw unusable(certificate, "its key is " + algorithm + ", and RSA or EC is needed");
    }
  }

  private static void requireMail(X509Certificate certificate) {
    List<String> purposes;
    try {
      purposes = certificate.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      throw new MailException.KeyUnusable(name(certificate), "its key usage cannot be read", e);
    }
    if (purposes != null
        && !purposes.contains(EMAIL_PROTECTION)
        && !purposes.contains(ANY_PURPOSE)) {
      throw unusable(certificate, "its extended key usage does not include emailProtection");
    }
  }

  private static MailException.KeyUnusable unusable(X509Certificate certificate, String why) {
    return new MailException.KeyUnusable(name(certificate), why, null);
  }
}
