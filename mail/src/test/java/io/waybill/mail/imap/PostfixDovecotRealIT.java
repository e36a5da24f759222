package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.SendReport;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.mime.ReceivedAttachment;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.Leaks;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Sends through Postfix, which hands over to Dovecot, and reads there; every connection has TLS.
 */
@Timeout(60)
class PostfixDovecotRealIT {
  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  @Test
  void whatIsSubmittedOverStartTlsIsReadOverTls() throws Exception {
    sendsAndReads(SERVERS.submission(), SERVERS.imaps(), "STARTTLS");
  }

  @Test
  void whatIsSubmittedOverTlsIsReadOverStartTls() throws Exception {
    sendsAndReads(SERVERS.submissions(), SERVERS.imap(), "implicit");
  }

  private static void sendsAndReads(
      MailAccount.Builder sending, MailAccount.Builder reading, String way) throws IOException {
    byte[] bytes = new byte[1_500_000];
    new Random(7).nextBytes(bytes);
    Message message =
        Message.builder()
            .from("Öps <u1@waybill.test>")
            .to("u2@waybill.test")
            .subject("Bericht für heute – 日報 👋 " + way)
            .text("Grüße,\n.\n..\nЗдравствуйте 👋\n")
            .attach(Attachment.of("Übersicht 日報 2026.csv", bytes))
            .attach(Attachment.of("empty.txt", new byte[0]))
            .build();
    SendReport report = send(sending, message);
    assertThat(report.isComplete()).isTrue();
    assertThat(report.tls().orElseThrow()).startsWith("TLSv1.3");
    try (InboundMail inbound = read(reading.user("u2"), report.messageId())) {
      ParsedMail mail = inbound.mail();
      assertThat(mail.defects()).isEmpty();
      assertThat(mail.subject()).isEqualTo("Bericht für heute – 日報 👋 " + way);
      assertThat(mail.from().get(0).displayName()).contains("Öps");
      assertThat(mail.to()).containsExactly(Address.of("u2@waybill.test"));
      assertThat(mail.text()).contains("Grüße,\r\n.\r\n..\r\nЗдравствуйте 👋\r\n");
      ReceivedAttachment attachment = mail.attachments().get(0);
      assertThat(attachment.name()).isEqualTo("Übersicht 日報 2026.csv");
      try (InputStream in = attachment.open()) {
        assertThat(in.readAllBytes()).isEqualTo(bytes);
      }
      assertThat(mail.attachments().get(1).sizeBytes()).isZero();
    }
  }

  @Test
  void theMessageArrivesByteForByte() throws Exception {
    Message message =
        Message.builder()
            .from("u1@waybill.test")
            .to("u3@waybill.test")
            .subject("Grüße")
            .text(".\n.hidden\n..\nFrom here\n" + "x".repeat(5000) + "\n \t\nÜ\n.\n")
            .build();
    String sent;
    String id;
    try (PreparedMessage frozen = PreparedMessage.of(message, Clock.systemUTC());
        InputStream in = frozen.open();
        MailSender sender = SmtpSender.connect(SERVERS.submission().build())) {
      sent = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      id = frozen.messageId();
      sender.send(frozen, Duration.ofSeconds(30), DeliveryJournal.NONE);
    }
    read(SERVERS.imaps().user("u3"), id).close();
    // the mailbox keeps its files with bare line feeds, after the trace fields of the way
    assertThat(storedMail("u3", id)).endsWith("\n" + sent.replace("\r\n", "\n"));
  }

