package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.SendReport;
import io.waybill.mail.SentCopy;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.outbox.EnqueueRequest;
import io.waybill.mail.outbox.Outbox;
import io.waybill.mail.outbox.OutboxAccounts;
import io.waybill.mail.outbox.OutboxDispatcher;
import io.waybill.mail.outbox.OutboxEntry;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.mail.smtp.ServerCheck;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.Leaks;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends through a real Postfix: logins, the outbox over an outage, copies, checks. */
@Timeout(120)
class SendingRealIT {
  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  private static Message.Builder message(String subject) {
    return Message.builder().from("u1@waybill.test").to("u2@waybill.test").subject(subject);
  }

  private static List<InboundMail> read(String user, String folder, String id) {
    FetchSpec spec =
        FetchSpec.builder()
            .folder(folder)
            .search(MailSearch.builder().messageId(id).build())
            .build();
    try (MailboxReader reader = MailboxReader.connect(SERVERS.imaps().user(user).build())) {
      return await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> reader.fetch(spec), found -> !found.isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"})
  void logsInByEachMechanism(String mechanism) {
    try (MailSender sender =
        SmtpSender.connect(SERVERS.submission().mechanism(mechanism).build())) {
      assertThat(sender.send(message(mechanism).text("x").build()).isComplete()).isTrue();
    }
    MailAccount wrong =
        SERVERS.submission().mechanism(mechanism).password(() -> "wrong-secret").build();
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> SmtpSender.connect(wrong))
        .withMessageNotContaining("wrong-secret");
  }

  @Test
  void htmlWithAnInlineImageAndAnAttachmentArrivesWhole() {
    byte[] image = {(byte) 0x89, 'P', 'N', 'G', 1, 2, 3};
    SendReport report;
    try (MailSender sender = SmtpSender.connect(SERVERS.submission().build())) {
      report =
          sender.send(
              message("HTML")
                  .text("see the HTML")
                  .html("<p>Grüße <img src=\"cid:logo\"></p>")
                  .inline("logo", Attachment.of("logo.png", image))
                  .attach(Attachment.of("Übersicht.csv", new byte[100_000]))
                  .build());
    }
    assertThat(report.isComplete()).isTrue();
    assertThat(report.queueIds()).hasSize(1);
    try (InboundMail inbound = read("u2", "INBOX", report.messageId()).get(0)) {
      ParsedMail mail = inbound.mail();
      assertThat(mail.defects()).isEmpty();
      assertThat(mail.html().orElseThrow()).contains("cid:logo");
      assertThat(mail.attachments())
          .extracting(each -> each.name())
          .contains("logo.png", "Übersicht.csv");
    }
  }

  @Test
  void manyRecipientsAmongThemARefusedOne() {
    Message.Builder many = message("many").text("x").dsn(DsnRequest.of(DsnRequest.Notify.FAILURE));
    many.bcc("u1@waybill.test", "u3@waybill.test", "nobody@waybill.test");
    try (MailSender sender = SmtpSender.connect(SERVERS.submission().build())) {
      SendReport report = sender.send(many.build());
      assertThat(report.accepted()).hasSize(3);
      assertThat(report.recipients())
          .filteredOn(each -> each.recipient().equals(Address.of("nobody@waybill.test")))
          .singleElement()
          .satisfies(each -> assertThat(each.reply().orElseThrow().enhanced()).contains("5.1.1"));
    }
  }

  @Test
  void theLimitOnSizeIsKnownBeforeAnythingIsSent() {
    try (MailSender sender = SmtpSender.connect(SERVERS.submission().build())) {
      SendReport report =
          sender.send(
              message("large").attach(Attachment.of("a.bin", new byte[45_000_000])).build());
      assertThat(report.recipients().get(0).why().orElse("")).contains("the server takes 52428800");
    }
  }

  @Test
  void tenMailsOutliveAnOutageOfTheServer() throws Exception {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    Outbox outbox = Outbox.open(database, "node/1", Clock.systemUTC());
    postfix("stop");
    List<OutboxEntry> ten = new ArrayList<>();
    try (MailSender sender = SmtpSender.lazy(SERVERS.submission().build(), Clock.systemUTC());
        OutboxDispatcher dispatcher = OutboxDispatcher.start(outbox, new One(sender))) {
      for (int i = 0; i < 10; i++) {
        ten.add(
            outbox.enqueue(
                message("outage " + i).text("x").build(),
                EnqueueRequest.builder("outage " + i).account("outgoing").build()));
      }
      await()
          .until(
              () ->
                  outbox.list(EnumSet.of(OutboxState.QUEUED), 100).stream()
                      .anyMatch(entry -> entry.lastError().isPresent()));
      postfix("start");
      for (OutboxEntry entry : ten) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> outbox.find(entry.id()).orElseThrow().state() == OutboxState.SENT);
      }
    }
    for (OutboxEntry entry : ten) {
      List<InboundMail> found = read("u2", "INBOX", entry.messageId());
      assertThat(found).hasSize(1);
      found.forEach(InboundMail::close);
    }
  }

  private record One(FrozenSender only) implements OutboxAccounts {
    @Override
    public Optional<FrozenSender> sender(String account) {
      return Optional.of(only);
    }

    @Override
    public int connections(String account) {
      return 3;
    }
  }

  private static void postfix(String command) throws Exception {
    Process process =
        new ProcessBuilder(
                "postfix", "-c", SERVERS.directory().resolve("postfix/etc").toString(), command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).isZero();
  }

  private static SendReport sent(FrozenSender sender, Message message) {
    try (PreparedMessage prepared = PreparedMessage.of(message, Clock.systemUTC())) {
      return sender.send(prepared, Duration.ofSeconds(30), DeliveryJournal.NONE);
    }
  }

  @Test
  void aCopyIsFiledOnceAndAMissingFolderIsAWarning() {
    MailAccount mailbox = SERVERS.imaps().build();
    try (MailSender smtp = SmtpSender.connect(SERVERS.submission().build())) {
      SentFolder inbox = SentFolder.of(mailbox, "INBOX");
      FrozenSender filing = new FilingSender(smtp, inbox, SentCopy.AUTO);
      SendReport report = sent(filing, message("copy").text("x").build());
      assertThat(report.warnings()).isEmpty();
      assertThat(inbox.contains(report.messageId())).isTrue();
      List<InboundMail> copies = read("u1", "INBOX", report.messageId());
      assertThat(copies).hasSize(1);
      copies.forEach(InboundMail::close);

      // called otherwise there, and marked for this
      FrozenSender usual = new FilingSender(smtp, SentFolder.usual(mailbox), SentCopy.AUTO);
      SendReport marked = sent(usual, message("usual copy").text("x").build());
      assertThat(marked.warnings()).isEmpty();
      assertThat(SentFolder.of(mailbox, "Gesendet").contains(marked.messageId())).isTrue();

      SentFolder missing = SentFolder.of(mailbox, "Sent Itens");
      FrozenSender failing = new FilingSender(smtp, missing, SentCopy.APPEND);
      SendReport warned = sent(failing, message("no copy").text("x").build());
      assertThat(warned.isComplete()).isTrue();
      assertThat(warned.warnings()).singleElement().asString().contains("Sent Itens", "no mailbox");
    }
  }

  @Test
  void aCheckTellsWhatTheServerIsLikeAndSendsNothing() {
    ServerCheck check = ServerCheck.run(SERVERS.submission().build(), Duration.ofSeconds(30));
    assertThat(check.failure()).isEmpty();
    assertThat(check.steps())
        .extracting(ServerCheck.Step::name)
        .contains("connect", "greeting", "STARTTLS", "TLS handshake", "AUTH");
    assertThat(check.steps().toString()).contains("PIPELINING", "52428800", "SCRAM-SHA-256");

    ServerCheck refused =
        ServerCheck.run(
            SERVERS.submission().password(() -> "wrong").build(), Duration.ofSeconds(30));
    assertThat(refused.failure().orElseThrow())
        .isInstanceOf(MailException.AuthenticationFailed.class);
    assertThat(refused.steps().get(refused.steps().size() - 1).isDone()).isFalse();
  }
}
