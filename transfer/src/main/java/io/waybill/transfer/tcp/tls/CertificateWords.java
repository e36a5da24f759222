package io.waybill.transfer.tcp.tls;

import java.security.cert.X509Certificate;

/** Says of a certificate what a person compares. */
public final class CertificateWords {
  private CertificateWords() {}

  /** Returns whose it is, who issued it, until when it is valid, and its key's pin. */
  public static String of(X509Certificate certificate) {
    String subject = certificate.getSubjectX500Principal().toString();
    String issuer = certificate.getIssuerX500Principal().toString();
    return "%s (issued by %s, valid until %s, key %s)"
        .formatted(
            printable(subject),
            issuer.equals(subject) ? "itself" : printable(issuer),
            certificate.getNotAfter().toInstant(),
            Pin.of(certificate));
  }

  // names in a certificate are the peer's own
  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
