package io.waybill.mail.smtp;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.SendLimits;
import io.waybill.mail.net.CallGuard;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody is woken by what ended before the wait, so nobody may begin to wait then. */
@Timeout(30)
final class SendLimiterTest {
  private final SendLimiter limiter =
      new SendLimiter(
          "mail.example", SendLimits.builder().messagesPerMinute(1).build(), Clock.systemUTC());

  @Test
  void whoWasCancelledBeforeItsTurnDoesNotWait() throws IOException {
    try (CallGuard guard = CallGuard.start(Duration.ofMinutes(5))) {
      limiter.admit(1, guard);
      guard.cancel();
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> limiter.admit(1, guard));
    }
  }

  @Test
  void whoComesAfterTheEndDoesNotWait() throws IOException {
    try (CallGuard guard = CallGuard.start(Duration.ofMinutes(5))) {
      limiter.admit(1, guard);
      limiter.close();
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> limiter.admit(1, guard));
    }
  }
}
