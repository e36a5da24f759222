package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import io.waybill.mail.smime.TestCertificates.Owner;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmimeIdentityTest {
  private static final String PASSWORD = "pl4nted-passw0rd";

  @TempDir Path directory;

  private Path pkcs12(Owner... owners) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < owners.length; i++) {
      Certificate[] chain = {owners[i].certificate(), TestCertificates.authority()};
      store.setKeyEntry("key" + i, owners[i].keys().getPrivate(), PASSWORD.toCharArray(), chain);
    }
    Path file = directory.resolve("identity.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private static String pem(String label, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  @Test
  void readsTheOnlyKeyOfAFileWithItsChain() throws Exception {
    Owner owner = TestCertificates.owner("RSA", "a@example.org");
    SmimeIdentity identity = SmimeIdentity.pkcs12(pkcs12(owner), () -> PASSWORD);
    assertThat(identity.chain()).containsExactly(owner.certificate(), TestCertificates.authority());
    assertThat(identity.key()).isEqualTo(owner.keys().getPrivate());
  }

  @Test
  void readsOneOfSeveralKeysByItsName() throws Exception {
    Owner second = TestCertificates.owner("EC", "b@example.org");
    Path file = pkcs12(TestCertificates.owner("EC", "a@example.org"), second);
    assertThat(SmimeIdentity.pkcs12(file, "key1", () -> PASSWORD).chain().get(0))
        .isEqualTo(second.certificate());
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> SmimeIdentity.pkcs12(file, () -> PASSWORD))
        .withMessageContaining("[key0, key1]");
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> SmimeIdentity.pkcs12(file, "other", () -> PASSWORD))
        .withMessageContaining("a key named other");
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> SmimeIdentity.pkcs12(pkcs12(), () -> PASSWORD))
        .withMessageContaining("it has none");
  }

  @Test
  void readsPemTexts() throws Exception {
    Owner owner = TestCertificates.owner("EC", "a@example.org");
    X509Certificate authority = TestCertificates.authority();
    Path file = directory.resolve("chain.pem");
    Files.writeString(
        file,
        "Bag Attributes\n"
            + pem("CERTIFICATE", owner.certificate().getEncoded())
            + pem("CERTIFICATE", authority.getEncoded()));
    SmimeIdentity identity =
        SmimeIdentity.pem(file, () -> pem("PRIVATE KEY", owner.keys().getPrivate().getEncoded()));
    assertThat(identity.chain()).containsExactly(owner.certificate(), authority);
  }

  @Test
  void saysThatThePasswordIsWrongAndNotWhatItIs() throws Exception {
    Path file = pkcs12(TestCertificates.owner("EC", "a@example.org"));
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> SmimeIdentity.pkcs12(file, () -> "wr0ng-passw0rd"))
        .withNoCause()
        .withMessageContaining("identity.p12 cannot be used: the password is wrong")
        .satisfies(e -> assertThat(e.toString()).doesNotContain("wr0ng"));
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(
            () -> SmimeIdentity.pkcs12(directory.resolve("none.p12"), () -> "wr0ng-passw0rd"))
        .withMessageContaining("none.p12 cannot be used: it cannot be read");
    Files.writeString(file, "no PKCS #12");
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> SmimeIdentity.pkcs12(file, () -> PASSWORD))
        .withMessageContaining("or it is no PKCS #12 file");
  }

  @Test
  void refusesAKeyThatIsNotTheCertificates() {
    Owner owner = TestCertificates.owner("EC", "a@example.org");
    for (String algorithm : List.of("EC", "RSA")) {
      assertThatExceptionOfType(MailException.KeyUnusable.class)
          .isThrownBy(
              () ->
                  SmimeIdentity.of(
                      TestCertificates.keys(algorithm).getPrivate(), List.of(owner.certificate())))
          .withMessageContaining("certificate of CN=a@example.org")
          .withMessageContaining("not its key");
    }
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> SmimeIdentity.of(owner.keys().getPrivate(), List.of()));
  }

  @Test
  void refusesCertificatesThatAreNotForSigningMail() {
    for (Owner wrong :
        List.of(
            TestCertificates.owner("RSA", "a", KeyUsage.keyEncipherment, null),
            TestCertificates.owner("EC", "a", TestCertificates.ALL, KeyPurposeId.id_kp_clientAuth),
            TestCertificates.owner("Ed25519", "a"))) {
      assertThatExceptionOfType(MailException.KeyUnusable.class)
          .isThrownBy(wrong::identity)
          .withMessageContaining("certificate of CN=a (serial ");
    }
  }

  @Test
  void neverShowsTheKey() {
    Owner owner = TestCertificates.owner("EC", "a@example.org");
    assertThat(owner.identity().toString())
        .matches("SmimeIdentity\\[certificate of CN=a@example.org \\(serial [0-9a-f]+\\)]");
    String whole = pem("PRIVATE KEY", owner.keys().getPrivate().getEncoded());
    String secret = whole.lines().skip(1).findFirst().orElseThrow();
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(
            () -> {
              Path file = directory.resolve("chain.pem");
              Files.writeString(file, pem("CERTIFICATE", owner.certificate().getEncoded()));
              SmimeIdentity.pem(file, () -> whole.replace(secret, secret.substring(1)));
            })
        .withNoCause()
        .satisfies(e -> assertThat(e.toString()).doesNotContain(secret.substring(20, 28)))
        .withMessageContaining("key of certificate of CN=a@example.org");
  }
}
