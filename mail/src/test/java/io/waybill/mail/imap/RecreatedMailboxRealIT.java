package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.DovecotMailbox;
import io.waybill.mail.MailException;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.inbox.UidValidityPolicy;
import io.waybill.mail.ledger.LedgerDatabase;
import io.waybill.testkit.Leaks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Folders whose UIDs count anew at a real Dovecot. */
@Timeout(60)
class RecreatedMailboxRealIT {
  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  private final DovecotMailbox mailbox = SERVERS.newMailbox();
  private final LedgerDatabase database = new LedgerDatabase();
  private final List<String> handled = new ArrayList<>();

  private PollReport poll(PollSpec.Builder spec) {
    try (MailboxReader reader =
        MailboxReader.connect(SERVERS.imaps().user(mailbox.user()).build())) {
      return reader.poll(
          spec.build(), database.of("node/1"), (mail, ack) -> handled.add(mail.mail().subject()));
    }
  }

  private static PollSpec.Builder orders() {
    return PollSpec.builder().folder("Orders").from(StartFrom.ALL);
  }

  /** Three orders are handled; then the folder is another one, with these and a fourth. */
  private void recreateAfterPoll() {
    List<String> three =
        List.of("one", "two", "three").stream().map(each -> DovecotMailbox.message(each)).toList();
    mailbox.create("Orders");
    three.forEach(each -> mailbox.save("Orders", each));
    assertThat(poll(orders()).handled()).isEqualTo(3);
    mailbox.delete("Orders");
    mailbox.create("Orders");
    // in another order, so that a number alone would be wrong
    mailbox.save("Orders", three.get(2));
    mailbox.save("Orders", DovecotMailbox.message("four"));
    mailbox.save("Orders", three.get(0));
    mailbox.save("Orders", three.get(1));
    handled.clear();
  }

  @Test
  void inAFolderMadeAgainOnlyWhatIsNewIsHandled() {
    recreateAfterPoll();
    PollReport report = poll(orders());
    assertThat(handled).containsExactly("four");
    assertThat(report.notice().orElseThrow())
        .contains("Orders", "count anew", "3 messages were recognised");
    mailbox.save("Orders", DovecotMailbox.message("five"));
    assertThat(poll(orders()).notice()).isEmpty();
    assertThat(poll(orders()).notice()).isEmpty();
    assertThat(handled).containsExactly("four", "five");
  }

  @Test
  void orWhatIsThereIsPassedOver() {
    recreateAfterPoll();
    PollSpec.Builder skipping = orders().uidValidity(UidValidityPolicy.SKIP_EXISTING);
    assertThat(poll(skipping).notice()).isPresent();
    mailbox.save("Orders", DovecotMailbox.message("five"));
    assertThat(poll(skipping).notice()).isEmpty();
    assertThat(handled).containsExactly("five");
  }

  @Test
  void orAllOfItIsHandledOnceMore() {
    recreateAfterPoll();
    PollSpec.Builder again = orders().uidValidity(UidValidityPolicy.REPROCESS);
    assertThat(poll(again).notice()).isPresent();
    assertThat(poll(again).notice()).isEmpty();
    assertThat(handled).containsExactly("three", "four", "one", "two");
  }

  @Test
  void orNothingIsReadUntilSomebodyDecides() {
    recreateAfterPoll();
    PollSpec.Builder stopping = orders().uidValidity(UidValidityPolicy.STOP);
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(MailException.MailboxChanged.class)
          .isThrownBy(() -> poll(stopping))
          .withMessageContaining("Orders");
    }
    assertThat(handled).isEmpty();
    poll(orders());
    assertThat(handled).containsExactly("four");
  }

  @Test
  void whatWasNotWantedAtFirstIsNotWantedFromAMailboxThatLostItsNumbers() throws Exception {
    mailbox.deliver(DovecotMailbox.message("old"), Instant.now().minus(Duration.ofDays(9)));
    assertThat(poll(PollSpec.builder()).handled()).isZero();
    mailbox.deliver(DovecotMailbox.message("one"), Instant.now());
    assertThat(poll(PollSpec.builder()).handled()).isEqualTo(1);
    mailbox.deliver(DovecotMailbox.message("new"), Instant.now());
    mailbox.forgetUids();
    assertThat(poll(PollSpec.builder()).notice().orElseThrow()).contains("1 messages");
    assertThat(poll(PollSpec.builder()).notice()).isEmpty();
    assertThat(handled).containsExactly("one", "new");
  }

  @Test
  void whatIsStillToBeMovedIsMovedFromTheNewFolder() {
    mailbox.create("Orders");
    String one = DovecotMailbox.message("one");
    mailbox.save("Orders", one);
    PollSpec.Builder moving = orders().after(AfterAction.moveTo("Done"));
    assertThat(poll(moving).unfinished()).isEqualTo(1);
    mailbox.delete("Orders");
    mailbox.create("Orders");
    mailbox.create("Done");
    mailbox.save("Orders", DovecotMailbox.message("two"));
    mailbox.save("Orders", one);
    poll(moving);
    assertThat(handled).containsExactly("one", "two");
    assertThat(mailbox.subjects("Orders")).isEmpty();
    assertThat(mailbox.subjects("Done")).containsExactlyInAnyOrder("one", "two");
  }
}
