package io.waybill.mail.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.mail.MailException;
import io.waybill.mail.inbox.LedgerEntry.State;
import io.waybill.testkit.SettableClock;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for reading a folder, whichever ledger is kept. */
public abstract class PollCases {
  private static final Instant START = Instant.parse("2026-11-29T10:00:00Z");
  protected static final MailboxKey KEY = new MailboxKey("ops@mail", "INBOX");

  private final SettableClock clock = SettableClock.at(START);
  private final FakeMailbox mailbox = new FakeMailbox();
  private final MailLedger ledger = ledger(clock);
  private final List<String> handled = new ArrayList<>();

  /** Returns an empty ledger. */
  protected abstract MailLedger ledger(Clock time);

  private PollReport poll(PollSpec.Builder spec) {
    return poll(spec, (mail, ack) -> handled.add(mail.mail().subject()));
  }

  private PollReport poll(PollSpec.Builder spec, InboundHandler handler) {
    return new MailboxPoll(mailbox, "ops@mail", ledger, clock).run(spec.build(), handler);
  }

  private static PollSpec.Builder all() {
    return PollSpec.builder().from(StartFrom.ALL);
  }

  private List<Long> uids(State state) {
    return ledger.entries(KEY, state, 100).stream().map(LedgerEntry::uid).toList();
  }

  @Test
  void theFirstRunHandlesWhatComesFromThenOn() {
    mailbox.add("old", START);
    assertThat(poll(PollSpec.builder()).handled()).isZero();
    mailbox.add("new", START);
    assertThat(poll(PollSpec.builder()).handled()).isEqualTo(1);
    assertThat(poll(PollSpec.builder()).handled()).isZero();
    assertThat(handled).containsExactly("new");
  }

  @Test
  void theFirstRunCanBeginElsewhere() {
    mailbox.add("read", START);
    mailbox.held(1).flags().add("\\Seen");
    mailbox.add("unread", START);
    mailbox.add("third", START);
    poll(PollSpec.builder().from(StartFrom.UNSEEN));
    assertThat(handled).containsExactly("unread", "third");
    handled.clear();
    new MailboxPoll(mailbox, "another", ledger, clock)
        .run(
            PollSpec.builder().from(StartFrom.since(3)).build(),
            (mail, ack) -> handled.add(mail.mail().subject()));
    assertThat(handled).containsExactly("third");
  }

  @Test
  void anErrorOfTheHandlerIsAFailureOfOneMessage() {
    mailbox.add("bad", START);
    mailbox.add("good", START);
    InboundHandler broken =
        (mail, ack) -> {
          if (mail.mail().subject().equals("bad")) {
            throw new StackOverflowError();
          }
          handled.add(mail.mail().subject());
        };
    for (int i = 0; i < 6; i++) {
      poll(all(), broken);
      clock.advance(Duration.ofDays(1));
    }
    assertThat(handled).containsExactly("good");
    assertThat(uids(State.QUARANTINED)).containsExactly(1L);
  }

  /** The server lists it, so it is not gone; what it says of it cannot be read. */
  @Test
  void whatTheServerDoesNotDescribeIsNotPassedOver() {
    mailbox.add("odd", START);
    mailbox.add("good", START);
    mailbox.undescribed.add(1L);
    assertThat(poll(all()).putOff()).isEqualTo(1);
    assertThat(handled).containsExactly("good");
    mailbox.undescribed.clear();
    clock.advance(Duration.ofDays(1));
    poll(all());
    assertThat(handled).containsExactly("good", "odd");
    mailbox.add("never", START);
    mailbox.undescribed.add(3L);
    for (int i = 0; i < 6; i++) {
      poll(all());
      clock.advance(Duration.ofDays(1));
    }
    assertThat(uids(State.QUARANTINED)).containsExactly(3L);
  }

  @Test
  void aNameThatStaysLetsTheServerMove() {
    mailbox.add("one", START);
    poll(all().ledgerName("partner"));
    new MailboxPoll(mailbox, "ops@elsewhere", ledger, clock)
        .run(
            all().ledgerName("partner").build(), (mail, ack) -> handled.add(mail.mail().subject()));
    assertThat(handled).containsExactly("one");
    assertThat(ledger.checkpoint(KEY)).isEmpty();
  }

