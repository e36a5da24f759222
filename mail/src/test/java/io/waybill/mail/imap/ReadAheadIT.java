package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MemoryLedger;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFolder;
import io.waybill.testkit.ScriptedImapServer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three lots of messages: the next one is fetched while this one is handled. */
@Timeout(60)
@ExtendWith(Leaks.class)
class ReadAheadIT {
  private static final int MESSAGES = 24;

  private final ScriptedImapServer server = ScriptedImapServer.start().user("ops", "secret");
  private final ScriptedFolder inbox = server.folder("INBOX");
  private final MailLedger ledger = new MemoryLedger(Clock.systemUTC());
  private final List<String> handled = new ArrayList<>();

  @BeforeEach
  void fill() {
    for (int i = 0; i < MESSAGES; i++) {
      inbox.add("Message-ID: <" + i + "@x.example>", "Subject: " + i, "", "x".repeat(1_000_000));
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void poll(AfterAction after, InboundHandler handler) {
    try (MailboxReader reader =
        MailboxReader.lazy(
            MailAccount.builder()
                .host("127.0.0.1")
                .port(server.port())
                .security(MailSecurity.PLAINTEXT)
                .user("ops")
                .password(() -> "secret")
                .build(),
            Clock.systemUTC())) {
      reader.poll(
          PollSpec.builder().from(StartFrom.ALL).after(after).build(),
          ledger,
          (mail, ack) -> {
            handler.handle(mail, ack);
            handled.add(mail.mail().subject());
          });
    }
  }

  private long fetches() {
    return server.heard().stream().filter(each -> each.contains("BODY.PEEK[]")).count();
  }

  @Test
  void theNextLotIsFetchedWhileThisOneIsHandled() {
    poll(AfterAction.NONE, (mail, ack) -> await().until(() -> fetches() > 1));
    assertThat(handled).hasSize(MESSAGES).doesNotHaveDuplicates();
    assertThat(fetches()).isEqualTo(3);
  }

  @Test
  void whatIsDoneAfterwardsWaitsForTheLotThatIsOnItsWay() {
    server.folder("Done");
    poll(AfterAction.moveTo("Done"), (mail, ack) -> {});
    assertThat(handled).hasSize(MESSAGES).doesNotHaveDuplicates();
    assertThat(server.folder("Done").uids()).hasSize(MESSAGES);
    assertThat(inbox.uids()).isEmpty();
  }

  @Test
  void aConnectionThatEndsUnderTheNextLotEndsThePollBehindThisOne() {
    server.at("UID FETCH 9").dropAfter(100_000);
    assertThatExceptionOfType(MailException.ConnectionLost.class)
        .isThrownBy(
            () -> poll(AfterAction.NONE, (mail, ack) -> await().until(() -> fetches() > 1)));
    server.behave();
    poll(AfterAction.NONE, (mail, ack) -> {});
    assertThat(handled).hasSize(MESSAGES).doesNotHaveDuplicates();
  }

  @Test
  void aHandlerThatEndsThePollLeavesNothingOnItsWay() {
    server.at("UID FETCH 9").stall();
    assertThatExceptionOfType(MailException.Cancelled.class)
        .isThrownBy(
            () ->
                poll(
                    AfterAction.NONE,
                    (mail, ack) -> {
                      throw new InterruptedException();
                    }));
    assertThat(Thread.interrupted()).isTrue();
    await().until(() -> server.openConnections() == 0);
  }
}
