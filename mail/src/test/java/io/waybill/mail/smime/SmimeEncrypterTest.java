package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.MailException;
import io.waybill.mail.smime.TestCertificates.Owner;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SmimeEncrypterTest {
  private static final Clock CLOCK = Clock.fixed(TestCertificates.NOW, ZoneOffset.UTC);
  private static final String OUTER = "From: a@example.org\r\nSubject: one\r\nTo: b\r\n";
  private static final String ENTITY =
      String.join(
          "\r\n",
          "MIME-Version: 1.0",
          "Content-Type: text/plain; charset=UTF-8",
          "Content-Transfer-Encoding: 8bit",
          "",
          "Gr\u00fc\u00dfe ",
          "",
          "secret",
          "");

  private static SmimeEncrypter.Builder encrypter(SmimeCipher cipher, Owner... owners) {
    SmimeEncrypter.Builder builder = SmimeEncrypter.builder().clock(CLOCK).cipher(cipher);
    for (Owner owner : owners) {
      builder.recipients(owner.certificate());
    }
    return builder;
  }

  @ParameterizedTest
  @EnumSource
  void everyReaderGetsTheEntityByteForByte(SmimeCipher cipher) throws Exception {
    Owner rsa = TestCertificates.owner("RSA", "b@example.net");
    Owner ec = TestCertificates.owner("EC", "c@example.net");
    String sealed = Sealed.seal(encrypter(cipher, rsa, ec).build(), OUTER + ENTITY);
    assertThat(Sealed.header(sealed))
        .startsWith(OUTER + "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime;")
        .contains("smime-type=" + cipher.smimeType() + "\r\n")
        .contains("Content-Transfer-Encoding: base64\r\n")
        .doesNotContain("text/plain");
    assertThat(sealed).doesNotContain("secret").endsWith("\r\n");
    assertThat(sealed.lines()).allMatch(line -> line.length() <= 78);
    assertThat(Sealed.decrypt(sealed, rsa.keys(), 0)).isEqualTo(ENTITY);
    assertThat(Sealed.decrypt(sealed, ec.keys(), 1)).isEqualTo(ENTITY);
  }

  @Test
  void enciphersWithAes256() throws Exception {
    String sealed =
        Sealed.seal(
            encrypter(SmimeCipher.AES_256_CBC, TestCertificates.owner("EC", "b")).build(),
            OUTER + ENTITY);
    CMSEnvelopedData data =
        new CMSEnvelopedData(Base64.getMimeDecoder().decode(Sealed.body(sealed)));
    assertThat(data.getContentEncryptionAlgorithm().getAlgorithm())
        .isEqualTo(CMSAlgorithm.AES256_CBC);
  }

  @Test
  void nobodyElseReadsIt() throws Exception {
    Owner reader = TestCertificates.owner("RSA", "b@example.net");
    String sealed = Sealed.seal(encrypter(SmimeCipher.AES_256_GCM, reader).build(), OUTER + ENTITY);
    assertThatThrownBy(() -> Sealed.decrypt(sealed, TestCertificates.keys("RSA"), 0))
        .isInstanceOf(Exception.class);
  }

  @Test
  void tamperingWithGcmIsNoticed() throws Exception {
    Owner reader = TestCertificates.owner("RSA", "b@example.net");
    String sealed =
        Sealed.seal(
            encrypter(SmimeCipher.AES_256_GCM, reader).build(),
            OUTER + ENTITY + "x".repeat(10_000));
    byte[] cms = Base64.getMimeDecoder().decode(Sealed.body(sealed));
    cms[cms.length - 5_000] ^= 1;
    String changed =
        Sealed.header(sealed) + "\r\n" + Base64.getMimeEncoder().encodeToString(cms) + "\r\n";
    assertThatThrownBy(() -> Sealed.decrypt(changed, reader.keys(), 0))
        .isInstanceOf(Exception.class);
    assertThat(Sealed.decrypt(sealed, reader.keys(), 0)).endsWith("xxx");
  }

  @ParameterizedTest
  @EnumSource
  void whatWasSignedFirstIsReadAndVerified(SmimeCipher cipher) throws Exception {
    Owner writer = TestCertificates.owner("RSA", "a@example.org");
    Owner reader = TestCertificates.owner("EC", "b@example.net");
    String message = (OUTER + ENTITY).replace("Gr\u00fc\u00dfe", "Gruesse");
    String signed =
        Sealed.seal(
            SmimeSigner.builder().identity(writer.identity()).clock(CLOCK).build(), message);
    String sealed = Sealed.seal(encrypter(cipher, reader).build(), signed);
    assertThat(Sealed.header(sealed)).startsWith(OUTER).doesNotContain("multipart/signed");
    String opened = Sealed.decrypt(sealed, reader.keys(), 0);
    assertThat(OUTER + opened).isEqualTo(signed);
    assertThat(Sealed.verifies(opened)).isTrue();
    assertThat(OUTER + Sealed.signedEntity(opened)).isEqualTo(message);
    assertThat(Sealed.verifies(opened.replace("secret", "public"))).isFalse();
  }

  @Test
  void refusesCertificatesThatAreNotForThis() {
    for (Owner wrong :
        List.of(
            TestCertificates.owner("RSA", "b", KeyUsage.digitalSignature, null),
            TestCertificates.owner("EC", "b", KeyUsage.keyEncipherment, null),
            TestCertificates.owner("RSA", "b", TestCertificates.ALL, KeyPurposeId.id_kp_serverAuth),
            TestCertificates.owner("Ed25519", "b"))) {
      assertThatExceptionOfType(MailException.KeyUnusable.class)
          .isThrownBy(() -> SmimeEncrypter.builder().recipients(wrong.certificate()))
          .withMessageContaining("certificate of CN=b (serial ");
    }
    SmimeEncrypter.builder()
        .recipients(TestCertificates.owner("RSA", "b", TestCertificates.ALL, null).certificate());
  }

  @Test
  void refusesACertificateBeforeAndAfterItsTimeUnlessAllowed() throws Exception {
    Owner reader = TestCertificates.owner("RSA", "b@example.net");
    Clock late = Clock.offset(CLOCK, Duration.ofDays(31));
    SmimeEncrypter encrypter = encrypter(SmimeCipher.AES_256_CBC, reader).clock(late).build();
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> Sealed.seal(encrypter, OUTER + ENTITY))
        .withMessageContaining("expired at 2026-12-20");
    SmimeEncrypter allowed =
        encrypter(SmimeCipher.AES_256_CBC, reader).clock(late).allowExpired().build();
    assertThat(Sealed.decrypt(Sealed.seal(allowed, OUTER + ENTITY), reader.keys(), 0))
        .isEqualTo(ENTITY);
  }

  @Test
  void wantsAReader() {
    assertThatIllegalArgumentException().isThrownBy(() -> SmimeEncrypter.builder().build());
  }

  @Test
  void showsHowManyCanRead() {
    Owner reader = TestCertificates.owner("EC", "b@example.net");
    assertThat(encrypter(SmimeCipher.AES_256_CBC, reader, reader).build())
        .hasToString("SmimeEncrypter[AES_256_CBC for 1]");
    assertThat(ENTITY.getBytes(ISO_8859_1)).contains((byte) 0xfc);
  }
}
