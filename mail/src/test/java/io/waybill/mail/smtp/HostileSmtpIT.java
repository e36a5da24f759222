package io.waybill.mail.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.SendReport;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.SmtpGarbage;
import io.waybill.testkit.SmtpPoint;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that say nonsense, say it slowly, or stop saying anything. */
@Timeout(120)
@ExtendWith(Leaks.class)
class HostileSmtpIT {
  private ScriptedSmtpServer server;

  @BeforeEach
  void start() {
    server = ScriptedSmtpServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private SendReport send(Duration deadline) {
    MailAccount account =
        MailAccount.builder()
            .host("127.0.0.1")
            .port(server.port())
            .security(MailSecurity.PLAINTEXT)
            .commandTimeout(Duration.ofMillis(500))
            .dataReplyTimeout(Duration.ofMillis(500))
            .build();
    Message message =
        Message.builder().from("ops@example.org").to("you@example.net").text("x").build();
    try (MailSender sender = SmtpSender.lazy(account, Clock.systemUTC())) {
      return sender.send(message, deadline);
    }
  }

  static Stream<Arguments> nonsense() {
    List<Arguments> all = new ArrayList<>();
    for (SmtpPoint point :
        EnumSet.of(
            SmtpPoint.GREETING,
            SmtpPoint.EHLO,
            SmtpPoint.MAIL,
            SmtpPoint.RCPT,
            SmtpPoint.DATA,
            SmtpPoint.DOT)) {
      for (SmtpGarbage kind : SmtpGarbage.values()) {
        if (kind != SmtpGarbage.EIGHT_BIT && kind != SmtpGarbage.NUL_BYTES) {
          all.add(Arguments.of(point, kind));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseBeforeTheDotIsALostConnectionAndAfterItUnknown(SmtpPoint point, SmtpGarbage kind) {
    server.at(point).garbage(kind);
    if (point == SmtpPoint.DOT) {
      assertThat(send(Duration.ofSeconds(60)).isAmbiguous()).isTrue();
    } else {
      assertThatExceptionOfType(MailException.class)
          .isThrownBy(() -> send(Duration.ofSeconds(60)))
          .satisfies(e -> assertThat(e.isAmbiguous()).isFalse())
          .satisfies(e -> assertThat(e.toString()).hasSizeLessThan(2000));
      assertThat(server.messages()).isEmpty();
    }
  }

  @Test
  void bytesThatAreNoTextDoNotReachAnyTerminal() {
    server
        .at(SmtpPoint.RCPT)
        .raw("550 5.1.1 \u001b[31mno\u0007 \u00e9\r\n".getBytes(StandardCharsets.ISO_8859_1));
    RecipientResult result = send(Duration.ofSeconds(60)).recipients().get(0);
    assertThat(result.toString()).contains("?[31mno?").doesNotContain("\u001b", "\u0007");
  }

  @ParameterizedTest
  @EnumSource(
      value = SmtpPoint.class,
      names = {"GREETING", "EHLO", "MAIL", "RCPT", "DATA"})
  void aByteNowAndThenDoesNotOutliveTheDeadline(SmtpPoint point) {
    // Each byte comes within the command timeout; only the total deadline ends this.
    server.at(point).slowly(Duration.ofMillis(400)).ordinarily();
    assertThatExceptionOfType(MailException.TimedOut.class)
        .isThrownBy(() -> send(Duration.ofMillis(1200)))
        .withMessageContaining("total deadline");
    assertThat(server.messages()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = SmtpPoint.class,
      names = {"GREETING", "EHLO", "MAIL", "RCPT", "DATA"})
  void silenceEndsByTheCommandsTimeout(SmtpPoint point) {
    server.at(point).stall();
    assertThatExceptionOfType(MailException.TimedOut.class)
        .isThrownBy(() -> send(Duration.ofSeconds(60)));
    assertThat(server.messages()).isEmpty();
  }

  @Test
  void silenceAfterTheDotIsUnknown() {
    server.at(SmtpPoint.DOT).stall();
    assertThat(send(Duration.ofSeconds(60)).isAmbiguous()).isTrue();
  }

  @Test
  void aResetAfterTheDotIsUnknown() {
    server.at(SmtpPoint.DOT).reset();
    assertThat(send(Duration.ofSeconds(60)).isAmbiguous()).isTrue();
  }

  @Test
  void answersGivenTwiceEndTheConnectionBeforeTheDotOrAreUnknown() {
    server.at(SmtpPoint.RCPT).twice();
    // The second answer to RCPT is taken for that to DATA, which no answer of that kind fits.
    assertThatExceptionOfType(MailException.ConnectionLost.class)
        .isThrownBy(() -> send(Duration.ofSeconds(60)));
    assertThat(server.accepted()).isEmpty();
  }
}
