package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class ScriptedSmtpServerIT {
  private static final Duration LONG = ofSeconds(20);

  private final ScriptedSmtpServer server = ScriptedSmtpServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void takesAMessageAndKeepsIt() throws Exception {
    try (SmtpTalk client = SmtpTalk.with(server)) {
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.ask("EHLO me.test").lines())
          .map(line -> line.substring(4))
          .containsExactly(
              "scripted.test",
              "PIPELINING",
              "SIZE 10000000",
              "8BITMIME",
              "ENHANCEDSTATUSCODES",
              "SMTPUTF8",
              "DSN");
      assertThat(client.ask("MAIL FROM:<a@x.test> SIZE=20 RET=HDRS ENVID=7"))
          .isEqualTo("250 2.1.0 Ok");
      assertThat(client.ask("RCPT TO:<b@y.test> NOTIFY=NEVER")).isEqualTo("250 2.1.5 Ok");
      assertThat(client.ask("rcpt to:<c@y.test>")).startsWith("250 ");
      assertThat(client.ask("DATA")).startsWith("354 ");
      client.say("Subject: ž", "", "..dot", ".");
      assertThat(client.reply()).isEqualTo("250 2.0.0 Ok: queued as 1");
      assertThat(client.ask("QUIT")).startsWith("221 ");
      assertThat(client.reply()).isEqualTo(SmtpTalk.END);
    }
    assertThat(server.messages()).hasSize(1).isEqualTo(server.accepted());
    ReceivedMail mail = server.messages().get(0);
    assertThat(mail.sender())
        .isEqualTo(new SmtpPath("a@x.test", Map.of("SIZE", "20", "RET", "HDRS", "ENVID", "7")));
    assertThat(mail.recipientAddresses()).containsExactly("b@y.test", "c@y.test");
    assertThat(mail.recipients().get(0).parameters()).containsEntry("NOTIFY", "NEVER");
    assertThat(mail.content()).isEqualTo("Subject: ž\r\n\r\n.dot\r\n".getBytes(UTF_8));
    assertThat(mail.text()).startsWith("Subject: ž");
    assertThat(mail.sizeBytes()).isEqualTo(21);
    assertThat(mail.queueId()).isEqualTo("1");
    assertThat(mail.client()).isEqualTo(new SmtpPeer(1, "me.test", "", ""));
    assertThat(server.heard())
        .containsExactly(
            "EHLO me.test",
            "MAIL FROM:<a@x.test> SIZE=20 RET=HDRS ENVID=7",
            "RCPT TO:<b@y.test> NOTIFY=NEVER",
            "rcpt to:<c@y.test>",
            "DATA",
            "QUIT");
    assertThat(server.problems()).isEmpty();
  }

  @Test
  void tellsWhichCommandsCameTogether() throws Exception {
    String mail = "MAIL FROM:<a@x.test>";
    String rcpt = "RCPT TO:<b@y.test>";
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.say(mail, rcpt, "DATA");
      assertThat(List.of(client.reply(), client.reply(), client.reply()))
          .extracting(reply -> reply.substring(0, 3))
          .containsExactly("250", "250", "354");
      client.say("text", ".", mail, rcpt, "DATA");
      for (int i = 0; i < 4; i++) {
        client.reply();
      }
      client.say(".");
      client.reply();
      client.ask("NOOP");
    }
    assertThat(server.batches())
        .extracting(SmtpBatch::commands)
        .containsExactly(
            List.of("EHLO me.test"),
            List.of(mail, rcpt, "DATA"),
            List.of(".", mail, rcpt, "DATA"),
            List.of("."),
            List.of("NOOP"));
    assertThat(server.batches().get(0)).isEqualTo(new SmtpBatch(1, 14, List.of("EHLO me.test")));
    assertThat(server.messages()).hasSize(2);
  }

  @Test
  void readsAContentThatComesWithItsCommand() throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA", "too early", ".", "NOOP");
      for (int i = 0; i < 3; i++) {
        client.reply();
      }
      assertThat(client.reply()).startsWith("250 2.0.0 Ok: queued");
      assertThat(client.reply()).startsWith("250 2.0.0 Ok");
    }
    assertThat(server.messages().get(0).text()).isEqualTo("too early\r\n");
  }

  @Test
  void countsABatchByTheReadThatCompletesIt() throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.write("NOO".getBytes(UTF_8));
      client.socket().getOutputStream().flush();
      server.awaitOpenConnections(1, LONG);
      client.say("P", "RSET");
      client.reply();
      client.reply();
    }
    assertThat(server.heard()).containsExactly("EHLO me.test", "NOOP", "RSET");
    assertThat(server.batches().get(1).commands()).containsExactly("NOOP", "RSET");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAIL FROM:<a@x.test> | 503",
        "EHLO | 501",
        "HELO me; MAIL FROM:<a@x.test>; RCPT TO:<b@y.test>; DATA; . | 250",
        "HELO me; MAIL FROM:<a@x.test> SIZE=1 | 555",
        "EHLO me; RCPT TO:<b@y.test> | 503",
        "EHLO me; DATA | 503",
        "EHLO me; MAIL FROM:<>; DATA | 503",
        "EHLO me; MAIL FROM:<a@x.test>; MAIL FROM:<a@x.test> | 503",
        "EHLO me; MAIL FROM:<a@x.test>; RSET; MAIL FROM:<a@x.test> | 250",
        "EHLO me; MAIL FROM:<a@x.test>; EHLO me; RCPT TO:<b@y.test> | 503",
        "EHLO me; MAIL FROM: <a@x.test> | 501",
        "EHLO me; MAIL FROM:<a@x.test> SIZE=10000001 | 552 5.3.4",
        "EHLO me; MAIL FROM:<a@x.test> SIZE=many | 501",
        "EHLO me; MAIL FROM:<a@x.test> BODY=8BITMIME | 250",
        "EHLO me; MAIL FROM:<a@x.test> BODY=BINARYMIME | 501",
        "EHLO me; MAIL FROM:<a@x.test> FOO=1 | 555",
        "EHLO me; MAIL FROM:<ž@x.test> | 553 5.6.7",
        "EHLO me; MAIL FROM:<a@x.test>; RCPT TO:<ž@x.test> | 553 5.6.7",
        "EHLO me; MAIL FROM:<ž@x.test> SMTPUTF8; RCPT TO:<ž@x.test> | 250",
        "EHLO me; MAIL FROM:<a@x.test>; RCPT TO:<> | 501",
        "EHLO me; MAIL FROM:<a@x.test>; RCPT TO:<b@y.test> FOO | 555",
        "EHLO me; AUTH PLAIN | 502",
        "EHLO me; STARTTLS | 502",
        "EHLO me; BDAT 1 | 500",
        "EHLO me; NOOP now | 250",
        "EHLO me; VRFY b | 252",
        "EHLO me; RSET now | 501"
      })
  void isStrict(String commands, String reply) throws Exception {
    try (SmtpTalk client = SmtpTalk.with(server)) {
      client.reply();
      String last = "";
      for (String command : commands.split("; ", -1)) {
        last = client.ask(command);
      }
      assertThat(last).startsWith(reply);
    }
  }

  @Test
  void refusesBareLineFeedsAndEndlessLines() throws Exception {
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.write("NOOP\n".getBytes(UTF_8));
      assertThat(client.reply()).startsWith("500 ");
      assertThat(client.ask("NOOP " + "x".repeat(20_000))).startsWith("500 ");
      assertThat(client.ask("NOOP")).startsWith("250 ");
    }
  }

  @Test
  void refusesContentAboveItsLimit() throws Exception {
    server.sizeLimit(10);
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      client.say("12345678", ".");
      assertThat(client.reply()).startsWith("250 ");
      client.ask("MAIL FROM:<a@x.test>");
      client.ask("RCPT TO:<b@y.test>");
      client.ask("DATA");
      client.say("123456789", ".");
      assertThat(client.reply()).startsWith("552 5.3.4");
    }
    assertThat(server.messages()).hasSize(2);
    assertThat(server.accepted()).hasSize(1);
  }

  @Test
  void offersWhatItIsTold() throws Exception {
    server.withholding("PIPELINING", "enhancedstatuscodes").recipientLimit(1).announcingLimits();
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("EHLO me").lines())
          .noneMatch(line -> line.contains("PIPELINING"))
          .last()
          .isEqualTo("250 LIMITS RCPTMAX=1");
      assertThat(client.ask("RCPT TO:<b@y.test>")).isEqualTo("503 bad sequence of commands");
      server.offering("X-ONE 1");
      assertThat(client.ask("EHLO me")).endsWith("\n250 X-ONE 1");
      assertThat(client.ask("MAIL FROM:<a@x.test> SIZE=1")).startsWith("555 ");
      assertThat(client.ask("MAIL FROM:<a@x.test> X-ONE=2")).startsWith("250 ");
      server.offering();
      assertThat(client.ask("EHLO me")).isEqualTo("250 scripted.test");
    }
  }

  @Test
  void putsRecipientsOffAboveItsLimitAndAtFirstSight() throws Exception {
    server.recipientLimit(2).greylisting();
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.ask("MAIL FROM:<a@x.test>");
      assertThat(client.ask("RCPT TO:<b@y.test>")).startsWith("451 4.7.1");
      assertThat(client.ask("RCPT TO:<c@y.test>")).startsWith("451 4.7.1");
      assertThat(client.ask("RCPT TO:<b@y.test>")).startsWith("250 ");
      assertThat(client.ask("RCPT TO:<c@y.test>")).startsWith("250 ");
      assertThat(client.ask("RCPT TO:<d@y.test>")).startsWith("452 4.5.3");
      client.ask("RSET");
      client.ask("MAIL FROM:<other@x.test>");
      assertThat(client.ask("RCPT TO:<b@y.test>")).startsWith("451 4.7.1");
    }
  }

  @Test
  void countsItsConnections() throws Exception {
    server.connectionLimit(2);
    try (SmtpTalk first = SmtpTalk.greeted(server);
        SmtpTalk second = SmtpTalk.greeted(server);
        SmtpTalk third = SmtpTalk.with(server)) {
      assertThat(third.reply()).startsWith("421 4.7.0");
      assertThat(third.reply()).isEqualTo(SmtpTalk.END);
      assertThat(server.mostOpenConnections()).isEqualTo(3);
      first.ask("NOOP");
      second.ask("QUIT");
      assertThat(server.openConnections()).isEqualTo(1);
    }
    server.awaitOpenConnections(0, LONG);
    assertThat(server.connections()).isEqualTo(3);
    assertThat(server.heard(1)).containsExactly("EHLO me.test", "NOOP");
    assertThat(server.heard(2)).containsExactly("EHLO me.test", "QUIT");
    assertThat(server.commands()).contains(new SmtpCommand(2, "QUIT"));
  }

  @Test
  void waitsForWhatIsHeard() throws Exception {
    Thread later =
        new Thread(
            () -> {
              try (SmtpTalk client = SmtpTalk.atContent(server)) {
                client.say("x", ".");
                client.reply();
                client.ask("NOOP");
                client.ask("NOOP again");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    later.start();
    assertThat(server.awaitHeard("noop", 2, LONG)).isEqualTo(new SmtpCommand(1, "NOOP again"));
    assertThat(server.awaitHeard("NOOP", LONG).line()).isEqualTo("NOOP");
    assertThat(server.awaitMessages(1, LONG)).hasSize(1);
    later.join();
    assertThatThrownBy(() -> server.awaitHeard("RSET", ofMillis(20)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("RSET")
        .hasMessageContaining("NOOP again");
  }

  @Test
  void keepsNoMoreOfContentsThanItIsTold() throws Exception {
    server.keeping(3);
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      client.say("123456", ".");
      client.reply();
    }
    assertThat(server.messages().get(0).text()).isEqualTo("123");
    assertThat(server.messages().get(0).sizeBytes()).isEqualTo(8);
  }

  @Test
  void dismissesWhoIsIdle() throws Exception {
    try (SmtpTalk one = SmtpTalk.greeted(server);
        SmtpTalk other = SmtpTalk.greeted(server)) {
      server.dismissAll("421 4.4.2 idle for too long");
      for (SmtpTalk client : List.of(one, other)) {
        assertThat(client.reply()).startsWith("421 ");
        assertThat(client.reply()).isEqualTo(SmtpTalk.END);
      }
    }
    try (SmtpTalk another = SmtpTalk.greeted(server)) {
      server.dismissAll();
      assertThat(another.reply()).isEqualTo(SmtpTalk.END);
    }
    assertThat(server.problems()).isEmpty();
  }

  @Test
  void goesOverToTls() throws Exception {
    server.securing(ServerCertificate.LOCALHOST.context()).requiringTls();
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("EHLO me")).contains("STARTTLS");
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("530 5.7.0");
      assertThat(client.ask("STARTTLS now")).startsWith("501 ");
      client.say("STARTTLS", "MAIL FROM:<injected@x.test>"); // forgotten with all that is clear
      assertThat(client.reply()).startsWith("220 ");
      client.startTls(ServerCertificate.trusting());
      assertThat(client.ask("MAIL FROM:<a@x.test>")).startsWith("503 ");
      assertThat(client.ask("EHLO me")).doesNotContain("STARTTLS");
      assertThat(client.ask("STARTTLS")).startsWith("503 ");
      client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA");
      client.reply();
      client.reply();
      client.reply();
      client.say("x", ".");
      client.reply();
      assertThat(client.ask("QUIT")).startsWith("221 ");
      assertThat(client.reply()).isEqualTo(SmtpTalk.END); // in order: nothing is truncated
    }
    assertThat(server.messages().get(0).client().tlsVersion()).isEqualTo("TLSv1.3");
    assertThat(server.batches())
        .anySatisfy(
            batch ->
                assertThat(batch.commands())
                    .containsExactly("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA"));
    assertThat(server.heard()).doesNotContain("MAIL FROM:<injected@x.test>");
  }

  @Test
  void beginsWithTls() throws Exception {
    server.securingFromTheStart(ServerCertificate.LOCALHOST.context());
    try (SmtpTalk client = SmtpTalk.with(server)) {
      client.startTls(ServerCertificate.trusting());
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.ask("EHLO me")).doesNotContain("STARTTLS");
    }
  }

  @ParameterizedTest
  @EnumSource(value = ServerCertificate.class, mode = EnumSource.Mode.EXCLUDE, names = "LOCALHOST")
  void showsCertificatesThatClientsRefuse(ServerCertificate certificate) throws Exception {
    server.securingFromTheStart(certificate.context());
    try (SmtpTalk client = SmtpTalk.with(server)) {
      assertThatThrownBy(() -> client.startTls(ServerCertificate.trusting()))
          .isInstanceOf(SSLException.class);
    }
    server.awaitOpenConnections(0, LONG);
    assertThat(server.problems()).singleElement().asString().startsWith("connection 1: ");
  }

  @Test
  void endsWithItsConnections() throws Exception {
    server.at(SmtpPoint.NOOP).freeze();
    server.at(SmtpPoint.RSET).heldBy(new CountDownLatch(1)).ordinarily();
    try (SmtpTalk idle = SmtpTalk.greeted(server);
        SmtpTalk frozen = SmtpTalk.greeted(server);
        SmtpTalk held = SmtpTalk.greeted(server)) {
      frozen.say("NOOP");
      held.say("RSET");
      server.awaitHeard("NOOP", LONG);
      server.awaitHeard("RSET", LONG);

      server.close();

      for (SmtpTalk client : List.of(idle, frozen, held)) {
        assertThat(client.reply()).isEqualTo(SmtpTalk.END);
      }
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().startsWith("scripted-smtp-" + server.port() + "-"));
    }
  }
}
