package io.waybill;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.RunRecord;
import io.waybill.testkit.ReceivedMail;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mail.send} with {@code sign}, verified by another library. */
@Timeout(90)
class SignedMailIT {
  private static final Pattern SIGNED =
      Pattern.compile(
          "boundary=\"([^\"]+)\"\r\n\r\n--\\1\r\n(.*?)\r\n--\\1\r\n.*?\r\n\r\n(.*?)\r\n--\\1--",
          Pattern.DOTALL);

  @TempDir Path directory;
  private MailFixture fixture;

  @BeforeEach
  void start() {
    fixture = new MailFixture(directory);
    fixture.write("password", "changeit");
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private void key(String usage) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "RSA",
                "-alias",
                "robot",
                "-storetype",
                "PKCS12",
                "-keystore",
                directory.resolve("robot.p12").toString(),
                "-storepass",
                "changeit",
                "-dname",
                "CN=robot@acme.example",
                "-ext",
                "KU=" + usage)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
  }

  private RunRecord send(String password) {
    fixture.jobFile(
        "p12: { file: password }, other: { file: imap }",
        List.of(fixture.outgoing(", tls: off")),
        List.of(
            "- mail.send: { via: outgoing, to: a@b.example, subject: s, text: \"paid: 7 €\", sign: { file: robot.p12, password: \"${secrets.%s}\" } }"
                .formatted(password)));
    try (Waybill waybill = fixture.open()) {
      return waybill.run("job");
    }
  }

  @Test
  void theContentIsSignedAndTheSignatureHolds() throws Exception {
    key("digitalSignature");
    assertThat(send("p12").run().message()).isEmpty();
    ReceivedMail mail = fixture.server.messages().get(0);
    assertThat(mail.text()).contains("multipart/signed");
    Matcher signed = SIGNED.matcher(mail.text());
    assertThat(signed.find()).isTrue();
    CMSSignedData signature =
        new CMSSignedData(
            new CMSProcessableByteArray(signed.group(2).getBytes(US_ASCII)),
            Base64.getMimeDecoder().decode(signed.group(3)));
    X509CertificateHolder certificate =
        signature.getCertificates().getMatches(null).iterator().next();
    SignerInformation signer = signature.getSignerInfos().getSigners().iterator().next();
    assertThat(signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate))).isTrue();
  }

  @Test
  void aWrongPasswordOrAKeyThatMayNotSignSendsNothing() throws Exception {
    fixture.write("imap", "wrong-pw");
    key("digitalSignature");
    assertThat(send("other").run().message())
        .contains("password is wrong")
        .doesNotContain("wrong-pw");
    Files.delete(directory.resolve("robot.p12"));
    assertThat(send("p12").run().message()).contains("\"sign\": there is no file");
    key("keyEncipherment");
    assertThat(send("p12").run().message()).contains("robot@acme.example");
    assertThat(fixture.server.messages()).isEmpty();
  }
}
