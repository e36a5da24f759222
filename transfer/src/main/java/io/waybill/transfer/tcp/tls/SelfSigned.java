package io.waybill.transfer.tcp.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/**
 * Makes a certificate that its own EC key signs (RFC 5280 4.1):
 *
 * <pre>
 * Certificate
 * +- tbsCertificate
 * |  +- [0] version 3
 * |  +- serialNumber       127 random bits
 * |  +- signature          ecdsa-with-SHA256
 * |  +- issuer             CN
 * |  +- validity           yesterday, 10 years on
 * |  +- subject            CN, the same
 * |  +- subjectPublicKeyInfo
 * |  +- [3] extensions
 * |     +- basicConstraints critical   not a CA
 * |     +- keyUsage critical           digitalSignature
 * |     +- extKeyUsage                 server, client
 * |     +- subjectAltName              name, localhost, 127.0.0.1, ::1
 * +- signatureAlgorithm    ecdsa-with-SHA256
 * +- signatureValue
 * </pre>
 */
final class SelfSigned {
  private static final byte[] ECDSA_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final Pattern DNS =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final int YEARS = 10;

  private SelfSigned() {}

  static X509Certificate make(KeyPair keys, String name, Instant now, SecureRandom random)
      throws GeneralSecurityException {
    Instant from = now.atZone(ZoneOffset.UTC).minusDays(1).toInstant();
    Instant until = from.atZone(ZoneOffset.UTC).plusYears(YEARS).toInstant();
    return make(keys, name, from, until, random);
  }

  static X509Certificate make(
      KeyPair keys, String name, Instant from, Instant until, SecureRandom random)
      throws GeneralSecurityException {
    byte[] subject = Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(name))));
    byte[] tbs =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(serial(random)),
            ECDSA_SHA256,
            subject,
            Der.sequence(Der.time(from), Der.time(until)),
            subject,
            keys.getPublic().getEncoded(),
            Der.tagged(0xa3, extensions(name)));
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(keys.getPrivate(), random);
    signer.update(tbs);
    byte[] certificate = Der.sequence(tbs, ECDSA_SHA256, Der.bits(0, signer.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate));
  }

  /** RFC 5280 4.1.2.2: positive; the top bit set gives every one the same length. */
  private static BigInteger serial(SecureRandom random) {
    return new BigInteger(127, random).setBit(126);
  }

  private static byte[] extensions(String name) {
    return Der.sequence(
        extension("2.5.29.19", true, Der.sequence()),
        extension("2.5.29.15", true, Der.bits(7, new byte[] {(byte) 0x80})),
        extension(
            "2.5.29.37",
            false,
            Der.sequence(Der.oid("1.3.6.1.5.5.7.3.1"), Der.oid("1.3.6.1.5.5.7.3.2"))),
        extension("2.5.29.17", false, names(name)));
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.oid(oid), Der.yes(), Der.octets(value))
        : Der.sequence(Der.oid(oid), Der.octets(value));
  }

  private static byte[] names(String name) {
    boolean host =
        DNS.matcher(name).matches()
            && !NUMBERS.matcher(name).matches()
            && !name.equals("localhost");
    byte[] six = new byte[16];
    six[15] = 1;
    return Der.sequence(
        host ? dns(name) : new byte[0],
        dns("localhost"),
        Der.tagged(0x87, new byte[] {127, 0, 0, 1}),
        Der.tagged(0x87, six));
  }

  private static byte[] dns(String name) {
    return Der.tagged(0x82, name.getBytes(StandardCharsets.US_ASCII));
  }
}
