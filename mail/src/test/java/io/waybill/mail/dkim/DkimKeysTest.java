package io.waybill.mail.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.waybill.mail.MailException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a signer is made of, and what it says of its key. */
class DkimKeysTest {
  @Test
  void publishesTheKeyThatItSignsWith() {
    DkimDnsRecord record = TestSigner.ED25519.signer().build().dnsRecord();
    byte[] info = TestSigner.ED25519.keys().getPublic().getEncoded();
    assertThat(record.name()).isEqualTo("e1._domainkey.example.org");
    assertThat(record.value()).startsWith("v=DKIM1; k=ed25519; p=").hasSize(22 + 44);
    assertThat(Base64.getDecoder().decode(record.value().substring(22)))
        .isEqualTo(Arrays.copyOfRange(info, 12, 44));
    assertThat(record.zoneLine())
        .isEqualTo("e1._domainkey.example.org. IN TXT ( \"" + record.value() + "\" )");
  }

  @Test
  void derivesThePublicKeyOfRsaAndCutsItForTheZoneFile() {
    DkimDnsRecord record =
        DkimSigner.builder()
            .domain("example.org")
            .selector("2026.mail")
            .key(TestSigner.RSA.keys().getPrivate())
            .build()
            .dnsRecord();
    String p = Base64.getEncoder().encodeToString(TestSigner.RSA.keys().getPublic().getEncoded());
    assertThat(record.value()).isEqualTo("v=DKIM1; k=rsa; p=" + p);
    assertThat(record.zoneLine().replace("\" \"", "")).contains("\"" + record.value() + "\"");
    assertThat(record.zoneLine().split("\"")).allMatch(piece -> piece.length() <= 255);
  }

  @Test
  void wantsThePublicKeyOfEd25519ToPublishItAndNoOther() throws Exception {
    DkimSigner.Builder signer =
        DkimSigner.builder()
            .domain("example.org")
            .selector("e1")
            .key(TestSigner.ED25519.keys().getPrivate());
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> signer.build().dnsRecord())
        .withMessageContaining("openssl pkey -pubout");
    KeyPair other = TestSigner.keys("Ed25519");
    for (KeyPair wrong : List.of(other, TestSigner.RSA.keys())) {
      assertThatExceptionOfType(MailException.KeyUnusable.class)
          .isThrownBy(() -> signer.publicKey(wrong.getPublic()).build().dnsRecord())
          .withMessageContaining("another key's");
    }
  }

  @Test
  void asksForThePemTextAtEachMessage() throws Exception {
    List<String> asked = new ArrayList<>();
    String pem = TestSigner.pem("PRIVATE KEY", TestSigner.ED25519.keys().getPrivate().getEncoded());
    DkimSigner signer =
        DkimSigner.builder()
            .domain("example.org")
            .selector("e1")
            .keyPem(
                () -> {
                  asked.add("once more");
                  return pem;
                })
            .publicKeyPem(
                TestSigner.pem("PUBLIC KEY", TestSigner.ED25519.keys().getPublic().getEncoded()))
            .build();
    assertThat(asked).isEmpty();
    assertThat(TestSigner.verify(TestSigner.seal(signer, "From: a\r\n\r\n")))
        .containsExactly("pass");
    assertThat(TestSigner.verify(TestSigner.seal(signer, "From: a\r\n\r\n")))
        .containsExactly("pass");
    assertThat(asked).hasSize(2);
    assertThat(signer.dnsRecord()).isEqualTo(TestSigner.ED25519.signer().build().dnsRecord());
  }

  @Test
  void refusesKeysThatVerifiersRefuse() throws Exception {
    PrivateKey small = TestSigner.rsa(768).getPrivate();
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> TestSigner.RSA.signer().key(small).build())
        .withMessageContaining("768 bits")
        .withMessageContaining("r1._domainkey.example.org");
    for (String algorithm : List.of("EC", "Ed448")) {
      PrivateKey other = TestSigner.keys(algorithm).getPrivate();
      assertThatExceptionOfType(MailException.KeyUnusable.class)
          .isThrownBy(() -> TestSigner.RSA.signer().key(other).build())
          .withMessageContaining("this one is " + algorithm);
    }
    assertThat(
            TestSigner.verify(
                TestSigner.seal(
                    TestSigner.RSA.signer().key(TestSigner.rsa(1024).getPrivate()).build(),
                    "From: a\r\n\r\n")))
        .containsExactly("header differs"); // signed, but not with the published key
  }

  @Test
  void neverShowsTheKey() {
    String pem = TestSigner.pem("PRIVATE KEY", TestSigner.RSA.keys().getPrivate().getEncoded());
    String secret = pem.lines().skip(12).findFirst().orElseThrow();
    DkimSigner signer =
        DkimSigner.builder()
            .domain("example.org")
            .selector("r1")
            .keyPem(() -> pem.replace(secret, secret.substring(1)))
            .build();
    assertThat(signer).hasToString("DkimSigner[r1._domainkey.example.org]");
    assertThat(TestSigner.RSA.signer().build())
        .hasToString("DkimSigner[r1._domainkey.example.org]");
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> TestSigner.seal(signer, "From: a\r\n\r\n"))
        .withNoCause()
        .satisfies(e -> assertThat(e.toString()).doesNotContain(secret.substring(1, 9)))
        .withMessageContaining("DKIM key of r1._domainkey.example.org");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"org", "", "exa mple.org", "-a.org", "a..org", "a.org;x=1", "a.org\r\nX:"})
  void refusesWhatIsNoDomain(String domain) {
    assertThatIllegalArgumentException().isThrownBy(() -> TestSigner.RSA.signer().domain(domain));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.org",
        "a b@example.org",
        "a;l=0@example.org",
        "ö@example.org",
        "a@b\r\n.c"
      })
  void refusesAnIdentityThatNeedsQuoting(String identity) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestSigner.RSA.signer().identity(identity));
  }

  @Test
  void refusesWhatDoesNotFitTogether() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestSigner.RSA.signer().identity("a@notexample.org").build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestSigner.RSA.signer().expiresAfter(Duration.ofDays(1)).build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TestSigner.RSA.signer().keyPem(() -> "").build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DkimSigner.builder().domain("example.org").selector("a").build());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                DkimSigner.builder().selector("a").key(TestSigner.RSA.keys().getPrivate()).build());
  }
}
