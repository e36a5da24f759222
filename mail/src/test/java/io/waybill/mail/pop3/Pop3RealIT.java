package io.waybill.mail.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.DovecotMailbox;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.PostfixDovecot;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.ledger.LedgerDatabase;
import io.waybill.testkit.Leaks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads over POP3 from a real Dovecot. */
@Timeout(60)
class Pop3RealIT {
  @RegisterExtension static final PostfixDovecot SERVERS = new PostfixDovecot();

  @RegisterExtension final Leaks leaks = new Leaks();

  private final DovecotMailbox mailbox = SERVERS.newMailbox();
  private final LedgerDatabase database = new LedgerDatabase();
  private final List<String> handled = new ArrayList<>();

  private static PollSpec.Builder all() {
    return PollSpec.builder().from(StartFrom.ALL);
  }

  private PollReport poll(PollSpec.Builder spec) {
    return poll(spec, SERVERS.pop3s(), (mail, ack) -> handled.add(mail.mail().subject()));
  }

  private PollReport poll(
      PollSpec.Builder spec, MailAccount.Builder account, InboundHandler handler) {
    try (Pop3Reader reader =
        Pop3Reader.of(account.user(mailbox.user()).build(), Clock.systemUTC())) {
      return reader.poll(spec.build(), database.of("node/1"), handler);
    }
  }

  private void save(String... subjects) {
    for (String subject : subjects) {
      mailbox.save("INBOX", DovecotMailbox.message(subject));
    }
  }

  private static MailAccount.Builder account(MailSecurity security) {
    return security == MailSecurity.STARTTLS ? SERVERS.pop3() : SERVERS.pop3s();
  }

  @ParameterizedTest
  @EnumSource(
      value = MailSecurity.class,
      names = {"STARTTLS", "IMPLICIT_TLS"})
  void bytesComeAsTheyLieThereUnderTls(MailSecurity security) {
    String message = DovecotMailbox.message("dots") + ".\r\n..\r\n.x\r\n" + "y".repeat(5000);
    mailbox.save("INBOX", message);
    List<String> read = new ArrayList<>();
    poll(
        all(),
        account(security),
        (mail, ack) -> {
          try (InputStream in = mail.open()) {
            read.add(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
          }
        });
    // POP3 ends the last line in any case
    assertThat(read).containsExactly(message + "\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"})
  void logsInByEachMechanism(String mechanism) {
    save("one");
    MailAccount.Builder account = SERVERS.pop3().mechanism(mechanism);
    poll(all(), account, (mail, ack) -> handled.add(mail.mail().subject()));
    assertThat(handled).containsExactly("one");
  }

  @Test
  void eachMessageIsHandledOnceOverRuns() {
    save("one", "two");
    assertThat(poll(all()).handled()).isEqualTo(2);
    assertThat(poll(all()).handled()).isZero();
    save("three");
    assertThat(poll(all()).handled()).isEqualTo(1);
    assertThat(handled).containsExactly("one", "two", "three");
    assertThat(mailbox.subjects("INBOX")).containsExactly("one", "two", "three");
    assertThat(mailbox.flags("INBOX", "one")).doesNotContain("\\Deleted");
  }

  @Test
  void theFirstPollBeginsWithWhatComesThen() {
    save("old");
    assertThat(poll(PollSpec.builder()).handled()).isZero();
    save("new");
    poll(PollSpec.builder());
    assertThat(handled).containsExactly("new");
  }

  @Test
  void whereTheServerGivesOtherNamesEverythingComesAgain() throws IOException {
    save("one");
    poll(all());
    mailbox.forgetUids();
    poll(all());
    poll(all());
    assertThat(handled).containsExactly("one", "one");
  }

  @Test
  void whatWasHandledIsDeletedAndWhatFailedComesAgain() {
    save("good", "bad", "fine");
    PollSpec.Builder spec = all().after(AfterAction.DELETE);
    poll(
        spec,
        SERVERS.pop3s(),
        (mail, ack) -> {
          handled.add(mail.mail().subject());
          if (mail.mail().subject().equals("bad")) {
            ack.retryLater("not yet", Duration.ZERO);
          }
        });
    assertThat(mailbox.subjects("INBOX")).containsExactly("bad");
    save("later");
    poll(spec);
    assertThat(handled).containsExactly("good", "bad", "fine", "bad", "later");
    assertThat(mailbox.subjects("INBOX")).isEmpty();
  }

  @Test
  void whatTheConnectionCutShortIsNotDeletedAndComesAgain() {
    save("one", "two");
    PollSpec.Builder spec = all().after(AfterAction.DELETE);
    assertThatExceptionOfType(MailException.class)
        .isThrownBy(
            () ->
                poll(
                    spec,
                    SERVERS.pop3s(),
                    (mail, ack) -> {
                      handled.add(mail.mail().subject());
                      mailbox.killSessions();
                    }));
    assertThat(mailbox.subjects("INBOX")).containsExactly("one", "two");
    poll(spec);
    assertThat(handled).containsExactly("one", "two");
    assertThat(mailbox.subjects("INBOX")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = MailSecurity.class,
      names = {"STARTTLS", "IMPLICIT_TLS"})
  void aWrongPasswordIsSaidAndTriedOnce(MailSecurity security) throws IOException {
    MailAccount wrong =
        account(security).user(mailbox.user()).password(() -> "wrong-secret").build();
    try (Pop3Reader reader = Pop3Reader.of(wrong, Clock.systemUTC())) {
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(MailException.AuthenticationFailed.class)
            .isThrownBy(() -> reader.poll(all().build(), database.of("node/1"), (mail, ack) -> {}))
            .withMessageContaining("'" + mailbox.user() + "' at localhost")
            .withMessageNotContaining("wrong-secret")
            .satisfies(e -> assertThat(e.isTransient()).isFalse());
      }
    }
    try (Stream<String> log = Files.lines(SERVERS.directory().resolve("dovecot.log"))) {
      assertThat(log)
          .filteredOn(line -> line.contains("auth failed, 1 attempts"))
          .filteredOn(line -> line.contains("<" + mailbox.user() + ">"))
          .hasSize(1);
    }
  }
}
