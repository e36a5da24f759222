package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.LedgerItem.State;
import io.waybill.scheduler.TriggerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that mail starts. */
@Timeout(180)
class MailTriggerIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Waybill open(MailboxJob mail, String trigger) throws IOException {
    Files.writeString(directory.resolve("imap.secret"), "pw");
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            secrets:
              imap: { file: imap.secret }
            connections:
              mailbox: { type: imap, host: 127.0.0.1, port: %d, tls: off, user: intake@acme.example, password: "${secrets.imap}" }
            jobs:
              intake:
                retry: { attempts: 1 }
                trigger: { mail: { mailbox: "mailbox:INBOX", %s } }
                each:
                  in: "${trigger.messages}"
                  steps:
                    - id: save
                      mail.save-attachments: { message: "${item}", match: "*.pdf", to: "%s/" }
                    - mail.file: { message: "${item}", move-to: Processed, create: true }
            """
                .formatted(mail.imapPort(), trigger, directory.resolve("saved")));
    Waybill waybill = Waybill.builder(JobFiles.load(file)).state(directory.resolve("state")).open();
    waybill.start();
    return waybill;
  }

  private static List<LedgerItem> items(Waybill waybill, State... states) {
    return waybill.ledger().list(Optional.of("intake"), List.of(states), 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle", "poll"})
  void whatFitsIsDealtWithOnceAndTheRestIsLeft(String watch) throws Exception {
    try (MailboxJob mail = new MailboxJob(directory)) {
      mail.deliver(MailboxJob.message("Old invoice", "old.pdf=old"));
      String trigger =
          "watch: %s, poll-every: 1s, match: { subject: \"*INVOICE*\", from: \"*@partner.example\", has-attachment: \"*.pdf\" }"
              .formatted(watch);
      try (Waybill waybill = open(mail, trigger)) {
        // from now on: the folder was looked at before something comes
        await().atMost(LONG).until(() -> isBegun(waybill));
        mail.deliver(MailboxJob.message("Invoice 1/2026", "one.pdf=first"));
        mail.deliver(MailboxJob.message("Greetings", "two.pdf=second"));
        mail.deliver(MailboxJob.message("Invoice without", "three.txt=third"));
        await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 1);
        assertThat(directory.resolve("saved/one.pdf")).exists();
        assertThat(mail.filesIn("saved")).containsExactly("one.pdf");
        assertThat(mail.subjects("Processed")).containsExactly("Invoice 1/2026");
        assertThat(mail.subjects("INBOX"))
            .containsExactly("Old invoice", "Greetings", "Invoice without");
        assertThat(waybill.runs(10)).hasSize(1);
        assertThat(waybill.runs(10).get(0).kind()).isEqualTo(TriggerKind.EVENT);
      }
      mail.deliver(MailboxJob.message("Invoice 2", "late.pdf=came while nobody looked"));
      try (Waybill waybill = open(mail, trigger)) {
        await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 2);
        assertThat(mail.filesIn("saved")).containsExactly("late.pdf", "one.pdf");
        assertThat(mail.subjects("Processed")).containsExactly("Invoice 1/2026", "Invoice 2");
      }
    }
  }

  private static boolean isBegun(Waybill waybill) throws InterruptedException {
    boolean isBegun = !waybill.ledger().sources().isEmpty();
    if (isBegun) {
      Thread.sleep(1_500);
    }
    return isBegun;
  }

  @Test
  void whatIsThereAlreadyCountsIfTheFileSaysSo() throws Exception {
    try (MailboxJob mail = new MailboxJob(directory)) {
      mail.deliver(MailboxJob.message("One", "one.pdf=first"));
      mail.deliver(MailboxJob.message("Two", "two.pdf=second"));
      try (Waybill waybill = open(mail, "start-from: all, batch: 1")) {
        await().atMost(LONG).until(() -> items(waybill, State.DONE).size() == 2);
        assertThat(mail.filesIn("saved")).containsExactly("one.pdf", "two.pdf");
        assertThat(waybill.runs(10)).hasSize(2);
      }
    }
  }
}