  private static String storedMail(String user, String id) throws IOException {
    Path maildir = SERVERS.directory().resolve("dovecot/mail").resolve(user).resolve("Maildir");
    try (Stream<Path> files = Files.walk(maildir)) {
      for (Path file : files.filter(each -> Files.isRegularFile(each)).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.contains("Message-ID: " + id)) {
          return text;
        }
      }
    }
    throw new AssertionError("no mail " + id + " below " + maildir);
  }

  @Test
  void unknownRecipientIsRefusedAndTheOtherGetsIt() {
    SendReport report =
        send(
            SERVERS.submission(),
            Message.builder()
                .from("u1@waybill.test")
                .to("u2@waybill.test", "nobody@waybill.test")
                .text("x")
                .build());
    assertThat(report.isComplete()).isFalse();
    assertThat(report.accepted()).containsExactly(Address.of("u2@waybill.test"));
    RecipientResult refused = report.recipients().get(1);
    assertThat(refused.phase()).isEqualTo(RecipientResult.Phase.RCPT);
    assertThat(refused.reply().orElseThrow().code()).isEqualTo(550);
    read(SERVERS.imaps().user("u2"), report.messageId()).close();
  }

  @Test
  void refusedLoginSaysWhoButNotWithWhat() {
    for (MailAccount.Builder each :
        List.of(SERVERS.submission(), SERVERS.submissions(), SERVERS.imap(), SERVERS.imaps())) {
      MailAccount account = each.password(() -> "wrong-secret").build();
      assertThatExceptionOfType(MailException.AuthenticationFailed.class)
          .isThrownBy(() -> connect(account))
          .withMessageContaining("'u1' at localhost")
          .withMessageNotContaining("wrong-secret")
          .satisfies(e -> assertThat(e.isTransient()).isFalse());
    }
  }

  @Test
  void certificateOfAnotherNameIsRefused() {
    for (MailAccount.Builder each : withoutLogin()) {
      MailAccount account = each.host("mail.example.org").socketFactory(new ToLoopback()).build();
      assertThatExceptionOfType(MailException.TlsFailed.class)
          .isThrownBy(() -> connect(account))
          .withMessageContaining("mail.example.org")
          .satisfies(e -> assertThat(e.isTransient()).isFalse());
    }
  }

  @Test
  void certificateThatNobodyVouchesForIsRefused() throws Exception {
    SSLContext ordinary = SSLContext.getDefault();
    for (MailAccount.Builder each : withoutLogin()) {
      MailAccount account = each.sslContext(ordinary).build();
      assertThatExceptionOfType(MailException.TlsFailed.class).isThrownBy(() -> connect(account));
    }
  }

  @Test
  void loginIsNotTriedWhereTheServerWantsTlsFirst() {
    MailAccount account =
        SERVERS
            .submission()
            .security(MailSecurity.PLAINTEXT)
            .password(PostfixDovecotRealIT::neverAsked)
            .build();
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> connect(account))
        .withMessageContaining("offers no login");
  }

  /** The library for IMAP wants the password before it connects. */
  private static List<MailAccount.Builder> withoutLogin() {
    return List.of(
        SERVERS.submission().password(PostfixDovecotRealIT::neverAsked),
        SERVERS.submissions().password(PostfixDovecotRealIT::neverAsked),
        SERVERS.imap(),
        SERVERS.imaps());
  }

  private static String neverAsked() {
    throw new AssertionError("the password was asked for");
  }

  private static void connect(MailAccount account) {
    int port = account.port().orElseThrow();
    if (port == SERVERS.port("IMAP") || port == SERVERS.port("IMAPS")) {
      MailboxReader.connect(account).close();
    } else {
      SmtpSender.connect(account).close();
    }
  }

  private static SendReport send(MailAccount.Builder account, Message message) {
    try (MailSender sender = SmtpSender.connect(account.build())) {
      return sender.send(message);
    }
  }

  /** Delivery goes on behind the answer to the sender, so it is waited for. */
  private static InboundMail read(MailAccount.Builder account, String id) {
    FetchSpec spec = FetchSpec.builder().search(MailSearch.builder().messageId(id).build()).build();
    try (MailboxReader reader = MailboxReader.connect(account.build())) {
      return await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> reader.fetch(spec), found -> !found.isEmpty())
          .get(0);
    }
  }

  /** Leads every name to this machine, as a name server that lies would. */
  private static final class ToLoopback extends SocketFactory {
    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public void connect(SocketAddress address, int timeout) throws IOException {
          int port = ((InetSocketAddress) address).getPort();
          super.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeout);
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
