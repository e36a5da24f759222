package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class ScriptedSmtpFaultsIT {
  private static final Duration LONG = ofSeconds(20);

  private final ScriptedSmtpServer server = ScriptedSmtpServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  /** Goes to a point and hears the reply there, or the end. */
  private String replyAt(SmtpPoint point) throws IOException {
    try (SmtpTalk client = SmtpTalk.with(server)) {
      return replyAt(client, point);
    }
  }

  private static String replyAt(SmtpTalk client, SmtpPoint point) throws IOException {
    if (point == SmtpPoint.GREETING) {
      return client.reply();
    }
    client.reply();
    switch (point) {
      case EHLO, HELO -> {
        return client.ask(point + " me.test");
      }
      case TLS -> client.say("EHLO me.test", "STARTTLS");
      case LOGIN -> client.say("EHLO me.test", "AUTH PLAIN AG9wcwBzZWNyZXQ=");
      case AUTH -> client.say("EHLO me.test", "AUTH PLAIN");
      case RCPT -> client.say("EHLO me.test", "MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>");
      case MAIL -> client.say("EHLO me.test", "MAIL FROM:<a@x.test>");
      case DATA, CONTENT, DOT ->
          client.say("EHLO me.test", "MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA");
      default -> client.say("EHLO me.test", point.name());
    }
    int before =
        switch (point) {
          case TLS, RCPT -> 2;
          case DATA -> 3;
          case CONTENT, DOT -> 4;
          default -> 1;
        };
    for (int i = 0; i < before; i++) {
      client.reply();
    }
    if (point == SmtpPoint.CONTENT || point == SmtpPoint.DOT) {
      client.say("0123456789", ".");
    }
    return client.reply();
  }

  private ScriptedSmtpServer complete() {
    return server.securing(ServerCertificate.LOCALHOST.context()).user("ops", "secret");
  }

  @ParameterizedTest
  @EnumSource(SmtpPoint.class)
  void dropsAtEveryPoint(SmtpPoint point) throws Exception {
    complete().at(point).drop();
    assertThat(replyAt(point)).isEqualTo(SmtpTalk.END);
    assertThat(server.messages()).hasSize(point == SmtpPoint.DOT ? 1 : 0);
    assertThat(server.accepted()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(SmtpPoint.class)
  void resetsAtEveryPoint(SmtpPoint point) {
    complete().at(point).reset();
    assertThatExceptionOfType(SocketException.class).isThrownBy(() -> replyAt(point));
  }

  @ParameterizedTest
  @EnumSource(SmtpPoint.class)
  void repliesAtEveryPoint(SmtpPoint point) throws Exception {
    complete().at(point).reply("451-4.3.0 not", "451 4.3.0 now");
    assertThat(replyAt(point)).isEqualTo("451-4.3.0 not\n451 4.3.0 now");
    if (point != SmtpPoint.CONTENT) { // after which the content goes on
      assertThat(server.accepted()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(SmtpPoint.class)
  void closesAfter421AtEveryPoint(SmtpPoint point) throws Exception {
    complete().at(point).reply("421 4.3.2 shutting down");
    try (SmtpTalk client = SmtpTalk.with(server)) {
      assertThat(replyAt(client, point)).isEqualTo("421 4.3.2 shutting down");
      assertThat(client.reply()).isEqualTo(SmtpTalk.END);
    }
  }

  @ParameterizedTest
  @EnumSource(SmtpPoint.class)
  void stallsAtEveryPointUntilClosed(SmtpPoint point) throws Exception {
    complete().at(point).stall();
    try (SmtpTalk client = SmtpTalk.with(server)) {
      client.timeout(100);
      assertThatThrownBy(() -> replyAt(client, point)).isInstanceOf(SocketTimeoutException.class);
      client.write(new byte[20_000_000]); // it does read
      server.close();
      assertThatThrownBy(
              () -> {
                while (client.read() >= 0) {}
                throw new SocketException("the end");
              })
          .isInstanceOf(SocketException.class);
    }
    assertThat(server.problems()).isEmpty();
  }

  @Test
  void notesWhatIsSaidToItWhileItStalls() throws Exception {
    server.at(SmtpPoint.MAIL).stall();
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>");
      server.awaitHeard("RCPT", LONG);
    }
  }

  @Test
  void readsNothingWhenItFreezes() throws Exception {
    server.at(SmtpPoint.CONTENT).afterBytes(10).freeze();
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      Thread writer =
          new Thread(
              () ->
                  assertThatThrownBy(() -> client.write(new byte[50_000_000]))
                      .isInstanceOf(IOException.class));
      writer.start();
      writer.join(200);
      assertThat(writer.isAlive()).isTrue();
      server.close();
      writer.join();
    }
  }

  @Test
  void consentsAndRefusesAsItIsTold() throws Exception {
    server.at("RCPT TO:<no@").reply("550 5.1.1 no such user");
    server.at("rcpt to:<yes@").reply("250 2.1.5 sure");
    server.at(SmtpPoint.MAIL).reply("250 2.1.0 why not");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("MAIL FROM:<a@x.test> ODD=1")).isEqualTo("250 2.1.0 why not");
      assertThat(client.ask("RCPT TO:<no@y.test>")).startsWith("550 ");
      assertThat(client.ask("RCPT TO:<yes@y.test>")).isEqualTo("250 2.1.5 sure");
      assertThat(client.ask("RCPT TO:<b@y.test>")).startsWith("250 ");
      client.ask("DATA");
      client.say(".");
      client.reply();
    }
    assertThat(server.messages().get(0).recipientAddresses())
        .containsExactly("yes@y.test", "b@y.test");
    assertThat(server.messages().get(0).sender().parameters()).containsKey("ODD");
  }

  @Test
  void refusesEverythingAfterARefusedGreeting() throws Exception {
    server.at(SmtpPoint.GREETING).reply("554 5.3.2 not here");
    try (SmtpTalk client = SmtpTalk.with(server)) {
      assertThat(client.reply()).startsWith("554 ");
      assertThat(client.ask("EHLO me")).startsWith("503 ");
      assertThat(client.ask("QUIT")).startsWith("221 ");
    }
  }

  @Test
  void limitsAFaultToTimesAndConnections() throws Exception {
    server.at(SmtpPoint.NOOP).once().reply("450 one");
    server.at(SmtpPoint.NOOP).nth(3).reply("450 three");
    server.at(SmtpPoint.RSET).first(2).reply("450 two");
    server.at(SmtpPoint.VRFY).onConnection(2).reply("450 second");
    try (SmtpTalk one = SmtpTalk.greeted(server);
        SmtpTalk two = SmtpTalk.greeted(server)) {
      assertThat(List.of(one.ask("NOOP"), two.ask("NOOP"), one.ask("NOOP"), two.ask("NOOP")))
          .containsExactly("450 one", "250 2.0.0 Ok", "450 three", "250 2.0.0 Ok");
      assertThat(List.of(one.ask("RSET"), two.ask("RSET"), one.ask("RSET")))
          .containsExactly("450 two", "450 two", "250 2.0.0 Ok");
      assertThat(one.ask("VRFY a")).startsWith("252 ");
      assertThat(two.ask("VRFY a")).isEqualTo("450 second");
    }
    assertThatThrownBy(() -> server.at(SmtpPoint.NOOP).nth(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> server.at("FROM")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void latestWordCountsUntilItBehaves() throws Exception {
    server.at(SmtpPoint.NOOP).reply("450 first");
    server.at(SmtpPoint.NOOP).once().reply("450 later");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("NOOP")).isEqualTo("450 later");
      assertThat(client.ask("NOOP")).isEqualTo("450 first");
      server.behave();
      assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 Ok");
    }
  }

  @Test
  void strikesWithinAContentAtTheByte() throws Exception {
    server.at(SmtpPoint.CONTENT).afterBytes(15).once().drop();
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      client.say("0123456789", "."); // 15 bytes, and no more to come
      assertThat(client.reply()).startsWith("250 ");
      client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA");
      client.reply();
      client.reply();
      client.reply();
      client.write("012345678901234".getBytes(UTF_8));
      assertThat(client.reply()).isEqualTo(SmtpTalk.END);
    }
    assertThat(server.messages()).hasSize(1);
    assertThatThrownBy(() -> server.at(SmtpPoint.DOT).afterBytes(1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void canBeToldInTheMiddleOfAContent() throws Exception {
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      server.at(SmtpPoint.CONTENT).afterBytes(3).reply("250 three");
      client.write("abc".getBytes(UTF_8));
      assertThat(client.reply()).isEqualTo("250 three");
      server.at(SmtpPoint.CONTENT).afterBytes(5).drop();
      client.write("de".getBytes(UTF_8));
      assertThat(client.reply()).isEqualTo(SmtpTalk.END);
    }
  }

  @Test
  void closesWhateverItHasConsentedTo() throws Exception {
    complete().at(SmtpPoint.STARTTLS).replyAndClose("220 go");
    server.at(SmtpPoint.DATA).replyAndClose("354 go");
    for (SmtpPoint point : new SmtpPoint[] {SmtpPoint.STARTTLS, SmtpPoint.DATA}) {
      try (SmtpTalk client = SmtpTalk.with(server)) {
        assertThat(replyAt(client, point)).endsWith(" go");
        assertThat(client.reply()).isEqualTo(SmtpTalk.END);
      }
    }
    server.awaitOpenConnections(0, LONG);
    assertThat(server.problems()).isEmpty();
  }

  @Test
  void speaksInTheMiddleOfAContent() throws Exception {
    server.at(SmtpPoint.CONTENT).afterBytes(5).reply("452 4.3.1 disk full");
    server.at(SmtpPoint.CONTENT).afterBytes(7).ordinarily();
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      client.write("01234".getBytes(UTF_8));
      assertThat(client.reply()).isEqualTo("452 4.3.1 disk full");
      client.say("56789", ".");
      assertThat(client.reply()).startsWith("250 ");
    }
    assertThat(server.messages().get(0).text()).isEqualTo("0123456789\r\n");
  }

  @ParameterizedTest
  @EnumSource(SmtpGarbage.class)
  void talksGarbage(SmtpGarbage garbage) throws Exception {
    server.at(SmtpPoint.NOOP).garbage(garbage);
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.say("NOOP");
      byte[] said = client.read(garbage.bytes().length);
      assertThat(said).isEqualTo(garbage.bytes());
    }
    String text = new String(garbage.bytes(), ISO_8859_1);
    switch (garbage) {
      case ENDLESS_LINE -> assertThat(text).hasSize(1024 * 1024).doesNotContain("\n");
      case MANY_LINES -> assertThat(text.lines()).hasSize(300);
      case NUL_BYTES -> assertThat(text).contains("\0");
      default -> assertThat(text).endsWith("\r\n");
    }
  }

  @Test
  void consentsInGarbage() throws Exception {
    server.at(SmtpPoint.EHLO).garbage(SmtpGarbage.MANY_LINES);
    server.at(SmtpPoint.MAIL).garbage(SmtpGarbage.NUL_BYTES);
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.ask("MAIL FROM:<a@x.test>");
      assertThat(client.ask("RCPT TO:<b@y.test>")).startsWith("250 ");
    }
  }

  @Test
  void closesAfterAReply() throws Exception {
    server.at(SmtpPoint.DATA).replyAndClose("451 4.3.0 bye");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA", "NOOP");
      client.reply();
      client.reply();
      assertThat(client.reply()).isEqualTo("451 4.3.0 bye");
      assertThat(client.reply()).isEqualTo(SmtpTalk.END);
    }
    assertThat(server.heard()).doesNotContain("NOOP");
  }

  @Test
  void answersTwiceAndMore() throws Exception {
    server.at(SmtpPoint.MAIL).twice();
    server.at(SmtpPoint.RCPT).adding("250 2.1.5 and another");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "NOOP");
      assertThat(List.of(client.line(), client.line(), client.line(), client.line(), client.line()))
          .containsExactly(
              "250 2.1.0 Ok",
              "250 2.1.0 Ok",
              "250 2.1.5 Ok",
              "250 2.1.5 and another",
              "250 2.0.0 Ok");
    }
  }

  @Test
  void answersLate() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    server.at(SmtpPoint.DOT).heldBy(latch).ordinarily();
    server.at(SmtpPoint.NOOP).delayedBy(ofMillis(300)).reply("250 late");
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      client.say("x", ".");
      server.awaitMessages(1, LONG);
      assertThat(server.accepted()).isEmpty();
      client.timeout(100);
      assertThatThrownBy(client::reply).isInstanceOf(SocketTimeoutException.class);
      latch.countDown();
      client.timeout(20_000);
      assertThat(client.reply()).startsWith("250 2.0.0 Ok: queued");
      long before = System.nanoTime();
      assertThat(client.ask("NOOP")).isEqualTo("250 late");
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(ofMillis(300));
    }
  }

  @Test
  void answersByteByByte() throws Exception {
    server.at(SmtpPoint.NOOP).slowly(ofMillis(10)).reply("250 0123456789");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      long before = System.nanoTime();
      assertThat(client.ask("NOOP")).isEqualTo("250 0123456789");
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThanOrEqualTo(ofMillis(150));
      assertThat(client.ask("RSET")).startsWith("250 ");
    }
  }

  @Test
  void stripsStartTls() throws Exception {
    complete().withholding("STARTTLS");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("EHLO me")).doesNotContain("STARTTLS");
      assertThat(client.ask("STARTTLS")).startsWith("502 ");
    }
  }

  @Test
  void injectsRepliesBehindStartTls() throws Exception {
    complete().at(SmtpPoint.STARTTLS).adding("250-evil", "250 AUTH PLAIN");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("STARTTLS")).startsWith("220 ");
      assertThat(client.available()).isEqualTo("250-evil\r\n250 AUTH PLAIN\r\n".length());
      assertThat(client.reply()).isEqualTo("250-evil\n250 AUTH PLAIN");
      client.startTls(ServerCertificate.trusting()); // it goes on, for a client that does
      assertThat(client.ask("EHLO me")).startsWith("250-");
    }
  }

  @Test
  void refusesStartTlsAndGoesOnInClear() throws Exception {
    complete().at(SmtpPoint.STARTTLS).reply("454 4.7.0 TLS not available");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("STARTTLS")).startsWith("454 ");
      assertThat(client.ask("NOOP")).startsWith("250 ");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endsTlsInOrderUnlessItDrops(boolean drops) throws Exception {
    complete();
    if (drops) {
      server.at(SmtpPoint.QUIT).drop();
    }
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      client.ask("STARTTLS");
      client.startTls(ServerCertificate.trusting());
      assertThat(client.ask("NOOP")).startsWith("250 "); // and so no session ticket is on the way
      client.say("QUIT");
      // what TLS sends is looked at from outside, as the JDK takes a mere FIN for an end too
      int records = drops ? 0 : 2;
      for (int i = 0; i < records; i++) {
        client.readTlsRecord();
      }
      assertThat(client.readOutsideTls()).isEqualTo(-1);
    }
  }

  @Test
  void failsInTheHandshakeWithoutACertificate() throws Exception {
    server.at(SmtpPoint.STARTTLS).reply("220 go");
    try (SmtpTalk client = SmtpTalk.greeted(server)) {
      assertThat(client.ask("STARTTLS")).isEqualTo("220 go");
      assertThat(client.reply()).isEqualTo(SmtpTalk.END);
    }
  }

  @Test
  void hasAnswersOfOthers() throws Exception {
    server
        .at(SmtpPoint.DOT)
        .answer(
            exchange -> {
              boolean isWanted = exchange.mail().orElseThrow().text().contains("please");
              exchange.reply(isWanted ? "250 2.6.0 fine" : "554 5.7.1 spam");
            });
    server
        .at(SmtpPoint.NOOP)
        .answer(
            exchange -> {
              exchange.raw(
                  "250-%s %s %d %s\r\n"
                      .formatted(
                          exchange.point(),
                          exchange.command(),
                          exchange.number(),
                          exchange.tlsVersion())
                      .getBytes(UTF_8));
              exchange.ordinarily();
            });
    server.at(SmtpPoint.RSET).answer(exchange -> Integer.parseInt("not a number"));
    try (SmtpTalk client = SmtpTalk.atContent(server)) {
      client.say("please", ".");
      assertThat(client.reply()).isEqualTo("250 2.6.0 fine");
      client.say("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA");
      client.reply();
      client.reply();
      client.reply();
      client.say("now", ".");
      assertThat(client.reply()).isEqualTo("554 5.7.1 spam");
      assertThat(client.ask("NOOP x")).isEqualTo("250-NOOP NOOP x 1 \n250 2.0.0 Ok");
      assertThat(client.ask("RSET")).isEqualTo(SmtpTalk.END);
    }
    assertThat(server.messages()).hasSize(2);
    assertThat(server.accepted()).hasSize(1);
    server.awaitOpenConnections(0, LONG);
    assertThat(server.problems()).singleElement().asString().contains("not a number");
  }
}