  @Test
  void whatFailsComesAgainLaterEachTimeAndIsThenSetAside() {
    mailbox.add("bad", START);
    mailbox.add("good", START);
    List<Integer> attempts = new ArrayList<>();
    InboundHandler failing =
        (mail, ack) -> {
          if (mail.mail().subject().equals("bad")) {
            attempts.add(mail.deliveryAttempt());
            throw new IOException("disk full");
          }
          handled.add(mail.mail().subject());
        };
    PollReport first = poll(all(), failing);
    assertThat(first.handled()).isEqualTo(1);
    assertThat(first.putOff()).isEqualTo(1);
    assertThat(poll(all(), failing).putOff()).as("not before its time").isZero();
    for (int i = 0; i < 4; i++) {
      clock.advance(Duration.ofHours(5));
      poll(all(), failing);
    }
    clock.advance(Duration.ofDays(1));
    assertThat(poll(all(), failing).putOff()).isZero();
    assertThat(attempts).containsExactly(1, 2, 3, 4, 5);
    assertThat(handled).containsExactly("good");
    assertThat(ledger.entries(KEY, State.QUARANTINED, 10))
        .singleElement()
        .satisfies(entry -> assertThat(entry.lastError().orElseThrow()).contains("disk full"));
    assertThat(ledger.release(KEY, 1)).isTrue();
    assertThat(poll(all()).handled()).isEqualTo(1);
  }

  @Test
  void aHandlerCanSaySoItself() {
    mailbox.add("later", START);
    mailbox.add("never", START);
    poll(
        all(),
        (mail, ack) -> {
          if (mail.uid() == 1) {
            ack.retryLater("locked", Duration.ofSeconds(30));
          } else {
            ack.quarantine("not ours");
          }
        });
    assertThat(uids(State.PENDING)).containsExactly(1L);
    assertThat(uids(State.QUARANTINED)).containsExactly(2L);
    clock.advance(Duration.ofSeconds(31));
    poll(all());
    assertThat(handled).containsExactly("later");
  }

  @Test
  void whatABrokenConnectionCutShortIsNotCountedAgainstTheMessages() {
    for (int i = 1; i <= 3; i++) {
      mailbox.add("m" + i, START);
    }
    assertThatThrownBy(
            () ->
                poll(
                    all(),
                    (mail, ack) -> {
                      if (mail.uid() == 2) {
                        mailbox.isAlive = false;
                        throw new MailException.ConnectionLost(
                            "fake", "fetch", new IOException("reset"));
                      }
                      handled.add(mail.mail().subject());
                    }))
        .isInstanceOf(MailException.ConnectionLost.class);
    List<Integer> attempts = new ArrayList<>();
    poll(
        all(),
        (mail, ack) -> {
          attempts.add(mail.deliveryAttempt());
          handled.add(mail.mail().subject());
        });
    assertThat(handled).containsExactly("m1", "m2", "m3");
    assertThat(attempts).as("the second may have been handled").containsExactly(2, 1);
  }

  @Test
  void whatIsGoneIsForgotten() {
    mailbox.add("going", START);
    poll(all(), (mail, ack) -> ack.retryLater("x", Duration.ZERO));
    mailbox.messages.clear();
    assertThat(poll(all()).handled()).isZero();
    assertThat(uids(State.PENDING)).isEmpty();
    mailbox.add("going while it is fetched", START);
    mailbox.beforeContents = mailbox.messages::clear;
    assertThat(poll(all()).handled()).isZero();
    assertThat(uids(State.BEGUN)).isEmpty();
  }

  @Test
  void theRestIsDoneAfterItIsWrittenDownAndTriedAgainAlone() {
    mailbox.add("a", START);
    mailbox.refusesActions = true;
    PollSpec.Builder spec = all().after(AfterAction.moveTo("Done"));
    PollReport report = poll(spec);
    assertThat(report.handled()).isEqualTo(1);
    assertThat(report.unfinished()).isEqualTo(1);
    mailbox.refusesActions = false;
    poll(spec);
    assertThat(handled).containsExactly("a");
    assertThat(mailbox.messages).isEmpty();
    assertThat(mailbox.commands).contains("MOVE Done [1]").doesNotContain("examine INBOX");
  }

