package io.waybill.mail.smtp;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.Attachment;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.SendLimits;
import io.waybill.mail.SendReport;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.SettableClock;
import io.waybill.testkit.SmtpPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many connections, for how long, how fast, and when none at all. */
@Timeout(60)
@ExtendWith(Leaks.class)
class SmtpPoolIT {
  private final SettableClock clock = SettableClock.at(Instant.parse("2026-11-20T09:00:00Z"));
  private ScriptedSmtpServer server;

  @BeforeEach
  void start() {
    server = ScriptedSmtpServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MailAccount.Builder account(SendLimits limits) {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(server.port())
        .security(MailSecurity.PLAINTEXT)
        .limits(limits);
  }

  private MailSender sender(SendLimits.Builder limits) {
    return SmtpSender.lazy(account(limits.build()).build(), clock);
  }

  private static Message message() {
    return Message.builder()
        .from("ops@example.org")
        .to("you@example.net")
        .subject("x")
        .text("x")
        .build();
  }

  @Test
  void neverMoreConnectionsThanAllowed() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    server.at(SmtpPoint.DOT).heldBy(latch).ordinarily();
    try (MailSender sender = sender(SendLimits.builder().connections(3))) {
      List<CompletableFuture<SendReport>> futures = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        futures.add(sender.sendAsync(message()));
      }
      server.awaitOpenConnections(3, ofSeconds(20));
      latch.countDown();
      for (CompletableFuture<SendReport> future : futures) {
        assertThat(future.get().isComplete()).isTrue();
      }
      assertThat(server.mostOpenConnections()).isEqualTo(3);
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @Test
  void waitingForAConnectionEndsWithWhatToDo() throws Exception {
    server.at(SmtpPoint.DOT).once().stall();
    try (MailSender sender =
        sender(SendLimits.builder().connections(1).claimTimeout(ofMillis(200)))) {
      CompletableFuture<SendReport> stalled = sender.sendAsync(message());
      server.awaitHeard("DATA", ofSeconds(20));
      assertThatExceptionOfType(MailException.TimedOut.class)
          .isThrownBy(() -> sender.send(message()))
          .withMessageContaining("free connection")
          .withMessageContaining("limit");
      assertThat(stalled.cancel(true)).isTrue();
    }
  }

  @Test
  void aConnectionIsReplacedWhenItHasDoneItsShare() {
    try (MailSender sender = sender(SendLimits.builder().messagesPerConnection(2))) {
      for (int i = 0; i < 5; i++) {
        sender.send(message());
      }
    }
    assertThat(server.connections()).isEqualTo(3);
    assertThat(server.heard()).filteredOn(line -> line.equals("QUIT")).hasSize(3);
  }

  @Test
  void anUnusedConnectionSaysGoodbye() throws Exception {
    try (MailSender sender = sender(SendLimits.builder().idleExpiry(ofMillis(200)))) {
      sender.send(message());
      server.awaitHeard("QUIT", ofSeconds(20));
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void aConnectionThatTheServerGaveUpIsReplacedOnceAndSilently() {
    try (MailSender sender = sender(SendLimits.builder())) {
      sender.send(message());
      server.dismissAll("421 4.4.2 idle for too long");
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.accepted()).hasSize(2);
  }

  @Test
  void aServerThatKeepsHangingUpIsTriedTwiceAndNoMore() {
    server.at(SmtpPoint.MAIL).reply("421 4.3.2 going down");
    try (MailSender sender = sender(SendLimits.builder())) {
      assertThatExceptionOfType(MailException.Deferred.class)
          .isThrownBy(() -> sender.send(message()))
          .withMessageContaining("4.3.2 going down");
    }
    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.messages()).isEmpty();
  }

  @Test
  void messagesOfAMinuteAreCounted() {
    try (MailSender sender = sender(SendLimits.builder().messagesPerMinute(2))) {
      sender.send(message());
      sender.send(message());
      assertThatExceptionOfType(MailException.Held.class)
          .isThrownBy(() -> sender.send(message(), ofSeconds(5)))
          .withMessageContaining("2 messages a minute")
          .satisfies(held -> assertThat(held.until()).isEqualTo(clock.instant().plusSeconds(60)));
      clock.advance(Duration.ofSeconds(60));
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
  }

  @Test
  void closingEndsTheWaitForTheRate() throws Exception {
    MailSender sender = sender(SendLimits.builder().messagesPerMinute(1));
    sender.send(message());
    CompletableFuture<SendReport> waiting = sender.sendAsync(message());
    assertThat(waiting).isNotDone();
    sender.close();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(waiting::get)
        .withCauseInstanceOf(MailException.Cancelled.class);
  }

  @Test
  void recipientsOfADayAreCounted() {
    try (MailSender sender = sender(SendLimits.builder().recipientsPerDay(2))) {
      sender.send(message());
      sender.send(message());
      assertThatExceptionOfType(MailException.Held.class)
          .isThrownBy(() -> sender.send(message()))
          .withMessageContaining("2 recipients a day")
          .satisfies(held -> assertThat(held.isTransient()).isTrue());
      clock.advance(Duration.ofHours(24));
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
  }

  @Test
  void aServerThatAsksForAPauseGetsIt() {
    server.at(SmtpPoint.MAIL).once().reply("450 4.7.1 too fast, try again in 90 seconds");
    try (MailSender sender = sender(SendLimits.builder())) {
      assertThat(sender.send(message()).recipients().get(0).status()).isEqualTo(Status.DEFERRED);
      int heard = server.heard().size();
      assertThatExceptionOfType(MailException.Held.class)
          .isThrownBy(() -> sender.send(message()))
          .satisfies(held -> assertThat(held.until()).isEqualTo(clock.instant().plusSeconds(90)));
      assertThat(server.heard()).hasSize(heard);
      clock.advance(ofSeconds(90));
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
  }

  @Test
  void aWrongPasswordIsTriedOnceAndThenNotForAWhile() {
    server.user("ops", "right").requiringLogin();
    MailAccount wrong =
        account(SendLimits.defaults()).user("ops").password(() -> "wrong-Pa55").build();
    try (MailSender sender = SmtpSender.lazy(wrong, clock)) {
      for (int i = 0; i < 5; i++) {
        assertThatExceptionOfType(MailException.AuthenticationFailed.class)
            .isThrownBy(() -> sender.send(message()))
            .satisfies(e -> assertThat(e.toString()).doesNotContain("wrong-Pa55"));
      }
      assertThat(server.loginAttempts()).isEqualTo(1);
      clock.advance(Duration.ofMinutes(5));
      assertThatExceptionOfType(MailException.AuthenticationFailed.class)
          .isThrownBy(() -> sender.send(message()));
      assertThat(server.loginAttempts()).isEqualTo(2);
    }
  }

  @Test
  void aPeerThatTakesNothingIsLeft() {
    server.at(SmtpPoint.CONTENT).freeze();
    server.sizeLimit(200_000_000);
    MailAccount impatient = account(SendLimits.defaults()).writeTimeout(ofMillis(300)).build();
    try (MailSender sender = SmtpSender.lazy(impatient, clock)) {
      Message large =
          message().toBuilder().attach(Attachment.of("a.bin", new byte[30_000_000])).build();
      assertThatExceptionOfType(MailException.TimedOut.class)
          .isThrownBy(() -> sender.send(large, ofSeconds(60)))
          .withMessageContaining("content");
    }
  }

  @Test
  void closingEndsWhatIsUnderWay() {
    server.at(SmtpPoint.DATA).stall();
    MailSender sender = sender(SendLimits.builder());
    CompletableFuture<SendReport> stalled = sender.sendAsync(message());
    await().until(() -> server.heard().contains("DATA"));
    sender.close();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(stalled::get)
        .withCauseInstanceOf(MailException.Cancelled.class);
  }

  @Test
  void aServerThatHangsUpAtItsGreetingIsAskedOnceMore() {
    server.at(SmtpPoint.GREETING).once().replyAndClose("421 4.3.2 going down");
    server.at(SmtpPoint.EHLO).nth(2).drop();
    try (MailSender sender = sender(SendLimits.builder().messagesPerConnection(1))) {
      assertThat(sender.send(message()).isComplete()).isTrue();
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
    assertThat(server.connections()).isEqualTo(4);
  }

  @Test
  void tenAtOnceTryAWrongPasswordOnce() {
    server.user("ops", "right").requiringLogin();
    MailAccount wrong =
        account(SendLimits.builder().connections(10).build())
            .user("ops")
            .password(() -> "wrong-Pa55")
            .build();
    try (MailSender sender = SmtpSender.lazy(wrong, clock)) {
      List<CompletableFuture<SendReport>> futures = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        futures.add(sender.sendAsync(message()));
      }
      for (CompletableFuture<SendReport> future : futures) {
        assertThatExceptionOfType(ExecutionException.class)
            .isThrownBy(future::get)
            .withCauseInstanceOf(MailException.AuthenticationFailed.class);
      }
      assertThat(server.loginAttempts()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerThatNobodyAskedForIsNotTakenForThatOfTheNextMessage() throws Exception {
    server.at(SmtpPoint.DOT).once().twice();
    try (MailSender sender = sender(SendLimits.builder().connections(1))) {
      assertThat(sender.send(message()).isComplete()).isTrue();
      await().pollDelay(ofMillis(100)).until(() -> true); // until the second answer is here
      assertThat(sender.send(message()).isComplete()).isTrue();
    }
    assertThat(server.accepted()).hasSize(2);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void aGoodbyeThatIsDrippedHoldsNobodyUp() {
    server.at(SmtpPoint.QUIT).slowly(ofMillis(1500)).reply("221 2.0.0 " + "b".repeat(200));
    try (MailSender sender = sender(SendLimits.builder().messagesPerConnection(1))) {
      long begun = System.nanoTime();
      assertThat(sender.send(message()).isComplete()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(ofSeconds(30));
    }
  }
}
