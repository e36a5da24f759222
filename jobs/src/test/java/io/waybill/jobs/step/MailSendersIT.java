package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.MailLogin;
import io.waybill.jobs.Secret;
import io.waybill.jobs.Submission;
import io.waybill.jobs.net.ScopedSockets;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.SendReport;
import io.waybill.mail.SentCopy;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.testkit.Leaks;
import io.waybill.transfer.WireTap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the outbox is told of a connection's mailbox of sent copies. */
@Timeout(60)
@ExtendWith(Leaks.class)
class MailSendersIT {
  @TempDir Path directory;
  private Sandbox sandbox;
  private MailSenders senders;

  @BeforeEach
  void start() throws IOException {
    sandbox = Sandbox.start(directory.resolve("ftp"), directory.resolve("hub"));
    Connections connections =
        Connections.of(
            List.of(
                mailbox("box", () -> sandbox.mailLogin().password()),
                mailbox("locked", MailSendersIT::missing),
                outgoing("filing", Optional.of("box")),
                outgoing("lost", Optional.of("nowhere")),
                outgoing("barred", Optional.of("locked")),
                outgoing("plain", Optional.empty())));
    MailAccounts accounts =
        new MailAccounts(
            () -> connections, WireTap.NONE, new MailTokens(() -> directory, Clock.systemUTC()));
    senders = new MailSenders(connections, ScopedSockets.direct(), accounts, Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    senders.close();
    sandbox.close();
  }

  private static String missing() {
    throw new JobException.Configuration("secret \"p\" is not there");
  }

  private Connection.Mailbox mailbox(String name, Supplier<String> password) {
    return new Connection.Mailbox(
        name, sandbox.host(), sandbox.imapPort(), Tls.OFF, new Trust.Plaintext(), login(password));
  }

  private MailLogin login(Supplier<String> password) {
    return MailLogin.of(
        new Connection.Login(sandbox.mailLogin().user(), new Secret("p", password, value -> {})));
  }

  private Connection.Outgoing outgoing(String name, Optional<String> box) {
    Submission.Builder how = Submission.builder();
    box.ifPresent(
        where -> how.filing(new Submission.Filing(where, Optional.of("INBOX"), SentCopy.APPEND)));
    return new Connection.Outgoing(
        name,
        sandbox.host(),
        sandbox.smtpPort(),
        Tls.OFF,
        Optional.of(login(() -> sandbox.mailLogin().password())),
        Optional.empty(),
        how.build());
  }

  @Test
  void whatWasFiledIsFoundByItsMessageId() {
    Message message =
        Message.builder().from("a@b.example").to(sandbox.mailAddress()).text("t").build();
    SendReport report;
    try (PreparedMessage prepared = PreparedMessage.of(message, Clock.systemUTC())) {
      report =
          senders
              .sender("filing")
              .orElseThrow()
              .send(prepared, Duration.ofSeconds(60), DeliveryJournal.NONE);
    }

    assertThat(report.isComplete()).isTrue();
    assertThat(report.warnings()).isEmpty();
    assertThat(senders.isInSentFolder("filing", report.messageId())).isTrue();
    assertThat(senders.isInSentFolder("filing", "<other@b.example>")).isFalse();
  }

  @Test
  void otherConnectionsAreTakenOverAndWhoHoldsAnOldOneGoesOnSending() {
    Connection.Outgoing old = outgoing("plain", Optional.empty());
    FrozenSender before = senders.of(old);
    senders.replace(Connections.of(List.of(outgoing("fresh", Optional.empty()))));

    assertThat(senders.sender("plain")).isEmpty();
    assertThat(isSent(senders.sender("fresh").orElseThrow())).isTrue();
    assertThat(isSent(before)).isTrue();
    assertThat(isSent(senders.of(old))).isTrue();
  }

  private boolean isSent(FrozenSender sender) {
    Message message =
        Message.builder().from("a@b.example").to(sandbox.mailAddress()).text("t").build();
    try (PreparedMessage prepared = PreparedMessage.of(message, Clock.systemUTC())) {
      return sender.send(prepared, Duration.ofSeconds(60), DeliveryJournal.NONE).isComplete();
    }
  }

  @Test
  void whereNobodyCanTellTheEntryStaysUnknown() {
    assertThatExceptionOfType(MailException.MailboxNotFound.class)
        .isThrownBy(() -> senders.isInSentFolder("plain", "<1@b.example>"));
    assertThatExceptionOfType(MailException.MailboxNotFound.class)
        .isThrownBy(() -> senders.isInSentFolder("stranger", "<1@b.example>"));
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> senders.isInSentFolder("lost", "<1@b.example>"))
        .withMessageContaining("no connection is called \"nowhere\"");
    assertThatExceptionOfType(MailException.AuthenticationFailed.class)
        .isThrownBy(() -> senders.isInSentFolder("barred", "<1@b.example>"))
        .withMessageContaining("secret \"p\" is not there");
  }

  @Test
  void anAccountHasOneSenderAndAStrangerNone() {
    assertThat(senders.sender("plain")).isPresent().hasValue(senders.sender("plain").orElseThrow());
    assertThat(senders.sender("box")).isEmpty();
    assertThat(senders.sender("stranger")).isEmpty();
    assertThat(senders.connections("plain")).isEqualTo(4);
  }
}
