package io.waybill.mail.imap;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.Attachment;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailSearch;
import io.waybill.mail.inbox.MemoryLedger;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.smtp.SmtpSender;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxPollIT {
  private final GreenMail server =
      new GreenMail(
          new ServerSetup[] {
            ServerSetupTest.SMTP.dynamicPort(), ServerSetupTest.IMAP.dynamicPort()
          });
  private final MailLedger ledger = new MemoryLedger(Clock.systemUTC());
  private final List<String> handled = new ArrayList<>();
  private GreenMailUser user;
  private MailboxReader reader;

  @BeforeEach
  void start() {
    server.start();
    user = server.setUser("you@example.net", "you", "pw");
    reader =
        MailboxReader.connect(
            account(server.getImap().getPort()).user("you").password(() -> "pw").build());
  }

  @AfterEach
  void stop() {
    reader.close();
    server.stop();
  }

  private static MailAccount.Builder account(int port) {
    return MailAccount.builder().host("127.0.0.1").port(port).security(MailSecurity.PLAINTEXT);
  }

  private void send(Message.Builder message) {
    try (MailSender sender = SmtpSender.connect(account(server.getSmtp().getPort()).build())) {
      sender.send(message.from("ops@example.org").to("you@example.net").build());
    }
  }

  private void send(String subject) {
    send(Message.builder().subject(subject).text("body of " + subject));
  }

  private PollReport poll(PollSpec.Builder spec) {
    return reader.poll(spec.build(), ledger, (mail, ack) -> handled.add(mail.mail().subject()));
  }

  private MailFolder folder(String name) {
    ImapHostManager mailboxes = server.getManagers().getImapHostManager();
    return mailboxes.getFolder(user, name);
  }

  @Test
  void eachMessageIsHandledOnceAndNothingIsMarked() throws Exception {
    for (int i = 0; i < 7; i++) {
      send("m" + i);
    }
    PollSpec.Builder spec = PollSpec.builder().from(StartFrom.ALL);
    assertThat(poll(spec).handled()).isEqualTo(7);
    send("late");
    assertThat(poll(spec).handled()).isEqualTo(1);
    assertThat(handled).containsExactly("m0", "m1", "m2", "m3", "m4", "m5", "m6", "late");
    assertThat(folder("INBOX").getUnseenCount()).isEqualTo(8);
  }

  @Test
  void aLargeMessageIsStreamedWhole() throws Exception {
    byte[] bytes = new byte[5_000_000];
    new Random(3).nextBytes(bytes);
    send(Message.builder().subject("large").attach(Attachment.of("a.bin", bytes)));
    List<byte[]> read = new ArrayList<>();
    List<Integer> raw = new ArrayList<>();
    reader.poll(
        PollSpec.builder().from(StartFrom.ALL).build(),
        ledger,
        (mail, ack) -> {
          try (InputStream in = mail.mail().attachments().get(0).open()) {
            read.add(in.readAllBytes());
          }
          try (InputStream in = mail.open()) {
            raw.add(in.readAllBytes().length);
          }
        });
    assertThat(read.get(0)).isEqualTo(bytes);
    assertThat(raw.get(0)).isGreaterThan(6_000_000);
  }

  @Test
  void whatWasHandledIsMarkedMovedOrDeletedAndNothingElse() throws Exception {
    server.getManagers().getImapHostManager().createMailbox(user, "Done");
    send("one");
    poll(PollSpec.builder().from(StartFrom.ALL).after(AfterAction.SEEN));
    assertThat(folder("INBOX").getUnseenCount()).isZero();
    send("two");
    poll(PollSpec.builder().after(AfterAction.moveTo("Done")));
    assertThat(folder("INBOX").getMessageCount()).isEqualTo(1);
    assertThat(folder("Done").getMessageCount()).isEqualTo(1);
    send("three");
    poll(PollSpec.builder().after(AfterAction.DELETE));
    assertThat(folder("INBOX").getMessageCount()).isEqualTo(1);
    send("four");
    poll(PollSpec.builder().after(AfterAction.keyword("$Processed")));
    assertThat(folder("INBOX").getMessages().get(1).getFlags().contains("$Processed")).isTrue();
    assertThat(handled).containsExactly("one", "two", "three", "four");
  }

  @Test
  void aFolderThatIsMissingIsSaidAndTheMessageStaysHandled() throws Exception {
    send("one");
    PollSpec.Builder spec =
        PollSpec.builder().from(StartFrom.ALL).after(AfterAction.moveTo("Nowhere"));
    assertThat(poll(spec).unfinished()).isEqualTo(1);
    server.getManagers().getImapHostManager().createMailbox(user, "Nowhere");
    assertThat(poll(spec).unfinished()).isZero();
    assertThat(handled).containsExactly("one");
    assertThat(folder("Nowhere").getMessageCount()).isEqualTo(1);
  }

  @Test
  void theServerIsAskedForWhatIsWanted() {
    send("invoice");
    send("other");
    send(
        Message.builder()
            .subject("invoice with file")
            .text("x")
            .attach(Attachment.of("a.pdf", new byte[100])));
    PollSpec.Builder spec =
        PollSpec.builder()
            .from(StartFrom.ALL)
            .search(MailSearch.builder().subject("Invoice").withAttachment().build());
    assertThat(poll(spec).handled()).isEqualTo(1);
    assertThat(handled).containsExactly("invoice with file");
  }
}
