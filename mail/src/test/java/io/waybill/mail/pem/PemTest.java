package io.waybill.mail.pem;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.mail.MailException;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  private static KeyPair rsa;

  @BeforeAll
  static void makeAKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    rsa = generator.generateKeyPair();
  }

  private static String pem(String label, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  private static MailException.KeyUnusable refusal(String pem) {
    MailException.KeyUnusable e =
        catchThrowableOfType(
            MailException.KeyUnusable.class, () -> Pem.privateKey("key of the test", pem));
    assertThat(e).isNotNull().hasNoCause().hasMessageStartingWith("key of the test cannot be used");
    assertThat(e.isTransient()).isFalse();
    assertThat(e.key()).isEqualTo("key of the test");
    return e;
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "Ed25519", "EC"})
  void readsBothHalvesOfAPair(String algorithm) throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    Key secret = pair.getPrivate();
    assertThat(Pem.privateKey("k", "# ours\n" + pem("PRIVATE KEY", secret.getEncoded())))
        .isEqualTo(secret);
    assertThat(Pem.publicKey("k", pem("PUBLIC KEY", pair.getPublic().getEncoded())))
        .isEqualTo(pair.getPublic());
  }

  @Test
  void readsThePlainRsaForm() throws Exception {
    byte[] pkcs1 =
        PrivateKeyInfo.getInstance(rsa.getPrivate().getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    String pem = pem("RSA PRIVATE KEY", pkcs1).replace("\n", "\r\n");
    assertThat(Pem.privateKey("k", pem)).isEqualTo(rsa.getPrivate());
  }

  @Test
  void saysHowToUseKeysOfOtherForms() {
    byte[] some = {1, 2, 3};
    assertThat(refusal(pem("ENCRYPTED PRIVATE KEY", some))).hasMessageContaining("it is encrypted");
    assertThat(
            refusal(
                pem("RSA PRIVATE KEY", some)
                    .replaceFirst("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n")))
        .hasMessageContaining("it is encrypted");
    assertThat(refusal(pem("EC PRIVATE KEY", some))).hasMessageContaining("openssl pkcs8");
    assertThat(refusal(pem("OPENSSH PRIVATE KEY", some))).hasMessageContaining("OpenSSH");
    assertThat(refusal(pem("PUBLIC KEY", some))).hasMessageContaining("no -----BEGIN PRIVATE KEY");
    assertThat(refusal("")).hasMessageContaining("no -----BEGIN PRIVATE KEY");
    assertThat(refusal(pem("PRIVATE KEY", some))).hasMessageContaining("or damaged");
  }

  @Test
  void neverQuotesAKey() {
    String whole = pem("PRIVATE KEY", rsa.getPrivate().getEncoded());
    String secret = whole.lines().skip(10).findFirst().orElseThrow();
    for (String broken :
        new String[] {
          whole.replace(secret, secret.replace(secret.charAt(9), '!')), // no base64
          whole.replace(secret, ""), // no DER
          whole.replace("PRIVATE", "PRIVAT"), // no such label
          whole.replace("-----END PRIVATE KEY-----", ""), // no end
        }) {
      assertThat(refusal(broken).toString()).doesNotContain(secret.substring(0, 8));
    }
  }

  @Test
  void saysWhichCertificateFileCannotBeRead() {
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> Pem.certificates(Path.of("/no/such/cert.pem")))
        .withMessageContaining("/no/such/cert.pem");
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> Pem.certificates("bundle", "nothing"))
        .withMessageContaining("bundle")
        .withMessageContaining("BEGIN CERTIFICATE");
    assertThatExceptionOfType(MailException.KeyUnusable.class)
        .isThrownBy(() -> Pem.certificates("bundle", pem("CERTIFICATE", new byte[] {1})))
        .withMessageContaining("damaged");
  }
}
