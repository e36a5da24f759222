package io.waybill.mail.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.Envelope;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.RetryAdvice;
import io.waybill.mail.SendLimits;
import io.waybill.mail.SendReport;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ReceivedMail;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.SmtpBatch;
import io.waybill.testkit.SmtpPoint;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes into the envelope: together or in turn, to how many at a time, with which words. */
@Timeout(60)
@ExtendWith(Leaks.class)
class SmtpEnvelopeIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  private ScriptedSmtpServer server;

  @BeforeEach
  void start() {
    server = ScriptedSmtpServer.start();
  }

  @AfterEach
  void stop() {
    assertThat(server.problems()).isEmpty();
    server.close();
  }

  private MailSender sender(SendLimits limits) {
    return SmtpSender.connect(
        MailAccount.builder()
            .host("127.0.0.1")
            .port(server.port())
            .security(MailSecurity.PLAINTEXT)
            .limits(limits)
            .build());
  }

  private MailSender sender() {
    return sender(SendLimits.defaults());
  }

  private static Message.Builder message(int recipients) {
    Message.Builder message = Message.builder().from("ops@example.org").subject("x").text("x");
    IntStream.range(0, recipients).forEach(i -> message.bcc("r" + i + "@example.net"));
    return message;
  }

  private SendReport send(Message message) {
    try (MailSender sender = sender()) {
      return sender.send(message, LONG);
    }
  }

  private static List<Status> statuses(SendReport report) {
    return report.recipients().stream().map(RecipientResult::status).toList();
  }

  @Test
  void commandsUpToDataTravelTogether() {
    assertThat(send(message(5).build()).isComplete()).isTrue();
    assertThat(server.batches())
        .map(SmtpBatch::commands)
        .anySatisfy(
            together ->
                assertThat(together)
                    .hasSize(7)
                    .first()
                    .asString()
                    .startsWith("MAIL FROM:<ops@example.org> SIZE="))
        .anySatisfy(together -> assertThat(together).last().isEqualTo("DATA"));
  }

  @Test
  void aServerWithoutPipeliningIsAskedOneByOne() {
    server.withholding("PIPELINING");
    assertThat(send(message(3).build()).isComplete()).isTrue();
    assertThat(server.batches()).allSatisfy(batch -> assertThat(batch.commands()).hasSize(1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusalsAreTheSameTogetherAndInTurn(boolean pipelined) {
    if (!pipelined) {
      server.withholding("PIPELINING");
    }
    server.at("RCPT TO:<r1@").reply("550 5.1.1 no such user");
    server.at("RCPT TO:<r2@").reply("452 4.2.2 mailbox full");
    SendReport report = send(message(3).build());
    assertThat(statuses(report)).containsExactly(Status.ACCEPTED, Status.REJECTED, Status.DEFERRED);
    assertThat(report.recipients()).allMatch(each -> each.reply().isPresent());
    assertThat(server.accepted())
        .singleElement()
        .satisfies(mail -> assertThat(mail.recipientAddresses()).containsExactly("r0@example.net"));
  }

  @Test
  void noContentGoesToNobodyAndTheConnectionStaysFit() {
    server.at(SmtpPoint.RCPT).first(2).reply("550 5.1.1 no such user");
    try (MailSender sender = sender()) {
      assertThat(statuses(sender.send(message(2).build())))
          .containsExactly(Status.REJECTED, Status.REJECTED);
      assertThat(sender.send(message(1).build()).isComplete()).isTrue();
    }
    assertThat(server.accepted()).hasSize(1);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void dataTakenForNobodyIsEndedAtOnce() {
    // A server that says 354 although it refused everybody (RFC 2920 3.1).
    server.at(SmtpPoint.RCPT).first(1).reply("550 5.1.1 no such user");
    server.at(SmtpPoint.DATA).first(1).reply("354 go ahead");
    try (MailSender sender = sender()) {
      assertThat(statuses(sender.send(message(1).build()))).containsExactly(Status.REJECTED);
      assertThat(sender.send(message(1).build()).isComplete()).isTrue();
    }
    assertThat(server.messages()).allSatisfy(mail -> assertThat(mail.text()).doesNotContain("r0@"));
  }

  @Test
  void refusedSenderIsTheAnswerForAll() {
    server.at(SmtpPoint.MAIL).first(1).reply("550 5.7.1 not you");
    try (MailSender sender = sender()) {
      SendReport report = sender.send(message(2).build());
      assertThat(report.recipients())
          .allSatisfy(each -> assertThat(each.toString()).contains("5.7.1 not you"));
      assertThat(sender.send(message(1).build()).isComplete()).isTrue();
    }
  }

  @Test
  void manyRecipientsGoInTransactionsOfWhatTheServerSays() {
    server.recipientLimit(10).announcingLimits();
    SendReport report = send(message(25).build());
    assertThat(report.isComplete()).isTrue();
    assertThat(server.accepted()).extracting(m -> m.recipients().size()).containsExactly(10, 10, 5);
    assertThat(report.queueIds()).hasSize(3);
    assertThat(contents()).hasSize(1);
  }

  @Test
  void aServerThatHasEnoughRecipientsGetsTheRestInAnotherTransaction() {
    server.recipientLimit(10);
    try (MailSender sender = sender()) {
      assertThat(sender.send(message(25).build()).isComplete()).isTrue();
      assertThat(server.accepted())
          .extracting(m -> m.recipients().size())
          .containsExactly(10, 10, 5);
      // Learned: the next one does not ask for more at a time.
      int heard = server.heard().size();
      assertThat(sender.send(message(20).build()).isComplete()).isTrue();
      assertThat(server.heard().subList(heard, server.heard().size()))
          .filteredOn(line -> line.startsWith("RCPT"))
          .hasSize(20);
    }
  }

  @Test
  void anOldServerThatHasEnoughRecipientsSaysSoBy552() {
    server.at(SmtpPoint.RCPT).nth(3).reply("552 too many recipients");
    SendReport report = send(message(3).build());
    assertThat(report.isComplete()).isTrue();
    assertThat(server.accepted()).extracting(m -> m.recipients().size()).containsExactly(2, 1);
  }

  @Test
  void aDotThatIsAnsweredByWantingMoreIsUnknown() {
    server.at(SmtpPoint.DOT).reply("354 go on");
    assertThat(statuses(send(message(1).build()))).containsExactly(Status.UNKNOWN);
  }

  @Test
  void aConnectionThatEndsWhileTheJournalWritesHasSentNothing() {
    AtomicInteger times = new AtomicInteger();
    try (MailSender sender = sender();
        PreparedMessage prepared = PreparedMessage.of(message(1).build(), Clock.systemUTC())) {
      SendReport report =
          sender.send(
              prepared,
              LONG,
              results -> {
                if (times.incrementAndGet() == 1) {
                  // what a server has not read when it hangs up takes its last words away
                  await().pollDelay(Duration.ofMillis(500)).until(() -> true);
                  server.dismissAll("421 4.3.2 going down");
                  await().pollDelay(Duration.ofMillis(200)).until(() -> true);
                }
              });
      assertThat(report.isComplete()).isTrue();
    }
    assertThat(times).hasValue(2);
    assertThat(server.accepted()).hasSize(1);
  }

  @Test
  void whoCancelsWhileTheJournalWritesHasSentNothing() {
    AtomicReference<Runnable> cancel = new AtomicReference<>();
    DeliveryJournal cancelling =
        new DeliveryJournal() {
          @Override
          public void begun(Runnable ends) {
            cancel.set(ends);
          }

          @Override
          public void beforeFinalDot(List<RecipientResult> results) {
            Objects.requireNonNull(cancel.get()).run();
          }
        };
    try (MailSender sender = sender();
        PreparedMessage prepared = PreparedMessage.of(message(1).build(), Clock.systemUTC())) {
      assertThatExceptionOfType(MailException.Cancelled.class)
          .isThrownBy(() -> sender.send(prepared, LONG, cancelling));
    }
    assertThat(server.accepted()).isEmpty();
  }

  @Test
  void aServerThatHangsUpAfterSoManyRefusalsIsAskedOnAboutTheOthers() {
    for (int connection = 0; connection < 3; connection++) {
      for (int i = 1; i <= 4; i++) {
        server.at(SmtpPoint.RCPT).nth(5 * connection + i).reply("550 5.1.1 nobody");
      }
      server.at(SmtpPoint.RCPT).nth(5 * connection + 5).replyAndClose("421 4.7.0 too many errors");
    }
    SendReport report = send(message(14).build());
    assertThat(statuses(report)).filteredOn(Status.REJECTED::equals).hasSize(12);
    assertThat(report.accepted()).hasSize(2);
    assertThat(server.connections()).isEqualTo(4);
  }

  @Test
  void whatWasHeardBeforeAServerHangsUpForGoodIsAReport() {
    server.at(SmtpPoint.RCPT).nth(1).reply("550 5.1.1 nobody");
    for (int i = 2; i <= 4; i++) {
      server.at(SmtpPoint.RCPT).nth(i).replyAndClose("421 4.7.0 enough");
    }
    assertThat(statuses(send(message(2).build())))
        .containsExactly(Status.REJECTED, Status.DEFERRED);
  }

  @Test
  void theAccountsOwnLimitHolds() {
    try (MailSender sender = sender(SendLimits.builder().recipientsPerMessage(2).build())) {
      assertThat(sender.send(message(5).build()).isComplete()).isTrue();
    }
    assertThat(server.accepted()).extracting(m -> m.recipients().size()).containsExactly(2, 2, 1);
  }

  @Test
  void hundredsOfRecipientsDoNotFillThePipe() {
    try (MailSender sender = sender(SendLimits.builder().recipientsPerMessage(2000).build())) {
      assertThat(sender.send(message(1500).build(), LONG).accepted()).hasSize(1500);
    }
  }

  @Test
  void whatCameBeforeALostConnectionIsAReportAndTheRestNotAttempted() {
    server.recipientLimit(2).announcingLimits();
    server.at(SmtpPoint.MAIL).nth(2).drop();
    SendReport report = send(message(5).build());
    assertThat(statuses(report))
        .containsExactly(
            Status.ACCEPTED,
            Status.ACCEPTED,
            Status.NOT_ATTEMPTED,
            Status.NOT_ATTEMPTED,
            Status.NOT_ATTEMPTED);
    assertThat(report.retryAdvice()).isInstanceOf(RetryAdvice.Only.class);
  }

  @Test
  void journalHearsEachTransactionWithWhatHasToBeTrueIfNothingMoreIsHeard() {
    server.recipientLimit(2).announcingLimits();
    List<List<Status>> written = new ArrayList<>();
    try (MailSender sender = sender();
        PreparedMessage prepared = PreparedMessage.of(message(3).build(), Clock.systemUTC())) {
      sender.send(
          prepared,
          LONG,
          results -> written.add(results.stream().map(RecipientResult::status).toList()));
    }
    assertThat(written)
        .containsExactly(
            List.of(Status.UNKNOWN, Status.UNKNOWN, Status.NOT_ATTEMPTED),
            List.of(Status.ACCEPTED, Status.ACCEPTED, Status.UNKNOWN));
  }

  @Test
  void aJournalThatFailsAfterSomeHaveItLeavesAReport() {
    server.recipientLimit(2).announcingLimits();
    AtomicInteger dots = new AtomicInteger();
    try (MailSender sender = sender();
        PreparedMessage prepared = PreparedMessage.of(message(3).build(), Clock.systemUTC())) {
      SendReport report =
          sender.send(
              prepared,
              LONG,
              results -> {
                if (dots.incrementAndGet() == 2) {
                  throw new MailException.StoreFailed("write", new SQLException("gone"));
                }
              });
      assertThat(statuses(report))
          .containsExactly(Status.ACCEPTED, Status.ACCEPTED, Status.NOT_ATTEMPTED);
    }
    assertThat(server.accepted()).hasSize(1);
  }

  @Test
  void tooLargeIsRefusedHereWithBothFigures() {
    server.sizeLimit(1000);
    SendReport report = send(message(2).attach(Attachment.of("a.bin", new byte[2000])).build());
    assertThat(report.recipients())
        .allSatisfy(
            each -> {
              assertThat(each.status()).isEqualTo(Status.REJECTED);
              assertThat(each.why().orElse(""))
                  .contains("the server takes 1000", Long.toString(report.sizeBytes()));
            });
    assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
  }

  private List<String> contents() {
    return server.accepted().stream().map(ReceivedMail::text).distinct().toList();
  }

  private static FrozenMessage frozen(String content, MessageEncoding encoding, Envelope envelope) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return new FrozenMessage() {
      @Override
      public String messageId() {
        return "<1@example.org>";
      }

      @Override
      public Envelope envelope() {
        return envelope;
      }

      @Override
      public long sizeBytes() {
        return bytes.length;
      }

      @Override
      public String sha256() {
        return "sha-256:0";
      }

      @Override
      public MessageEncoding encoding() {
        return encoding;
      }

      @Override
      public InputStream open() {
        return new ByteArrayInputStream(bytes);
      }
    };
  }

  private SendReport send(FrozenMessage message) {
    try (MailSender sender = sender()) {
      return sender.send(message, LONG, DeliveryJournal.NONE);
    }
  }

  private static final Envelope PLAIN =
      Envelope.of(Address.of("ops@example.org"), List.of(Address.of("you@example.net")));

  @Test
  void eightBitContentIsDeclaredAndArrivesAsItIs() {
    SendReport report =
        send(frozen("Subject: x\r\n\r\nGr\u00fc\u00dfe\r\n", MessageEncoding.EIGHT_BIT, PLAIN));
    assertThat(report.isComplete()).isTrue();
    assertThat(server.heard()).anyMatch(line -> line.endsWith("BODY=8BITMIME"));
    assertThat(server.accepted().get(0).content())
        .isEqualTo("Subject: x\r\n\r\nGr\u00fc\u00dfe\r\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void eightBitContentIsRefusedHereByAServerThatDoesNotKnowIt() {
    server.withholding("8BITMIME");
    SendReport report =
        send(frozen("Subject: x\r\n\r\n\u00fc\r\n", MessageEncoding.EIGHT_BIT, PLAIN));
    assertThat(report.recipients().get(0).why().orElse("")).contains("8BITMIME");
    assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void utf8HeadersAreRefusedHereByAServerThatDoesNotKnowThem() {
    server.withholding("SMTPUTF8");
    SendReport report = send(frozen("Subject: \u00fc\r\n\r\n", MessageEncoding.UTF8, PLAIN));
    assertThat(report.recipients().get(0).why().orElse("")).contains("SMTPUTF8");
  }

  @Test
  void onlyTheRecipientThatNeedsUtf8IsRefusedByAServerThatDoesNotKnowIt() {
    server.withholding("SMTPUTF8");
    SendReport report = send(message(1).bcc("\u00fcser@example.net").build());
    assertThat(statuses(report)).containsExactly(Status.ACCEPTED, Status.REJECTED);
    assertThat(report.recipients().get(1).why().orElse("")).contains("SMTPUTF8");
    assertThat(server.heard()).noneMatch(line -> line.contains("SMTPUTF8"));
  }

  @Test
  void anAddressInUtf8IsSaidAsItIs() {
    SendReport report = send(message(0).to("\u00fcser@b\u00fccher.example").build());
    assertThat(report.isComplete()).isTrue();
    assertThat(server.heard()).anyMatch(line -> line.endsWith(" SMTPUTF8"));
    assertThat(server.accepted().get(0).recipientAddresses())
        .containsExactly("\u00fcser@xn--bcher-kva.example");
  }

  @Test
  void reportsAreAskedForInTheWordsOfRfc3461() {
    DsnRequest request =
        new DsnRequest(
            Set.of(DsnRequest.Notify.FAILURE, DsnRequest.Notify.DELAY),
            Optional.of(DsnRequest.ReturnedContent.HDRS),
            Optional.of("batch 7+1"));
    send(frozen("Subject: x\r\n\r\n", MessageEncoding.SEVEN_BIT, PLAIN.withDsn(request)));
    assertThat(server.heard())
        .anyMatch(line -> line.endsWith("RET=HDRS ENVID=batch+207+2B1"))
        .contains("RCPT TO:<you@example.net> NOTIFY=FAILURE,DELAY ORCPT=rfc822;you@example.net");
  }

  @Test
  void reportsAreNotAskedForWhereTheServerKnowsNothingOfThem() {
    server.withholding("DSN");
    SendReport report =
        send(
            frozen(
                "Subject: x\r\n\r\n",
                MessageEncoding.SEVEN_BIT,
                PLAIN.withDsn(DsnRequest.never())));
    assertThat(report.isComplete()).isTrue();
    assertThat(server.heard()).contains("RCPT TO:<you@example.net>");
  }

  @Test
  void nullSenderIsEmptyOnTheWire() {
    send(
        frozen(
            "Subject: x\r\n\r\n",
            MessageEncoding.SEVEN_BIT,
            Envelope.of(null, List.of(Address.of("you@example.net")))));
    assertThat(server.heard()).anyMatch(line -> line.startsWith("MAIL FROM:<> "));
  }
}
