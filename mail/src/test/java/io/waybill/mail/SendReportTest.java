package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SendReportTest {
  @Test
  void advisesNothingWhenEverybodyHasAFinalAnswer() {
    assertThat(report(Status.ACCEPTED, Status.REJECTED).retryAdvice())
        .isEqualTo(new RetryAdvice.None());
  }

  @Test
  void advisesOnlyTheDeferredOnesAfterAPartialSuccess() {
    assertThat(report(Status.ACCEPTED, Status.DEFERRED, Status.NOT_ATTEMPTED).retryAdvice())
        .isEqualTo(
            new RetryAdvice.Only(
                List.of(Address.of("r1@example.org"), Address.of("r2@example.org"))));
  }

  @Test
  void advisesAllWhenNobodyHasAnAnswer() {
    assertThat(report(Status.DEFERRED, Status.DEFERRED).retryAdvice())
        .isEqualTo(new RetryAdvice.All());
  }

  @Test
  void advisesAPersonAsSoonAsOneRecipientIsUnknown() {
    SendReport report = report(Status.DEFERRED, Status.UNKNOWN);
    assertThat(report.retryAdvice()).isEqualTo(new RetryAdvice.Human());
    assertThatExceptionOfType(MailException.Ambiguous.class)
        .isThrownBy(report::orThrow)
        .satisfies(e -> assertThat(e.isAmbiguous()).isTrue())
        .satisfies(e -> assertThat(e.isTransient()).isFalse());
  }

  @Test
  void partialSuccessIsNoException() {
    SendReport report = report(Status.ACCEPTED, Status.REJECTED);
    assertThat(report.orThrow()).isSameAs(report);
    assertThat(report.isComplete()).isFalse();
  }

  @Test
  void throwsWhatTheServerSaidWhenNobodyWasAccepted() {
    assertThatExceptionOfType(MailException.Refused.class)
        .isThrownBy(report(Status.REJECTED)::orThrow);
    assertThatExceptionOfType(MailException.Deferred.class)
        .isThrownBy(report(Status.REJECTED, Status.DEFERRED)::orThrow);
  }

  @Test
  void enhancedCodeHasTheLastWord() {
    assertThat(new Reply(550, "4.2.1 try later").isTransient()).isTrue();
    assertThat(new Reply(451, "5.7.1 never").isTransient()).isFalse();
    assertThat(new Reply(451, "try later").isTransient()).isTrue();
    assertThat(new Reply(250, "2.0.0 ok").enhanced()).contains("2.0.0");
    assertThat(new Reply(250, "12.0.0 ok").enhanced()).isEmpty();
  }

  private static SendReport report(Status... statuses) {
    return SendReport.builder("<1@example.org>")
        .server("mx:25", null)
        .recipients(
            IntStream.range(0, statuses.length)
                .mapToObj(
                    i ->
                        RecipientResult.of(
                            Address.of("r" + i + "@example.org"), statuses[i], Phase.RCPT, null))
                .toList())
        .build();
  }
}
