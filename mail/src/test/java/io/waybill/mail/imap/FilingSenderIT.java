package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.DeliveryJournal;
import io.waybill.mail.FrozenSender;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.SendReport;
import io.waybill.mail.SentCopy;
import io.waybill.mail.mime.PreparedMessage;
import io.waybill.mail.smtp.SmtpSender;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sent by one server, filed at another. */
@Timeout(60)
class FilingSenderIT {
  private static final String PASSWORD = "s3cr3t-Pa55";

  private final GreenMail server =
      new GreenMail(
          new ServerSetup[] {
            ServerSetupTest.SMTP.dynamicPort(), ServerSetupTest.IMAP.dynamicPort()
          });
  private MailSender smtp;
  private SentFolder folder;

  @BeforeEach
  void start() {
    server.start();
    server.setUser("ops@example.org", "ops", PASSWORD);
    smtp = SmtpSender.connect(account(server.getSmtp().getPort()).build());
    folder = folder("INBOX");
  }

  @AfterEach
  void stop() {
    smtp.close();
    server.stop();
  }

  private static MailAccount.Builder account(int port) {
    return MailAccount.builder().host("127.0.0.1").port(port).security(MailSecurity.PLAINTEXT);
  }

  private SentFolder folder(String name) {
    return SentFolder.of(
        account(server.getImap().getPort()).user("ops").password(() -> PASSWORD).build(), name);
  }

  private static PreparedMessage message() {
    return PreparedMessage.of(
        Message.builder()
            .from("ops@example.org")
            .to("you@example.net")
            .subject("s")
            .text("x")
            .build(),
        Clock.systemUTC());
  }

  private static SendReport send(FrozenSender sender, PreparedMessage message) {
    return sender.send(message, Duration.ofSeconds(30), DeliveryJournal.NONE);
  }

  private int copies() throws Exception {
    return server
        .getManagers()
        .getImapHostManager()
        .getInbox(server.getUserManager().getUser("ops"))
        .getMessageCount();
  }

  @Test
  void theAnswerIsHeardBeforeACopyIsFiled() throws Exception {
    List<Object> heard = new ArrayList<>();
    DeliveryJournal journal =
        new DeliveryJournal() {
          @Override
          public void beforeFinalDot(List<RecipientResult> results) {
            heard.add(results.get(0).status());
          }

          @Override
          public void answered(List<RecipientResult> results) {
            heard.add(results.get(0).status());
            try {
              heard.add(copies());
            } catch (Exception e) {
              heard.add(e);
            }
          }
        };
    try (PreparedMessage message = message()) {
      new FilingSender(smtp, folder, SentCopy.APPEND)
          .send(message, Duration.ofSeconds(30), journal);
    }
    assertThat(heard).containsExactly(Status.UNKNOWN, Status.ACCEPTED, 0);
    assertThat(copies()).isEqualTo(1);
  }

  @Test
  void whatTheServerFilesItselfIsNotFiledAgain() throws Exception {
    try (PreparedMessage message = message()) {
      folder.append(message);
      assertThat(send(new FilingSender(smtp, folder, SentCopy.AUTO), message).warnings()).isEmpty();
      assertThat(copies()).isEqualTo(1);
      send(new FilingSender(smtp, folder, SentCopy.NEVER), message);
      assertThat(copies()).isEqualTo(1);
    }
  }

  @Test
  void theUsualFolderIsMadeWithTheFirstCopy() {
    SentFolder usual =
        SentFolder.usual(
            account(server.getImap().getPort()).user("ops").password(() -> PASSWORD).build());
    FrozenSender filing = new FilingSender(smtp, usual, SentCopy.AUTO);
    try (PreparedMessage message = message()) {
      assertThatExceptionOfType(MailException.MailboxNotFound.class)
          .isThrownBy(() -> usual.contains(message.messageId()));
      assertThat(send(filing, message).warnings()).isEmpty();
      assertThat(folder("Sent").contains(message.messageId())).isTrue();
      assertThat(usual.contains(message.messageId())).isTrue();
      assertThat(send(filing, message).warnings()).isEmpty();
    }
  }

  @Test
  void aFolderThatIsNamedIsNotMade() {
    try (PreparedMessage message = message()) {
      assertThat(send(new FilingSender(smtp, folder("Snet"), SentCopy.AUTO), message).warnings())
          .singleElement()
          .asString()
          .contains("Snet", "no mailbox");
    }
  }

  @Test
  void aWrongPasswordOfTheMailboxIsTriedOnce() {
    AtomicInteger asked = new AtomicInteger();
    SentFolder locked =
        SentFolder.of(
            account(server.getImap().getPort())
                .user("ops")
                .password(
                    () -> {
                      asked.incrementAndGet();
                      return "wrong-Pa55";
                    })
                .build(),
            "INBOX");
    FrozenSender filing = new FilingSender(smtp, locked, SentCopy.APPEND);
    for (int i = 0; i < 3; i++) {
      try (PreparedMessage message = message()) {
        assertThat(send(filing, message).warnings())
            .singleElement()
            .asString()
            .doesNotContain("wrong-Pa55");
      }
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void whoCancelsEndsTheFilingToo() {
    AtomicReference<Runnable> cancel = new AtomicReference<>(() -> {});
    DeliveryJournal cancelling =
        new DeliveryJournal() {
          @Override
          public void begun(Runnable ends) {
            cancel.set(ends);
          }

          @Override
          public void beforeFinalDot(List<RecipientResult> results) {}

          @Override
          public void answered(List<RecipientResult> results) {
            Objects.requireNonNull(cancel.get()).run();
          }
        };
    try (PreparedMessage message = message()) {
      SendReport report =
          new FilingSender(smtp, folder, SentCopy.APPEND)
              .send(message, Duration.ofSeconds(30), cancelling);
      assertThat(report.isComplete()).isTrue();
      assertThat(report.warnings()).singleElement().asString().contains("cancelled");
    }
  }

  @Test
  void aCopyThatCannotBeFiledIsAWarning() {
    try (PreparedMessage message = message()) {
      SendReport report =
          send(new FilingSender(smtp, folder("Sent Itens"), SentCopy.AUTO), message);
      assertThat(report.isComplete()).isTrue();
      assertThat(report.warnings()).singleElement().asString().contains("Sent Itens");
    }
  }
}
