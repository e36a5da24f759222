package io.waybill.mail.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.Envelope;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import io.waybill.mail.SendReport;
import io.waybill.mail.mime.DeliveryReport;
import io.waybill.mail.mime.MimeLimits;
import io.waybill.mail.mime.MimeReader;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.PreparedMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTest {
  private static final Instant NOW = Instant.parse("2026-11-20T09:00:00Z");
  private static final Address A = Address.of("a@example.net");
  private static final Address B = Address.of("b@example.net");

  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  private JdbcDataSource database;
  private Outbox outbox;

  @BeforeEach
  void open() {
    database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    outbox = Outbox.open(database, "node/1", clock);
  }

  private static Message message() {
    return Message.builder()
        .from("ops@example.org")
        .to(A)
        .to(B)
        .subject("Report")
        .text("x")
        .attach(Attachment.of("big.bin", new byte[600_000]))
        .build();
  }

  @Test
  void enqueuesOnceForEachKey() {
    OutboxEntry first = outbox.enqueue(message(), "job/2026-11-20");
    OutboxEntry again = outbox.enqueue(message(), "job/2026-11-20");
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.messageId()).isEqualTo(first.messageId());
    assertThat(outbox.enqueue(message(), "other").id()).isNotEqualTo(first.id());
    assertThat(first.state()).isEqualTo(OutboxState.QUEUED);
    assertThat(first.id()).hasSize(26);
    assertThat(outbox.list(EnumSet.allOf(OutboxState.class), 10)).hasSize(2);
    assertThat(outbox.findByKey("job/2026-11-20").orElseThrow().id()).isEqualTo(first.id());
  }

  @Test
  void whatNobodyHasHeardOfCanBeWithdrawnAndItsKeyUsedAgain() {
    OutboxEntry entry = outbox.enqueue(message(), "k");
    assertThat(outbox.withdraw(entry.id())).isTrue();
    assertThat(outbox.find(entry.id())).isEmpty();
    OutboxEntry again = outbox.enqueue(message(), "k");
    assertThat(again.id()).isNotEqualTo(entry.id());
    outbox.deliver(again.id(), new Fake(Map.of(A, Status.ACCEPTED, B, Status.DEFERRED)));
    assertThat(outbox.withdraw(again.id())).as("one has it").isFalse();
    assertThat(outbox.withdraw("nobody")).isFalse();
    assertThat(outbox.findByKeyPrefix("k")).extracting(OutboxEntry::id).containsExactly(again.id());
  }

  @Test
  void anOperatorGivesNoMoreTimeThanThereWas() {
    EnqueueRequest request = EnqueueRequest.builder("k").expiry(Duration.ofMinutes(10)).build();
    String id = outbox.enqueue(message(), request).id();
    outbox.deliver(id, new Fake(Map.of(A, Status.UNKNOWN, B, Status.UNKNOWN)));
    assertThat(outbox.resolve(id, Resolution.RESEND).expiresAt())
        .contains(NOW.plus(Duration.ofMinutes(10)));
    assertThat(outbox.retry(id).expiresAt()).contains(NOW.plus(Duration.ofMinutes(10)));
  }

  @Test
  void whoBouncedIsKnownByTheMessageAndChangesNothing() throws IOException {
    OutboxEntry entry = outbox.enqueue(message(), "k");
    outbox.deliver(entry.id(), new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED)));
    OutboxEntry bounced =
        outbox.recordBounce(report(entry.messageId(), "ops@example.org")).orElseThrow();
    assertThat(bounced.state()).isEqualTo(OutboxState.SENT);
    assertThat(bounced.bounces())
        .singleElement()
        .satisfies(
            bounce -> {
              assertThat(bounce.address()).isEqualTo("a@example.net");
              assertThat(bounce.kind()).isEqualTo(DeliveryReport.Kind.HARD);
              assertThat(bounce.status()).contains("5.1.1");
            });
    outbox.recordBounce(report(entry.messageId(), "ops@example.org"));
    assertThat(outbox.find(entry.id()).orElseThrow().bounces()).hasSize(1);
    assertThat(outbox.recordBounce(report("<other@x>", "ops@example.org"))).isEmpty();
  }

  @Test
  void whoBouncedIsKnownByTheAddressToo() throws IOException {
    OutboxEntry entry =
        outbox.enqueue(message(), EnqueueRequest.builder("k").taggedSender().build());
    assertThat(entry.sender())
        .isEqualTo("ops+" + entry.id().toLowerCase(Locale.ROOT) + "@example.org");
    outbox.deliver(entry.id(), new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED)));
    assertThat(outbox.recordBounce(report("<unknown@x>", entry.sender()))).isPresent();
  }

  private static ParsedMail report(String about, String to) throws IOException {
    String text =
        """
        From: MAILER-DAEMON@mx.example
        To: %s
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        sorry
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; a@example.net
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 no such user

        --b
        Content-Type: text/rfc822-headers

        Message-ID: %s

        --b--
        """
            .formatted(to, about);
    return MimeReader.read(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), MimeLimits.defaults());
  }

  @Test
  void theReasonIsThatOfWhomItWaitsFor() {
    String id = outbox.enqueue(message(), "k").id();
    OutboxEntry entry =
        outbox.deliver(id, new Fake(Map.of(A, Status.REJECTED, B, Status.DEFERRED)));
    assertThat(entry.lastError().orElseThrow()).contains("b@example.net").doesNotContain("a@");
  }

  @Test
  void everyAttemptSendsTheSameBytes() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of(A, Status.DEFERRED, B, Status.DEFERRED));
    outbox.deliver(id, sender);
    outbox.deliver(id, sender);
    assertThat(sender.bodies).hasSize(2);
    assertThat(sender.bodies.get(0)).isEqualTo(sender.bodies.get(1)).hasSizeGreaterThan(800_000);
  }

  @Test
  void acceptedByAllIsSentAndNeverSentAgain() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED));
    assertThat(outbox.deliver(id, sender).state()).isEqualTo(OutboxState.SENT);
    assertThat(outbox.deliver(id, sender).state()).isEqualTo(OutboxState.SENT);
    assertThat(sender.bodies).hasSize(1);
  }

  @Test
  void onlyTheDeferredRecipientGetsTheNextAttempt() {
    String id = outbox.enqueue(message(), "k").id();
    OutboxEntry entry =
        outbox.deliver(id, new Fake(Map.of(A, Status.ACCEPTED, B, Status.DEFERRED)));
    assertThat(entry.state()).isEqualTo(OutboxState.DEFERRED);
    assertThat(entry.nextAttemptAt()).contains(NOW.plus(Duration.ofMinutes(5)));
    assertThat(entry.lastError().orElseThrow()).contains("451");
    Fake second = new Fake(Map.of(B, Status.ACCEPTED));
    entry = outbox.deliver(id, second);
    assertThat(second.recipients).containsExactly(List.of(B));
    assertThat(entry.state()).isEqualTo(OutboxState.SENT);
    assertThat(entry.attempts()).isEqualTo(2);
    assertThat(entry.nextAttemptAt()).isEmpty();
  }

  @Test
  void someRefusedIsPartialAndAllRefusedIsFailed() {
    String partial = outbox.enqueue(message(), "1").id();
    String failed = outbox.enqueue(message(), "2").id();
    assertThat(
            outbox
                .deliver(partial, new Fake(Map.of(A, Status.ACCEPTED, B, Status.REJECTED)))
                .state())
        .isEqualTo(OutboxState.PARTIAL);
    assertThat(
            outbox
                .deliver(failed, new Fake(Map.of(A, Status.REJECTED, B, Status.REJECTED)))
                .state())
        .isEqualTo(OutboxState.FAILED);
  }

  @Test
  void lostConnectionBeforeTheDotLeavesItQueuedWithTheReason() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of());
    sender.beforeDot = new MailException.ConnectionLost("mx:25", "RCPT", new IOException("reset"));
    assertThatExceptionOfType(MailException.ConnectionLost.class)
        .isThrownBy(() -> outbox.deliver(id, sender));
    OutboxEntry entry = outbox.find(id).orElseThrow();
    assertThat(entry.state()).isEqualTo(OutboxState.QUEUED);
    assertThat(entry.lastError().orElseThrow()).contains("RCPT");
    assertThat(entry.attempts()).isEqualTo(1);
  }

  @Test
  void unknownIsNeverSentAgainUntilAnOperatorSaysSo() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of(A, Status.UNKNOWN, B, Status.REJECTED));
    assertThat(outbox.deliver(id, sender).state()).isEqualTo(OutboxState.UNKNOWN);
    assertThat(outbox.deliver(id, sender).state()).isEqualTo(OutboxState.UNKNOWN);
    assertThat(sender.bodies).hasSize(1);

    assertThat(outbox.resolve(id, Resolution.RESEND).state()).isEqualTo(OutboxState.QUEUED);
    Fake again = new Fake(Map.of(A, Status.ACCEPTED));
    assertThat(outbox.deliver(id, again).state()).isEqualTo(OutboxState.PARTIAL);
    assertThat(again.recipients).containsExactly(List.of(A));
    assertThat(again.bodies).isEqualTo(sender.bodies);
  }

  @ParameterizedTest
  @EnumSource(
      value = Resolution.class,
      names = {"SENT", "DROP"})
  void operatorEndsAnUnknownEntry(Resolution resolution) {
    String id = outbox.enqueue(message(), "k").id();
    outbox.deliver(id, new Fake(Map.of(A, Status.UNKNOWN, B, Status.UNKNOWN)));
    OutboxState state = outbox.resolve(id, resolution).state();
    assertThat(state)
        .isEqualTo(resolution == Resolution.SENT ? OutboxState.SENT : OutboxState.FAILED);
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.resolve(id, resolution));
  }

  @Test
  void pointOfNoReturnIsCommittedBeforeTheDot() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.REJECTED));
    sender.atDot =
        () -> {
          OutboxEntry seen = outbox.find(id).orElseThrow();
          assertThat(seen.state()).isEqualTo(OutboxState.SENDING);
          assertThat(seen.phase()).contains(Phase.DOT);
          assertThat(seen.recipients())
              .extracting(RecipientResult::status)
              .containsExactly(Status.UNKNOWN, Status.REJECTED);
        };
    outbox.deliver(id, sender);
  }

  @Test
  void twoOwnersCannotSendAtOnce() {
    String id = outbox.enqueue(message(), "k").id();
    Outbox other = Outbox.open(database, "other/1", clock);
    Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED));
    sender.atDot =
        () ->
            assertThatExceptionOfType(MailException.OutboxConflict.class)
                .isThrownBy(() -> other.deliver(id, new Fake(Map.of())))
                .satisfies(e -> assertThat(e.isTransient()).isTrue());
    assertThat(outbox.deliver(id, sender).state()).isEqualTo(OutboxState.SENT);
    assertThat(other.recover()).isEmpty();
  }

  /** An Error stands for the end of the process: nothing of ours runs after it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void killedBeforeTheDotWaitsAgain() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of());
    sender.kill = new Killed();
    assertThatThrownBy(() -> outbox.deliver(id, sender)).isInstanceOf(Killed.class);
    assertThat(outbox.find(id).orElseThrow().state()).isEqualTo(OutboxState.SENDING);

    Outbox reborn = Outbox.open(database, "node/2", clock);
    assertThat(reborn.recover())
        .singleElement()
        .satisfies(entry -> assertThat(entry.state()).isEqualTo(OutboxState.QUEUED));
    assertThat(reborn.deliver(id, new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED))).state())
        .isEqualTo(OutboxState.SENT);
  }

  @Test
  void killedAtTheDotIsUnknown() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.REJECTED));
    sender.atDot =
        () -> {
          throw new Killed();
        };
    assertThatThrownBy(() -> outbox.deliver(id, sender)).isInstanceOf(Killed.class);

    Outbox reborn = Outbox.open(database, "node/2", clock);
    OutboxEntry entry = reborn.recover().get(0);
    assertThat(entry.state()).isEqualTo(OutboxState.UNKNOWN);
    assertThat(entry.recipients())
        .extracting(RecipientResult::status)
        .containsExactly(Status.UNKNOWN, Status.REJECTED);
    Fake never = new Fake(Map.of());
    reborn.deliver(id, never);
    assertThat(never.bodies).isEmpty();
  }

  @Test
  void whatIsClaimedInTheMiddleOfARecoveryStaysWithItsOwner() {
    OutboxEntry entry = outbox.enqueue(message(), "k");
    outbox.store().claim(entry, outbox.owner(), clock.instant()); // no lease is kept of it yet
    assertThat(outbox.recover()).isEmpty();
    assertThat(outbox.find(entry.id()).orElseThrow().state()).isEqualTo(OutboxState.SENDING);
  }

  @Test
  void whatAnOwnerWroteAfterItWasLookedAtCountsWhenItIsTakenOver() {
    OutboxEntry entry = outbox.enqueue(message(), "k");
    OutboxEntry claim = outbox.store().claim(entry, outbox.owner(), clock.instant());
    OutboxEntry seen = outbox.find(entry.id()).orElseThrow();
    new OutboxAttempt(outbox.store(), outbox.answers(), clock, claim)
        .beforeFinalDot(List.of(RecipientResult.of(A, Status.UNKNOWN, Phase.DOT, null)));

    OutboxEntry taken = outbox.store().takeOver(seen, true, "it fell silent", clock.instant());

    assertThat(taken.state()).isEqualTo(OutboxState.UNKNOWN);
    assertThat(taken.fence()).isGreaterThan(claim.fence());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatAnOperatorGaveUpIsNotTriedAgain(boolean isUnknown) {
    String id = outbox.enqueue(message(), "k").id();
    if (isUnknown) {
      outbox.deliver(id, new Fake(Map.of(A, Status.UNKNOWN, B, Status.UNKNOWN)));
    }
    assertThat(outbox.drop(id).state()).isEqualTo(OutboxState.FAILED);
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.retry(id))
        .withMessageContaining("given up by an operator");
    Fake never = new Fake(Map.of());
    outbox.deliver(id, never);
    assertThat(never.bodies).isEmpty();
  }

  @Test
  void whatIsBeingSentIsNotTouchedByAnotherWhoDelivers() {
    OutboxEntry entry = outbox.enqueue(message(), "k");
    outbox.store().claim(entry, outbox.owner(), clock.instant());
    Fake never = new Fake(Map.of());
    // nor given up, although its time is over
    Clock later = Clock.offset(clock, Duration.ofDays(6));
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> Outbox.open(database, "elsewhere", later).deliver(entry.id(), never))
        .satisfies(conflict -> assertThat(conflict.isTransient()).isTrue());
    assertThat(outbox.find(entry.id()).orElseThrow().state()).isEqualTo(OutboxState.SENDING);
    assertThat(never.bodies).isEmpty();
  }

  @Test
  void anEntryThatWasReadBeforeAnAttemptIsNotClaimedAfterIt() {
    OutboxEntry entry = outbox.enqueue(message(), "k");
    OutboxEntry claim = outbox.store().claim(entry, outbox.owner(), clock.instant());
    OutboxEntry seen = outbox.find(entry.id()).orElseThrow();
    outbox
        .answers()
        .record(
            new OutboxAttempt(outbox.store(), outbox.answers(), clock, claim)
                .send(new Fake(Map.of(A, Status.ACCEPTED, B, Status.DEFERRED))));
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.store().claim(seen, "elsewhere", clock.instant()));
  }

  @Test
  void anAnswerThatMayHaveBeenWrittenIsWrittenWhole() {
    OutboxEntry entry = outbox.enqueue(message(), "k");
    OutboxEntry claim = outbox.store().claim(entry, outbox.owner(), clock.instant());
    OutboxAttempt attempt = new OutboxAttempt(outbox.store(), outbox.answers(), clock, claim);
    Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.REJECTED));
    OutboxAnswer answer = attempt.send(sender);
    outbox.answers().record(answer);
    answer.handIn(); // as after a connection that broke in the commit
    answer.await();
    OutboxEntry partial = outbox.find(entry.id()).orElseThrow();
    assertThat(partial.state()).isEqualTo(OutboxState.PARTIAL);
    assertThat(partial.recipients())
        .extracting(RecipientResult::status)
        .containsExactly(Status.ACCEPTED, Status.REJECTED);
  }

  @Test
  void killedAfterTheAnswerIsNotUnknown() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED));
    FrozenSender filing =
        (message, deadline, journal) -> {
          journal.answered(sender.send(message, deadline, journal).recipients());
          throw new Killed(); // while the copy is filed
        };
    assertThatThrownBy(() -> outbox.deliver(id, filing)).isInstanceOf(Killed.class);

    assertThat(Outbox.open(database, "node/2", clock).recover())
        .singleElement()
        .satisfies(entry -> assertThat(entry.state()).isEqualTo(OutboxState.SENT));
  }

  @Test
  void recoveryLeavesLiveOwnersOfOtherNodesAlone() {
    String id = outbox.enqueue(message(), "k").id();
    Fake sender = new Fake(Map.of());
    sender.kill = new Killed();
    assertThatThrownBy(() -> outbox.deliver(id, sender)).isInstanceOf(Killed.class);
    assertThat(Outbox.open(database, "elsewhere/1", clock).recover()).isEmpty();
    assertThat(outbox.find(id).orElseThrow().state()).isEqualTo(OutboxState.SENDING);
  }

  @Test
  void holdsNoMoreThanItMay() {
    Outbox small =
        Outbox.open(
            database, "node/1", clock, OutboxSettings.builder().bounds(2, 10_000_000).build());
    small.enqueue(message(), "1");
    small.enqueue(message(), "2");
    assertThatExceptionOfType(MailException.OutboxFull.class)
        .isThrownBy(() -> small.enqueue(message(), "3"))
        .withMessageContaining("2 messages")
        .satisfies(e -> assertThat(e.isTransient()).isTrue());
    assertThat(small.enqueue(message(), "2").dedupeKey()).isEqualTo("2"); // it is in already
    small.drop(small.findByKey("1").orElseThrow().id());
    assertThat(small.enqueue(message(), "3").state()).isEqualTo(OutboxState.QUEUED);
  }

  @Test
  void anEntryWhoseTimeIsUpIsNotSent() {
    String id =
        outbox
            .enqueue(message(), EnqueueRequest.builder("k").expiry(Duration.ofMinutes(1)).build())
            .id();
    Outbox later = Outbox.open(database, "node/1", Clock.offset(clock, Duration.ofMinutes(2)));
    Fake never = new Fake(Map.of());
    assertThat(later.deliver(id, never).state()).isEqualTo(OutboxState.EXPIRED);
    assertThat(never.bodies).isEmpty();
  }

  @Test
  void droppedIsNeverSentAndKeepsWhoHasIt() {
    String id = outbox.enqueue(message(), "k").id();
    outbox.deliver(id, new Fake(Map.of(A, Status.ACCEPTED, B, Status.DEFERRED)));
    OutboxEntry dropped = outbox.drop(id);
    assertThat(dropped.state()).isEqualTo(OutboxState.PARTIAL);
    assertThat(dropped.recipients().get(1).why()).contains("given up by an operator");
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.drop(id))
        .withMessageContaining("PARTIAL");
  }

  @Test
  void retryReachesOnlyThoseWhoHaveNotGotIt() {
    String id = outbox.enqueue(message(), "k").id();
    outbox.deliver(id, new Fake(Map.of(A, Status.ACCEPTED, B, Status.REJECTED)));
    assertThat(outbox.retry(id).state()).isEqualTo(OutboxState.QUEUED);
    Fake again = new Fake(Map.of(B, Status.ACCEPTED));
    assertThat(outbox.deliver(id, again).state()).isEqualTo(OutboxState.SENT);
    assertThat(again.recipients).containsExactly(List.of(B));
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.retry(id))
        .withMessageContaining("SENT");
  }

  @Test
  void retryOfAnUnknownEntrySaysToLookFirst() {
    String id = outbox.enqueue(message(), "k").id();
    outbox.deliver(id, new Fake(Map.of()));
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.retry(id))
        .withMessageContaining("resolve");
  }

  @Test
  void aRequestForReportsIsKept() {
    DsnRequest request =
        new DsnRequest(
            Set.of(DsnRequest.Notify.DELAY, DsnRequest.Notify.FAILURE),
            Optional.of(DsnRequest.ReturnedContent.HDRS),
            Optional.of("batch 7"));
    try (PreparedMessage prepared = PreparedMessage.of(message(), clock)) {
      FrozenMessage asking = new Asking(prepared, request);
      OutboxEntry entry = outbox.enqueue(asking, EnqueueRequest.builder("k").build());
      assertThat(entry.dsn()).contains(request);
      Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED));
      outbox.deliver(entry.id(), sender);
      assertThat(sender.dsn).containsExactly(Optional.of(request));
    }
  }

  private record Asking(FrozenMessage inner, DsnRequest request) implements FrozenMessage {
    @Override
    public String messageId() {
      return inner.messageId();
    }

    @Override
    public Envelope envelope() {
      return inner.envelope().withDsn(request);
    }

    @Override
    public long sizeBytes() {
      return inner.sizeBytes();
    }

    @Override
    public String sha256() {
      return inner.sha256();
    }

    @Override
    public InputStream open() throws IOException {
      return inner.open();
    }
  }

  @Test
  void zombieWhoseClaimWasTakenOverCannotReachTheDot() {
    String id = outbox.enqueue(message(), "k").id();
    Outbox reborn = Outbox.open(database, "node/2", clock);
    Fake sender = new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED));
    sender.opened = reborn::recover;
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.deliver(id, sender));
    assertThat(sender.dots).isZero();
    assertThat(outbox.find(id).orElseThrow().state()).isEqualTo(OutboxState.QUEUED);
  }

  @Test
  void deliveringWhatDoesNotExistSaysSo() {
    assertThatExceptionOfType(MailException.OutboxConflict.class)
        .isThrownBy(() -> outbox.deliver("01ARZ3NDEKTSV4RRFFQ69G5FAV", new Fake(Map.of())))
        .withMessageContaining("does not exist");
  }

  @Test
  void listsByStateOldestFirst() {
    outbox.enqueue(message(), "1");
    String second = outbox.enqueue(message(), "2").id();
    outbox.deliver(second, new Fake(Map.of(A, Status.ACCEPTED, B, Status.ACCEPTED)));
    assertThat(outbox.list(Set.of(OutboxState.SENT), 10))
        .extracting(OutboxEntry::id)
        .containsExactly(second);
    assertThat(outbox.list(Set.of(OutboxState.SENT, OutboxState.QUEUED), 1)).hasSize(1);
    assertThat(outbox.list(Set.of(), 10)).isEmpty();
  }

  /** A server in memory that answers as it is told. */
  private static final class Fake implements FrozenSender {
    final Map<Address, Status> answers;
    final List<String> bodies = new ArrayList<>();
    final List<List<Address>> recipients = new ArrayList<>();
    final List<Optional<DsnRequest>> dsn = new ArrayList<>();
    Runnable opened = () -> {};
    Runnable atDot = () -> {};
    @Nullable RuntimeException beforeDot;
    @Nullable Error kill;
    int dots;

    Fake(Map<Address, Status> answers) {
      this.answers = answers;
    }

    @Override
    public SendReport send(FrozenMessage message, Duration deadline, DeliveryJournal journal) {
      try (InputStream in = message.open()) {
        bodies.add(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      recipients.add(message.envelope().recipients());
      dsn.add(message.envelope().dsn());
      opened.run();
      if (kill != null) {
        throw kill;
      }
      if (beforeDot != null) {
        throw beforeDot;
      }
      List<RecipientResult> atRcpt = new ArrayList<>();
      List<RecipientResult> results = new ArrayList<>();
      for (Address address : message.envelope().recipients()) {
        Status status = answers.getOrDefault(address, Status.UNKNOWN);
        Reply reply =
            switch (status) {
              case ACCEPTED -> new Reply(250, "2.0.0 ok");
              case DEFERRED -> new Reply(451, "4.3.0 later");
              case REJECTED -> new Reply(550, "5.1.1 no");
              default -> null;
            };
        RecipientResult result = RecipientResult.of(address, status, Phase.DOT, reply);
        boolean refused = status == Status.REJECTED || status == Status.DEFERRED;
        results.add(result);
        atRcpt.add(refused ? result : RecipientResult.of(address, Status.UNKNOWN, Phase.DOT, null));
      }
      journal.beforeFinalDot(atRcpt);
      dots++;
      atDot.run();
      return SendReport.builder(message.messageId()).recipients(results).build();
    }
  }
}
