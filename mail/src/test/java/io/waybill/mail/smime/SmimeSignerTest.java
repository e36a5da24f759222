package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waybill.mail.Attachment;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.smime.TestCertificates.Owner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmimeSignerTest {
  private static final String OUTER =
      crlf(
          """
          From: a@example.org
          Subject: one
            folded
          Message-ID: <1@example.org>
          """);
  private static final String INNER =
      crlf(
          """
          MIME-Version: 1.0
          Content-Type: text/plain;
          \tcharset=UTF-8
          Content-Transfer-Encoding: 7bit
          """);
  private static final String BODY = "Hello \r\n\r\n--no boundary\r\n\r\n";

  private static String crlf(String text) {
    return text.replace("\n", "\r\n");
  }

  private static Clock at(Instant instant) {
    return Clock.fixed(instant, ZoneOffset.UTC);
  }

  private static SmimeSigner.Builder signer(Owner owner) {
    return SmimeSigner.builder()
        .identity(owner.identity())
        .clock(at(TestCertificates.NOW))
        .random(new Random(7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void signsTheEntityAndLeavesTheMessageFieldsOutside(String algorithm) throws Exception {
    Owner owner = TestCertificates.owner(algorithm, "a@example.org");
    String sealed = Sealed.seal(signer(owner).build(), OUTER + INNER + "\r\n" + BODY);
    assertThat(Sealed.header(sealed))
        .startsWith(OUTER + "MIME-Version: 1.0\r\nContent-Type: multipart/signed;")
        .contains("protocol=\"application/pkcs7-signature\"")
        .contains("micalg=sha-256")
        .doesNotContain("text/plain", "Content-Transfer-Encoding");
    assertThat(Sealed.signedEntity(sealed)).isEqualTo(INNER + "\r\n" + BODY);
    assertThat(Sealed.verifies(sealed)).isTrue();
    assertThat(sealed.lines()).allMatch(line -> line.length() <= 78);
    assertThat(sealed.replace("\r\n", "")).doesNotContain("\r", "\n");
  }

  @Test
  void sendsTheChainAndSaysWhenItWasSigned() throws Exception {
    Owner owner = TestCertificates.owner("RSA", "a@example.org");
    CMSSignedData signed =
        Sealed.signature(Sealed.seal(signer(owner).build(), OUTER + INNER + "\r\n" + BODY));
    assertThat(signed.getCertificates().getMatches(null)).hasSize(2);
    SignerInformation signer = signed.getSignerInfos().getSigners().iterator().next();
    assertThat(
            Time.getInstance(
                    signer
                        .getSignedAttributes()
                        .get(CMSAttributes.signingTime)
                        .getAttrValues()
                        .getObjectAt(0))
                .getDate())
        .isEqualTo(Date.from(TestCertificates.NOW));
  }

  @Test
  void anyChangeOfTheEntityIsNoticed() throws Exception {
    Owner owner = TestCertificates.owner("EC", "a@example.org");
    String sealed = Sealed.seal(signer(owner).build(), OUTER + INNER + "\r\n" + BODY);
    for (String changed :
        List.of(
            sealed.replace("Hello ", "Hallo "),
            sealed.replace("Hello ", "Hello"),
            sealed.replace("text/plain", "text/html "),
            sealed.replace("--no boundary\r\n", "--no boundary\r\n\r\n"))) {
      assertThat(changed).isNotEqualTo(sealed);
      assertThat(Sealed.verifies(changed)).as(changed).isFalse();
    }
    assertThat(Sealed.verifies(sealed.replace("Subject: one", "Subject: two"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void preparedMessagesStayReadable(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] bytes = new byte[random.nextInt(100_000)];
    random.nextBytes(bytes);
    Message message =
        Message.builder()
            .from("a@example.org")
            .to("b@example.net")
            .subject("Grüße")
            .text("Größe\n".repeat(random.nextInt(20)))
            .attach(Attachment.of("a.bin", bytes))
            .build();
    SmimeSigner signer = signer(TestCertificates.owner("EC", "a@example.org")).build();
    try (PreparedMessage prepared = PreparedMessage.of(message, at(TestCertificates.NOW))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      signer.seal(prepared::open, out);
      assertThat(Sealed.verifies(out.toString(ISO_8859_1))).isTrue();
      ParsedMail read =
          MimeReader.read(new ByteArrayInputStream(out.toByteArray()), MimeLimits.defaults());
      assertThat(read.defects()).isEmpty();
      assertThat(read.subject()).contains("Grüße");
      assertThat(read.attachments()).hasSize(2);
    }
  }

  @Test
  void aMessageWithNothingInItIsSigned() throws Exception {
    Owner owner = TestCertificates.owner("EC", "a@example.org");
    String sealed = Sealed.seal(signer(owner).build(), "From: a\r\n\r\n");
    assertThat(Sealed.signedEntity(sealed)).isEqualTo("\r\n");
    assertThat(Sealed.verifies(sealed)).isTrue();
  }

  @Test
  void refusesBytesThatAServerMayRewrite() {
    SmimeSigner signer = signer(TestCertificates.owner("EC", "a@example.org")).build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Sealed.seal(signer, "From: a\r\n\r\nGr\u00fc\u00dfe\r\n"))
        .withMessageContaining("above 127");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> Sealed.seal(signer, "From: a\r\n\r\nbare\n"));
  }

  @Test
  void refusesACertificateBeforeAndAfterItsTimeUnlessAllowed() throws Exception {
    Owner owner = TestCertificates.owner("EC", "a@example.org");
    String message = OUTER + INNER + "\r\n" + BODY;
    for (Duration shift : List.of(Duration.ofDays(-2), Duration.ofDays(31))) {
      Clock clock = at(TestCertificates.NOW.plus(shift));
      SmimeSigner signer = signer(owner).clock(clock).build();
      assertThatExceptionOfType(MailException.KeyUnusable.class)
          .isThrownBy(() -> Sealed.seal(signer, message))
          .withMessageContaining("certificate of CN=a@example.org")
          .withMessageMatching(".*(not valid before|expired at) 2026-.*");
      String sealed = Sealed.seal(signer(owner).clock(clock).allowExpired().build(), message);
      assertThat(Sealed.header(sealed)).contains("multipart/signed");
    }
  }

  @Test
  void wantsAnIdentity() {
    assertThatIllegalArgumentException().isThrownBy(() -> SmimeSigner.builder().build());
  }

  @Test
  void showsWhoSigns() {
    assertThat(signer(TestCertificates.owner("EC", "a@example.org")).build().toString())
        .startsWith("SmimeSigner[SmimeIdentity[certificate of CN=a@example.org (serial ");
  }
}
