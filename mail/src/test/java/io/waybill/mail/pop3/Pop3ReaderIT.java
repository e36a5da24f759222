package io.waybill.mail.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.Attachment;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MemoryLedger;
import io.waybill.mail.inbox.PollReport;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.smtp.SmtpSender;
import io.waybill.testkit.Script;
import io.waybill.testkit.ScriptedServer;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Pop3ReaderIT {
  private static final String PASSWORD = "pop-s3cr3t";

  private final GreenMail server =
      new GreenMail(
          new ServerSetup[] {
            ServerSetupTest.SMTP.dynamicPort(), ServerSetupTest.POP3.dynamicPort()
          });
  private final MailLedger ledger = new MemoryLedger(Clock.systemUTC());
  private final List<String> handled = new ArrayList<>();

  @BeforeEach
  void start() {
    server.start();
    server.setUser("you@example.net", "you", PASSWORD);
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private static MailAccount.Builder account(int port) {
    return MailAccount.builder().host("127.0.0.1").port(port).security(MailSecurity.PLAINTEXT);
  }

  private static Pop3Reader reader(int port, String password) {
    return Pop3Reader.of(
        account(port).user("you").password(() -> password).build(), Clock.systemUTC());
  }

  private void send(Message.Builder message) {
    try (MailSender sender = SmtpSender.connect(account(server.getSmtp().getPort()).build())) {
      sender.send(message.from("ops@example.org").to("you@example.net").build());
    }
  }

  private void send(String subject) {
    send(Message.builder().subject(subject).text("one\n.\n..two\n"));
  }

  private PollReport poll(PollSpec.Builder spec, InboundHandler handler) {
    try (Pop3Reader reader = reader(server.getPop3().getPort(), PASSWORD)) {
      return reader.poll(spec.build(), ledger, handler);
    }
  }

  private PollReport poll(PollSpec.Builder spec) {
    return poll(spec, (mail, ack) -> handled.add(mail.mail().subject()));
  }

  @Test
  void eachMessageIsHandledOnceAndStays() {
    send("one");
    send("two");
    PollSpec.Builder all = PollSpec.builder().from(StartFrom.ALL);
    assertThat(poll(all).handled()).isEqualTo(2);
    send("three");
    assertThat(poll(all).handled()).isEqualTo(1);
    assertThat(handled).containsExactly("one", "two", "three");
    assertThat(server.getReceivedMessages()).hasSize(3);
  }

  @Test
  void theFirstPollBeginsWithWhatComesThen() {
    send("old");
    assertThat(poll(PollSpec.builder()).handled()).isZero();
    send("new");
    poll(PollSpec.builder());
    assertThat(handled).containsExactly("new");
  }

  @Test
  void dotsAndLargeContentsComeWhole() throws Exception {
    byte[] bytes = new byte[3_000_000];
    new Random(4).nextBytes(bytes);
    send("dots");
    send(Message.builder().subject("large").text("x").attach(Attachment.of("a.bin", bytes)));
    List<String> texts = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    poll(
        PollSpec.builder().from(StartFrom.ALL),
        (mail, ack) -> {
          texts.add(mail.mail().text().orElseThrow());
          if (!mail.mail().attachments().isEmpty()) {
            try (InputStream in = mail.mail().attachments().get(0).open()) {
              contents.add(in.readAllBytes());
            }
          }
        });
    assertThat(texts.get(0)).isEqualTo("one\r\n.\r\n..two\r\n");
    assertThat(contents.get(0)).isEqualTo(bytes);
  }

  @Test
  void whatWasHandledIsDeletedAndWhatFailsComesAgain() {
    send("good");
    send("bad");
    PollSpec.Builder spec = PollSpec.builder().from(StartFrom.ALL).after(AfterAction.DELETE);
    poll(
        spec,
        (mail, ack) -> {
          if (mail.mail().subject().equals("bad")) {
            ack.retryLater("not yet", Duration.ZERO);
          }
        });
    assertThat(server.getReceivedMessages()).hasSize(1);
    List<Integer> attempts = new ArrayList<>();
    poll(spec, (mail, ack) -> attempts.add(mail.deliveryAttempt()));
    assertThat(attempts).containsExactly(2);
    assertThat(server.getReceivedMessages()).isEmpty();
  }

  @Test
  void whatSuchAServerDoesNotKnowIsRefused() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> poll(PollSpec.builder().after(AfterAction.moveTo("Done"))))
        .withMessageContaining("POP3");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> poll(PollSpec.builder().from(StartFrom.UNSEEN)));
  }

  @Test
  void aWrongPasswordIsSaidWithoutIt() {
    try (Pop3Reader reader = reader(server.getPop3().getPort(), "x" + PASSWORD)) {
      assertThatExceptionOfType(MailException.AuthenticationFailed.class)
          .isThrownBy(() -> reader.poll(PollSpec.builder().build(), ledger, (mail, ack) -> {}))
          .satisfies(e -> assertThat(e.toString()).doesNotContain(PASSWORD));
    }
  }

  @Test
  void aPasswordThatNoLineCarriesIsNotSent() {
    Script old =
        Script.start().reply("+OK").expect("CAPA").reply("-ERR").expect("USER you").reply("+OK");
    try (ScriptedServer pop = ScriptedServer.playing(old.readUntil("PASS .*"));
        Pop3Reader reader = reader(pop.port(), PASSWORD + "\r\nDELE 1")) {
      assertThatExceptionOfType(MailException.AuthenticationFailed.class)
          .isThrownBy(() -> reader.poll(PollSpec.builder().build(), ledger, (mail, ack) -> {}))
          .withMessageContaining("no line of POP3 can carry")
          .satisfies(e -> assertThat(e.toString()).doesNotContain(PASSWORD));
      assertThat(pop.received())
          .doesNotContain("DELE 1")
          .noneMatch(line -> line.contains(PASSWORD));
    }
  }

  @Test
  void aListThatFillsTheHeapIsGivenUp() {
    Script hostile =
        Script.start()
            .reply("+OK")
            .expect("CAPA")
            .reply("-ERR")
            .expect("USER you")
            .reply("+OK")
            .expect("PASS .*")
            .reply("+OK")
            .expect("UIDL")
            .reply("+OK")
            .send(("1 " + "x".repeat(8000) + "\r\n").repeat(9000))
            .stall();
    try (ScriptedServer pop = ScriptedServer.playing(hostile);
        Pop3Reader reader = reader(pop.port(), PASSWORD)) {
      assertThatExceptionOfType(MailException.class)
          .isThrownBy(() -> reader.poll(PollSpec.builder().build(), ledger, (mail, ack) -> {}))
          .havingRootCause()
          .withMessageContaining("the server lists more than");
    }
  }

  @Test
  void missingStlsEndsBeforeTheLogin() {
    MailAccount account =
        account(server.getPop3().getPort())
            .security(MailSecurity.STARTTLS)
            .user("you")
            .password(() -> PASSWORD)
            .build();
    try (Pop3Reader reader = Pop3Reader.of(account, Clock.systemUTC())) {
      assertThatExceptionOfType(MailException.TlsFailed.class)
          .isThrownBy(() -> reader.poll(PollSpec.builder().build(), ledger, (mail, ack) -> {}))
          .withMessageContaining("STLS");
    }
  }
}