  @Test
  void readingOnlyOpensNothingForWriting() {
    mailbox.add("a", START);
    poll(all());
    assertThat(mailbox.commands).doesNotContain("select INBOX");
  }

  @Test
  void aRecreatedMailboxIsRecognisedAndOnlyWhatIsNewIsHandled() {
    mailbox.add("before the first run", START.minusSeconds(60));
    poll(PollSpec.builder());
    mailbox.add("handled", START.plusSeconds(1));
    mailbox.add("failing", START.plusSeconds(2));
    poll(
        PollSpec.builder(),
        (mail, ack) -> {
          if (mail.mail().subject().equals("failing")) {
            ack.retryLater("not yet", Duration.ofMinutes(1));
          }
        });
    mailbox.recreate(8);
    mailbox.add("new", START.plusSeconds(3));
    PollReport report = poll(PollSpec.builder());
    assertThat(handled).containsExactly("new");
    assertThat(report.notice().orElseThrow()).contains("count anew", "2 messages");
    clock.advance(Duration.ofMinutes(2));
    List<Integer> attempts = new ArrayList<>();
    poll(PollSpec.builder(), (mail, ack) -> attempts.add(mail.deliveryAttempt()));
    assertThat(attempts).as("its attempts were kept").containsExactly(2);
    assertThat(poll(PollSpec.builder()).notice()).isEmpty();
  }

  @Test
  void whatCameInTheSecondOfTheFirstRunIsNew() {
    clock.advance(Duration.ofMillis(700));
    poll(PollSpec.builder());
    mailbox.add("new", START);
    mailbox.recreate(8);
    poll(PollSpec.builder());
    assertThat(handled).containsExactly("new");
  }

  @ParameterizedTest
  @EnumSource(
      value = UidValidityPolicy.class,
      names = {"SKIP_EXISTING", "REPROCESS"})
  void whoeverWantsItOtherwiseSaysSo(UidValidityPolicy policy) {
    mailbox.add("a", START);
    poll(all());
    mailbox.recreate(8);
    mailbox.add("b", START);
    handled.clear();
    poll(all().uidValidity(policy));
    assertThat(handled)
        .isEqualTo(policy == UidValidityPolicy.REPROCESS ? List.of("a", "b") : List.of());
  }

  @Test
  void orNothingIsReadUntilSomebodyDecides() {
    mailbox.add("a", START);
    poll(all());
    mailbox.recreate(8);
    assertThatExceptionOfType(MailException.MailboxChanged.class)
        .isThrownBy(() -> poll(all().uidValidity(UidValidityPolicy.STOP)))
        .withMessageContaining("from 7 to 8");
  }

  @Test
  void uidsThatShrinkAreOthers() {
    mailbox.add("a", START);
    mailbox.add("b", START);
    poll(all());
    mailbox.messages.clear();
    mailbox.uidNext = 1;
    mailbox.add("c", START);
    assertThat(poll(all()).notice()).isPresent();
    assertThat(handled).containsExactly("a", "b", "c");
  }

  @Test
  void aServerWithoutUidvalidityIsTakenAtItsNumbers() {
    mailbox.uidValidity = 0;
    mailbox.add("a", START);
    poll(all());
    mailbox.add("b", START);
    poll(all());
    assertThat(handled).containsExactly("a", "b");
  }

  @Test
  void nobodyElseHandlesItMeanwhile() {
    mailbox.add("a", START);
    poll(
        all(),
        (mail, ack) -> {
          handled.add("outer");
          PollReport inner = poll(all());
          assertThat(inner.isHeldElsewhere()).isTrue();
        });
    assertThat(handled).containsExactly("outer");
  }

  @Test
  void sparseUidsCostFewQuestions() {
    mailbox.add("a", START);
    mailbox.uidNext = 4_000_000_000L;
    mailbox.add("b", START);
    poll(all());
    assertThat(handled).containsExactly("a", "b");
    assertThat(mailbox.commands).hasSizeLessThan(40);
  }

  @Test
  void aSearchPassesOverTheRest() {
    mailbox.add("invoice 1", START);
    mailbox.add("spam", START);
    PollSpec.Builder spec = all().search(MailSearch.builder().subject("INVOICE").build());
    poll(spec);
    poll(spec);
    assertThat(handled).containsExactly("invoice 1");
  }
}
