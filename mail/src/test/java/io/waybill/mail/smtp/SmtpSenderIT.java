package io.waybill.mail.smtp;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.RetryAdvice;
import io.waybill.mail.SendReport;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ReceivedMail;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.ServerCertificate;
import io.waybill.testkit.SmtpPoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class SmtpSenderIT {
  private static final String PASSWORD = "s3cr3t-Pa55";
  private static final Duration LONG = ofSeconds(30);

  private ScriptedSmtpServer server;

  @BeforeEach
  void start() {
    server = ScriptedSmtpServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MailAccount.Builder account() {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(server.port())
        .security(MailSecurity.PLAINTEXT);
  }

  private static Message message(String... to) {
    return Message.builder()
        .from("ops@example.org")
        .to(to.length == 0 ? new String[] {"you@example.net"} : to)
        .subject("Hi")
        .text(".leading dot\nsecond line")
        .build();
  }

  private SendReport send(Message message) {
    try (MailSender sender = SmtpSender.connect(account().build())) {
      return sender.send(message, LONG);
    }
  }

  @Test
  void reportsWhatTheServerAccepted() {
    SendReport report = send(message());
    assertThat(report.isComplete()).isTrue();
    assertThat(report.recipients().get(0).reply().orElseThrow().text()).contains("queued as 1");
    assertThat(report.sha256()).matches("sha-256:[0-9a-f]{64}");
    assertThat(report.tls()).isEmpty();
    assertThat(server.heard())
        .contains("MAIL FROM:<ops@example.org> SIZE=" + report.sizeBytes())
        .contains("RCPT TO:<you@example.net>")
        .last()
        .isEqualTo("QUIT");
  }

  @Test
  void doublesLeadingDotsOnTheWireOnly() {
    send(message());
    assertThat(server.messages())
        .singleElement()
        .extracting(ReceivedMail::text)
        .asString()
        .contains("\r\n.leading dot\r\n");
  }

  @Test
  void keepsOneConnectionForManyMessages() {
    try (MailSender sender = SmtpSender.connect(account().build())) {
      for (int i = 0; i < 5; i++) {
        assertThat(sender.send(message()).isComplete()).isTrue();
      }
    }
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.messages()).hasSize(5);
  }

  @Test
  void keepsEachRecipientsOwnAnswer() {
    server.at("RCPT TO:<bad@").reply("550 5.1.1 no such user");
    server.at("RCPT TO:<full@").reply("452 4.2.2 mailbox full");
    SendReport report = send(message("good@example.net", "bad@example.net", "full@example.net"));
    assertThat(report.recipients())
        .extracting(RecipientResult::status)
        .containsExactly(Status.ACCEPTED, Status.REJECTED, Status.DEFERRED);
    assertThat(report.recipients().get(1).reply().orElseThrow().enhanced()).contains("5.1.1");
    assertThat(report.retryAdvice())
        .isEqualTo(new RetryAdvice.Only(List.of(Address.of("full@example.net"))));
    assertThat(server.messages()).hasSize(1);
  }

  @Test
  void sendsNoContentWhenEveryRecipientIsRefused() {
    server.at(SmtpPoint.RCPT).reply("550 5.1.1 no such user");
    SendReport report = send(message("a@example.net", "b@example.net"));
    assertThat(report.recipients()).allMatch(result -> result.status() == Status.REJECTED);
    assertThat(server.messages()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "MAIL, 451 4.3.0 later, DEFERRED, MAIL",
    "MAIL, 550 5.7.1 never, REJECTED, MAIL",
    "DATA, 451 4.3.0 later, DEFERRED, DATA",
    "DATA, 554 5.7.1 never, REJECTED, DATA",
    "DOT, 452 4.3.1 disk full, DEFERRED, DOT",
    "DOT, 554 5.6.0 spam, REJECTED, DOT",
    "DOT, 421 4.3.2 shutting down, DEFERRED, DOT"
  })
  void classifiesRefusalsByPhaseAndCode(String point, String reply, Status status, Phase phase) {
    server.at(point).reply(reply);
    RecipientResult result = send(message()).recipients().get(0);
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.phase()).isEqualTo(phase);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAIL", "DATA", "CONTENT"})
  void connectionLostBeforeTheDotIsTransientAndSendsNothing(String point) {
    server.sizeLimit(100_000_000).at(point).drop();
    // Larger than the socket's buffers: a small message would be written into the void, dot
    // included.
    Message large =
        message().toBuilder().attach(Attachment.of("a.bin", new byte[20_000_000])).build();
    MailException e = catchThrowableOfType(MailException.class, () -> send(large));
    assertThat(e).isInstanceOf(MailException.ConnectionLost.class);
    assertThat(e.isTransient()).isTrue();
    assertThat(e.isAmbiguous()).isFalse();
    assertThat(server.messages()).isEmpty();
  }

  @Test
  void connectionLostAfterTheDotIsUnknownAndNeverRetried() {
    server.at(SmtpPoint.DOT).drop();
    try (MailSender sender = SmtpSender.connect(account().build())) {
      assertThat(sender.send(message(), LONG).isAmbiguous()).isTrue();
      SendReport report = sender.send(message("a@example.net", "b@example.net"), LONG);
      assertThat(report.recipients()).allMatch(result -> result.status() == Status.UNKNOWN);
      assertThat(report.retryAdvice()).isEqualTo(new RetryAdvice.Human());
      assertThatExceptionOfType(MailException.Ambiguous.class).isThrownBy(report::orThrow);
    }
    assertThat(server.messages()).hasSize(2); // each once: nothing was repeated behind our back
  }

  @Test
  void refusedRecipientStaysRefusedWhenTheDotIsLost() {
    server.at("RCPT TO:<bad@").reply("550 5.1.1 no such user").at(SmtpPoint.DOT).drop();
    SendReport report = send(message("good@example.net", "bad@example.net"));
    assertThat(report.recipients())
        .extracting(RecipientResult::status)
        .containsExactly(Status.UNKNOWN, Status.REJECTED);
  }

  @Test
  void deadlineClosesAConnectionThatStallsBeforeTheDot() {
    server.at(SmtpPoint.DATA).stall();
    try (MailSender sender = SmtpSender.connect(account().build())) {
      assertThatExceptionOfType(MailException.TimedOut.class)
          .isThrownBy(() -> sender.send(message(), ofMillis(300)))
          .withMessageContaining("deadline");
    }
  }

  @Test
  void deadlineAfterTheDotIsUnknown() {
    server.at(SmtpPoint.DOT).stall();
    try (MailSender sender = SmtpSender.connect(account().build())) {
      SendReport report = sender.send(message(), ofMillis(500));
      assertThat(report.isAmbiguous()).isTrue();
    }
  }

  @Test
  void commandTimeoutEndsAStalledCommand() {
    server.at(SmtpPoint.MAIL).stall();
    MailAccount impatient = account().commandTimeout(ofMillis(200)).build();
    try (MailSender sender = SmtpSender.connect(impatient)) {
      assertThatExceptionOfType(MailException.TimedOut.class)
          .isThrownBy(() -> sender.send(message(), LONG))
          .withMessageContaining("MAIL");
    }
  }

  @Test
  void cancellingClosesTheSocket() {
    server.at(SmtpPoint.DATA).stall();
    try (MailSender sender = SmtpSender.connect(account().build())) {
      CompletableFuture<SendReport> future = sender.sendAsync(message());
      await().until(() -> server.heard().contains("DATA"));
      assertThat(future.cancel(true)).isTrue();
      server.behave();
      // The turn comes back at once only because the stalled call was ended from outside.
      assertThat(sender.send(message(), ofSeconds(20)).isComplete()).isTrue();
    }
    assertThat(server.messages()).hasSize(1);
  }

  @Test
  void sendsAsynchronously() throws Exception {
    try (MailSender sender = SmtpSender.connect(account().build())) {
      assertThat(sender.sendAsync(message()).get().isComplete()).isTrue();
    }
  }

  @Test
  void replacesAnIdleConnectionThatTheServerGaveUpOnce() {
    try (MailSender sender = SmtpSender.connect(account().build())) {
      sender.send(message());
      server.at(SmtpPoint.MAIL).drop();
      assertThatExceptionOfType(MailException.ConnectionLost.class)
          .isThrownBy(() -> sender.send(message()));
      assertThat(server.connections()).isEqualTo(2); // one reconnect, not more
      server.behave();
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
  }

  @Test
  void exceptionOfTheJournalPreventsTheDot() {
    DeliveryJournal full =
        results -> {
          throw new MailException.StoreFailed("write", new IOException("disk full"));
        };
    try (MailSender sender = SmtpSender.connect(account().build());
        PreparedMessage prepared = PreparedMessage.of(message(), Clock.systemUTC())) {
      assertThatExceptionOfType(MailException.StoreFailed.class)
          .isThrownBy(() -> sender.send(prepared, LONG, full));
      assertThat(server.messages()).isEmpty();
      assertThat(sender.send(prepared, LONG, DeliveryJournal.NONE).isComplete()).isTrue();
    }
  }

  @Test
  void journalHearsWhoGetsTheMessageBeforeTheDot() {
    server.at("RCPT TO:<bad@").reply("550 5.1.1 no such user");
    try (MailSender sender = SmtpSender.connect(account().build());
        PreparedMessage prepared =
            PreparedMessage.of(message("good@example.net", "bad@example.net"), Clock.systemUTC())) {
      DeliveryJournal journal =
          results -> {
            assertThat(server.messages()).isEmpty();
            assertThat(results)
                .extracting(RecipientResult::status)
                .containsExactly(Status.UNKNOWN, Status.REJECTED);
          };
      assertThat(sender.send(prepared, LONG, journal).accepted()).hasSize(1);
    }
  }

  @Test
  void logsInWithPlain() {
    server.user("ops", PASSWORD).logins().mechanisms("LOGIN", "PLAIN");
    try (MailSender sender =
        SmtpSender.connect(account().user("ops").password(() -> PASSWORD).build())) {
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
    assertThat(server.heard()).anyMatch(line -> line.startsWith("AUTH PLAIN "));
  }

  @Test
  void failsBeforeMailWhenNoAuthIsOffered() {
    assertFails(
        MailException.AuthenticationFailed.class,
        account().user("ops").password(() -> PASSWORD).build(),
        "offers no login");
  }

  @Test
  void failsBeforeMailWhenStartTlsIsStripped() {
    server
        .user("ops", PASSWORD)
        .securing(ServerCertificate.LOCALHOST.context())
        .withholding("STARTTLS");
    assertFails(
        MailException.TlsFailed.class,
        account().security(MailSecurity.STARTTLS).user("ops").password(() -> PASSWORD).build(),
        "STARTTLS");
    assertThat(server.heard()).noneMatch(line -> line.startsWith("AUTH"));
  }

  @ParameterizedTest
  @CsvSource({"535 5.7.8 bad credentials, false", "454 4.7.0 try later, true"})
  void loginRefusedIsPermanentUnlessTheServerSaysLater(String reply, boolean temporary) {
    server.user("ops", PASSWORD).at(SmtpPoint.LOGIN).reply(reply);
    server.logins().mechanisms("PLAIN");
    MailException e =
        assertFails(
            MailException.AuthenticationFailed.class,
            account().user("ops").password(() -> PASSWORD).build(),
            reply);
    assertThat(e.isTransient()).isEqualTo(temporary);
  }

  @Test
  void serverThatEchoesCredentialsCannotLeakThem() {
    String token =
        java.util.Base64.getEncoder()
            .encodeToString(
                ("\0ops\0" + PASSWORD).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    server.user("ops", PASSWORD).at(SmtpPoint.LOGIN).reply("535 5.7.8 rejected: " + token);
    server.logins().mechanisms("PLAIN");
    MailException e =
        assertFails(
            MailException.AuthenticationFailed.class,
            account().user("ops").password(() -> PASSWORD).build(),
            "535");
    assertThat(e.getMessage()).doesNotContain(token);
  }

  @Test
  void plaintextIsNeverTheDefault() {
    assertThat(MailAccount.builder().host("mx").build().security())
        .isEqualTo(MailSecurity.IMPLICIT_TLS);
    // A server that speaks no TLS is refused by an account that was not told otherwise.
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(server.port())
            .commandTimeout(ofSeconds(5))
            .build();
    assertFails(MailException.TlsFailed.class, account, "no protected connection");
    assertThat(server.heard()).noneMatch(line -> line.startsWith("EHLO"));
  }

  @Test
  void nobodyListeningIsTransient() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    MailAccount account = account().port(free).build();
    assertThatExceptionOfType(MailException.ConnectFailed.class)
        .isThrownBy(() -> SmtpSender.connect(account))
        .satisfies(e -> assertThat(e.isTransient()).isTrue())
        .withMessageContaining("127.0.0.1:" + free);
  }

  @ParameterizedTest
  @CsvSource({"554 5.3.2 go away, false", "421 4.3.2 busy, true"})
  void refusedGreetingKeepsTheServersWord(String reply, boolean temporary) {
    server.at(SmtpPoint.GREETING).reply(reply);
    MailException e =
        catchThrowableOfType(MailException.class, () -> SmtpSender.connect(account().build()));
    assertThat(e.isTransient()).isEqualTo(temporary);
    assertThat(e).hasMessageContaining(reply);
  }

  private MailException assertFails(
      Class<? extends MailException> type, MailAccount account, String text) {
    MailException e = catchThrowableOfType(type, () -> SmtpSender.connect(account));
    assertThat(e).isNotNull().hasMessageContaining(text);
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain(PASSWORD);
    assertThat(account.toString()).doesNotContain(PASSWORD);
    assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
    return e;
  }
}
