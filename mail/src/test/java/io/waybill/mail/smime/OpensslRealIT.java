package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.dkim.DkimSigner;
import io.waybill.mail.pem.Pem;
import io.waybill.mail.smime.TestCertificates.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL reads what is written here, and the other way round. */
@Timeout(60)
class OpensslRealIT {
  private static final Clock CLOCK = Clock.fixed(TestCertificates.NOW, ZoneOffset.UTC);
  private static final String OUTER = "From: a@example.org\r\nSubject: one\r\nTo: b\r\n";
  private static final String ENTITY =
      "Content-Type: text/plain; charset=US-ASCII\r\n\r\nHello \r\n\r\nworld\r\n";

  @TempDir Path directory;

  @BeforeEach
  void writeTheAuthority() throws Exception {
    write("ca.pem", pem("CERTIFICATE", TestCertificates.authority().getEncoded()));
  }

  private void write(String name, String text) throws IOException {
    Files.write(directory.resolve(name), text.getBytes(ISO_8859_1));
  }

  private String read(String name) throws IOException {
    return new String(Files.readAllBytes(directory.resolve(name)), ISO_8859_1);
  }

  private static String pem(String label, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  private int openssl(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("openssl.log").toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private int verify(String command, String in) throws Exception {
    String now = Long.toString(TestCertificates.NOW.getEpochSecond());
    return openssl(
        command, "-verify", "-in", in, "-CAfile", "ca.pem", "-attime", now, "-out", "verified");
  }

  private void writeOwner(Owner owner) throws Exception {
    write("cert.pem", pem("CERTIFICATE", owner.certificate().getEncoded()));
    write("key.pem", pem("PRIVATE KEY", owner.keys().getPrivate().getEncoded()));
  }

  private static SmimeSigner signer(Owner owner) {
    return SmimeSigner.builder().identity(owner.identity()).clock(CLOCK).build();
  }

  @ParameterizedTest
  @CsvSource({"cms,RSA", "cms,EC", "smime,RSA", "smime,EC"})
  void verifiesOurSignatures(String command, String algorithm) throws Exception {
    Owner owner = TestCertificates.owner(algorithm, "a@example.org");
    String sealed = Sealed.seal(signer(owner), OUTER + ENTITY);
    write("signed.eml", sealed);
    assertThat(verify(command, "signed.eml")).as(() -> log()).isZero();
    assertThat(read("verified").replaceAll("\r?\n", "\r\n")).isEqualTo(ENTITY);
    write("changed.eml", sealed.replace("world", "World"));
    assertThat(verify(command, "changed.eml")).isNotZero();
  }

  private String log() {
    try {
      return read("openssl.log");
    } catch (IOException e) {
      return e.toString();
    }
  }

  @ParameterizedTest
  @CsvSource({"AES_256_CBC,RSA", "AES_256_CBC,EC", "AES_256_GCM,RSA", "AES_256_GCM,EC"})
  void decryptsAndThenVerifies(SmimeCipher cipher, String algorithm) throws Exception {
    Owner writer = TestCertificates.owner("RSA", "a@example.org");
    Owner reader = TestCertificates.owner(algorithm, "b@example.net");
    String signed = Sealed.seal(signer(writer), OUTER + ENTITY);
    SmimeEncrypter encrypter =
        SmimeEncrypter.builder()
            .recipients(TestCertificates.owner("RSA", "c").certificate(), reader.certificate())
            .cipher(cipher)
            .clock(CLOCK)
            .build();
    write("sealed.eml", Sealed.seal(encrypter, signed));
    writeOwner(reader);
    assertThat(
            openssl(
                "cms",
                "-decrypt",
                "-in",
                "sealed.eml",
                "-recip",
                "cert.pem",
                "-inkey",
                "key.pem",
                "-out",
                "opened.eml"))
        .as(() -> log())
        .isZero();
    assertThat(OUTER + read("opened.eml")).isEqualTo(signed);
    assertThat(verify("cms", "opened.eml")).as(() -> log()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC"})
  void itsKeyFilesAreReadHere(String algorithm) throws Exception {
    Owner owner = TestCertificates.owner(algorithm, "a@example.org");
    writeOwner(owner);
    assertThat(
            openssl(
                "pkcs12",
                "-export",
                "-in",
                "cert.pem",
                "-inkey",
                "key.pem",
                "-certfile",
                "ca.pem",
                "-out",
                "identity.p12",
                "-passout",
                "pass:secret"))
        .as(() -> log())
        .isZero();
    SmimeIdentity identity =
        SmimeIdentity.pkcs12(directory.resolve("identity.p12"), () -> "secret");
    assertThat(identity.chain()).containsExactly(owner.certificate(), TestCertificates.authority());
    assertThat(SmimeIdentity.pem(directory.resolve("cert.pem"), () -> key("key.pem")).chain())
        .containsExactly(owner.certificate());
  }

  private String key(String name) {
    try {
      return read(name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "genpkey -algorithm ed25519 -out dkim.pem",
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out dkim.pem",
    "genrsa -traditional -out dkim.pem 2048",
  })
  void itsKeysSignAndArePublishedHere(String command) throws Exception {
    assertThat(openssl(command.split(" ", -1))).as(() -> log()).isZero();
    assertThat(openssl("pkey", "-in", "dkim.pem", "-pubout", "-out", "public.pem")).isZero();
    DkimSigner signer =
        DkimSigner.builder()
            .domain("example.org")
            .selector("1")
            .keyPem(() -> key("dkim.pem"))
            .publicKeyPem(read("public.pem"))
            .build();
    assertThat(signer.dnsRecord().value()).startsWith("v=DKIM1; k=");
    assertThat(Sealed.seal(signer, OUTER + ENTITY)).startsWith("DKIM-Signature: ");
  }

  @Test
  void itsEncryptedKeysAreRefusedInWords() throws Exception {
    assertThat(openssl("genrsa", "-aes256", "-passout", "pass:secret", "-out", "new.pem", "2048"))
        .isZero();
    assertThat(
            openssl(
                "genrsa",
                "-aes256",
                "-traditional",
                "-passout",
                "pass:secret",
                "-out",
                "old.pem",
                "2048"))
        .isZero();
    for (String name : List.of("new.pem", "old.pem")) {
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> Pem.privateKey("key " + name, read(name))))
          .hasMessageContaining("key " + name + " cannot be used: it is encrypted");
    }
  }
}
