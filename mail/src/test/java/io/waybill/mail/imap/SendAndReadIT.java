package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.SendReport;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import io.waybill.mail.smtp.SmtpSender;
import jakarta.mail.Flags;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SendAndReadIT {
  private static final String PASSWORD = "s3cr3t-Pa55";

  private final GreenMail server =
      new GreenMail(
          new ServerSetup[] {
            ServerSetupTest.SMTP.dynamicPort(),
            ServerSetupTest.IMAP.dynamicPort(),
            ServerSetupTest.SMTPS.dynamicPort(),
            ServerSetupTest.IMAPS.dynamicPort()
          });

  @BeforeEach
  void start() {
    server.start();
    server.setUser("you@example.net", "you", PASSWORD);
    server.setUser("second@example.net", "second", PASSWORD);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private MailAccount.Builder smtp() {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(server.getSmtp().getPort())
        .security(MailSecurity.PLAINTEXT);
  }

  private MailAccount.Builder imap() {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(server.getImap().getPort())
        .security(MailSecurity.PLAINTEXT)
        .user("you")
        .password(() -> PASSWORD);
  }

  private SendReport send(Message message) {
    try (MailSender sender = SmtpSender.connect(smtp().build())) {
      return sender.send(message);
    }
  }

  private static Message.Builder message(String subject) {
    return Message.builder().from("Öps <ops@example.org>").to("you@example.net").subject(subject);
  }

  private List<InboundMail> fetch(FetchSpec spec) {
    try (MailboxReader reader = MailboxReader.connect(imap().build())) {
      return reader.fetch(spec);
    }
  }

  @Test
  void whatIsSentIsRead() throws Exception {
    byte[] bytes = new byte[3_000_000];
    new Random(7).nextBytes(bytes);
    SendReport report =
        send(
            message("Bericht für heute – 日報")
                .cc("second@example.net")
                .text("Grüße,\n.\nЗдравствуйте 👋\n")
                .html("<p>Grüße</p>")
                .attach(Attachment.of("Übersicht 日報 2026.csv", bytes))
                .attach(Attachment.of("empty.txt", new byte[0]))
                .header("X-Job", "nächtlich")
                .build());
    assertThat(report.isComplete()).isTrue();
    assertThat(report.recipients()).hasSize(2);

    List<InboundMail> found =
        fetch(
            FetchSpec.builder()
                .search(MailSearch.builder().messageId(report.messageId()).build())
                .build());
    assertThat(found).hasSize(1);
    try (InboundMail inbound = found.get(0)) {
      ParsedMail mail = inbound.mail();
      assertThat(inbound.uidValidity()).isPositive();
      assertThat(mail.defects()).isEmpty();
      assertThat(mail.subject()).isEqualTo("Bericht für heute – 日報");
      assertThat(mail.from().get(0).displayName()).contains("Öps");
      assertThat(mail.cc()).containsExactly(Address.of("second@example.net"));
      assertThat(mail.text()).contains("Grüße,\r\n.\r\nЗдравствуйте 👋\r\n");
      assertThat(mail.html()).contains("<p>Grüße</p>\r\n");
      assertThat(mail.header("x-job")).contains("nächtlich");
      ReceivedAttachment attachment = mail.attachments().get(0);
      assertThat(attachment.name()).isEqualTo("Übersicht 日報 2026.csv");
      assertThat(attachment.contentType()).isEqualTo("text/csv");
      try (InputStream in = attachment.open()) {
        assertThat(in.readAllBytes()).isEqualTo(bytes);
      }
      assertThat(mail.attachments().get(1).sizeBytes()).isZero();
    }
  }

  @Test
  void emptyBodyIsAMessageToo() {
    String id = send(message("").build()).messageId();
    try (InboundMail inbound =
        fetch(FetchSpec.builder().search(MailSearch.builder().messageId(id).build()).build())
            .get(0)) {
      assertThat(inbound.mail().text().orElseThrow()).isBlank();
      assertThat(inbound.mail().subject()).isEmpty();
      assertThat(inbound.mail().attachments()).isEmpty();
    }
  }

  @Test
  void readingMarksNothingAsSeen() throws Exception {
    send(message("unseen").text("x").build());
    fetch(FetchSpec.builder().build()).forEach(InboundMail::close);
    assertThat(server.getReceivedMessages()).hasSize(1);
    try (MailboxReader reader = MailboxReader.connect(imap().build())) {
      assertThat(reader.fetch(FetchSpec.builder().build())).hasSize(1);
    }
    assertThat(
            server
                .getManagers()
                .getImapHostManager()
                .getInbox(server.getUserManager().getUser("you"))
                .getMessages()
                .get(0)
                .getFlags()
                .contains(Flags.Flag.SEEN))
        .isFalse();
  }

  @Test
  void conditionsAndCursorSelect() {
    for (int i = 0; i < 5; i++) {
      send(message((i % 2 == 0 ? "Even " : "Odd ") + i).text("x").build());
    }
    List<InboundMail> even =
        fetch(FetchSpec.builder().search(MailSearch.builder().subject("even").build()).build());
    assertThat(even)
        .extracting(m -> m.mail().subject())
        .containsExactly("Even 0", "Even 2", "Even 4");
    long first = even.get(0).uid();
    assertThat(fetch(FetchSpec.builder().sinceUid(first).limit(2).build()))
        .extracting(m -> m.mail().subject())
        .containsExactly("Odd 1", "Even 2");
    long last = even.get(2).uid();
    assertThat(fetch(FetchSpec.builder().sinceUid(last).build())).isEmpty();
    assertThat(
            fetch(
                FetchSpec.builder()
                    .search(MailSearch.builder().from("ops@").build())
                    .limit(1)
                    .build()))
        .hasSize(1);
    assertThat(
            fetch(FetchSpec.builder().search(MailSearch.builder().from("nobody").build()).build()))
        .isEmpty();
  }

  @Test
  void missingFolderNamesNearMatches() {
    assertThatExceptionOfType(MailException.MailboxNotFound.class)
        .isThrownBy(() -> fetch(FetchSpec.builder().folder("INBX").build()))
        .satisfies(e -> assertThat(e.nearMatches()).containsExactly("INBOX"))
        .withMessageContaining("did you mean INBOX");
  }

  @Test
  void fetchesAsynchronously() throws Exception {
    send(message("later").text("x").build());
    try (MailboxReader reader = MailboxReader.connect(imap().build())) {
      assertThat(reader.fetchAsync(FetchSpec.builder().build()).get(20, TimeUnit.SECONDS))
          .hasSize(1);
    }
  }

  @Test
  void refusedLoginSaysWhoAndWhereButNotWith() {
    for (MailAccount account :
        List.of(
            imap().password(() -> "wrong-" + PASSWORD).build(),
            smtp().user("you").password(() -> "wrong-" + PASSWORD).build())) {
      assertThatExceptionOfType(MailException.AuthenticationFailed.class)
          .isThrownBy(
              () -> {
                if (account.port().getAsInt() == server.getSmtp().getPort()) {
                  SmtpSender.connect(account).close();
                } else {
                  MailboxReader.connect(account).close();
                }
              })
          .withMessageContaining("'you' at 127.0.0.1")
          .satisfies(e -> assertThat(e.isTransient()).isFalse())
          .satisfies(e -> assertThat(trace(e)).doesNotContain(PASSWORD));
    }
  }

  private static String trace(Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  @Test
  void untrustedCertificateIsRefusedByBoth() {
    MailAccount smtps =
        MailAccount.builder().host("127.0.0.1").port(server.getSmtps().getPort()).build();
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(() -> SmtpSender.connect(smtps))
        .satisfies(e -> assertThat(e.isTransient()).isFalse());
    MailAccount imaps =
        imap().security(MailSecurity.IMPLICIT_TLS).port(server.getImaps().getPort()).build();
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(() -> MailboxReader.connect(imaps));
  }

  @Test
  void startTlsMissingOnImapIsRefusedBeforeTheLogin() {
    MailAccount account = imap().security(MailSecurity.STARTTLS).build();
    assertThatExceptionOfType(MailException.TlsFailed.class)
        .isThrownBy(() -> MailboxReader.connect(account))
        .withMessageContaining("STARTTLS");
  }
}
