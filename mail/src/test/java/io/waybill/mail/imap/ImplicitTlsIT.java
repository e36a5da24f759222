package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.icegreen.greenmail.util.DummySSLServerSocketFactory;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.smtp.SmtpSender;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImplicitTlsIT {
  private static final String STORE_PASSWORD = "changeit";

  private static GreenMail server;
  private static SSLContext trusting;

  /** A certificate for localhost (but not for 127.0.0.1), which GreenMail's own is not. */
  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "greenmail",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    System.setProperty(
        DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_FILE_PROPERTY, store.toString());
    System.setProperty(
        DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_PASSWORD_PROPERTY, STORE_PASSWORD);
    trusting = trusting(store);
    server =
        new GreenMail(
            new ServerSetup[] {
              ServerSetupTest.SMTPS.dynamicPort(), ServerSetupTest.IMAPS.dynamicPort()
            });
    server.start();
    server.setUser("you@example.net", "you", "pw");
  }

  private static SSLContext trusting(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, STORE_PASSWORD.toCharArray());
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("greenmail", keys.getCertificate("greenmail"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  @AfterAll
  static void stop() {
    server.stop();
    System.clearProperty(DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_FILE_PROPERTY);
    System.clearProperty(DummySSLServerSocketFactory.GREENMAIL_KEYSTORE_PASSWORD_PROPERTY);
  }

  private static MailAccount.Builder account(String host, int port) {
    return MailAccount.builder().host(host).port(port).sslContext(trusting);
  }

  @Test
  void sendsAndReadsOverAVerifiedConnection() {
    Message message =
        Message.builder().from("a@example.org").to("you@example.net").text("x").build();
    MailAccount smtps = account("localhost", server.getSmtps().getPort()).build();
    try (MailSender sender = SmtpSender.connect(smtps)) {
      assertThat(sender.send(message).tls().orElseThrow()).startsWith("TLSv1.");
    }
    MailAccount imaps =
        account("localhost", server.getImaps().getPort()).user("you").password(() -> "pw").build();
    try (MailboxReader reader = MailboxReader.connect(imaps)) {
      assertThat(reader.fetch(FetchSpec.builder().build())).hasSize(1);
    }
  }

  @Test
  void trustedCertificateOfAnotherNameIsRefusedByBoth() {
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(
            () -> SmtpSender.connect(account("127.0.0.1", server.getSmtps().getPort()).build()));
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(
            () ->
                MailboxReader.connect(
                    account("127.0.0.1", server.getImaps().getPort())
                        .user("you")
                        .password(() -> "pw")
                        .build()));
  }
}
