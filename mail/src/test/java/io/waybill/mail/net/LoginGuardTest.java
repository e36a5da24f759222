package io.waybill.mail.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import io.waybill.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoginGuardTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final SettableClock clock = SettableClock.at(Instant.parse("2026-11-20T09:00:00Z"));
  private final LoginGuard logins = new LoginGuard("mail:587", "ops", clock);

  private boolean enter() {
    try (CallGuard guard = CallGuard.start(LONG)) {
      return logins.enter(guard);
    }
  }

  private CompletableFuture<Boolean> second() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(
            () -> {
              begun.countDown();
              return enter();
            });
    begun.await();
    return second;
  }

  @Test
  void whoWaitedForALoginThatSucceededGoesOn() throws Exception {
    assertThat(enter()).isTrue();
    CompletableFuture<Boolean> second = second();
    assertThat(second).isNotDone();
    logins.succeeded();
    logins.leave();
    assertThat(second.get()).isFalse();
    assertThat(enter()).isFalse();
  }

  @Test
  void whoWaitedForALoginThatWasRefusedDoesNotTry() throws Exception {
    assertThat(enter()).isTrue();
    CompletableFuture<Boolean> second = second();
    logins.refused("535 no");
    logins.leave();
    assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
        .isThrownBy(second::get)
        .withCauseInstanceOf(MailException.AuthenticationFailed.class);
  }

  @Test
  void aRefusalCountsOnceForAllWhoHearIt() {
    logins.refused("535 no");
    logins.refused("535 no");
    clock.advance(Duration.ofMinutes(5));
    assertThat(enter()).isTrue();
    logins.refused("535 no");
    logins.leave();
    clock.advance(Duration.ofMinutes(9));
    assertThatExceptionOfType(MailException.AuthenticationFailed.class).isThrownBy(this::enter);
    clock.advance(Duration.ofMinutes(1));
    assertThat(enter()).isTrue();
  }

  @Test
  void nobodyQueuesUpForAServerThatIsDown() throws Exception {
    assertThat(enter()).isTrue();
    CompletableFuture<Boolean> second = second();
    logins.leave();
    assertThat(second.get()).isIn(false, true); // goes on, whether it had begun to wait or not
  }

  @Test
  void waitingEndsWithTheCall() {
    assertThat(enter()).isTrue();
    try (CallGuard guard = CallGuard.start(Duration.ofMillis(50))) {
      assertThatExceptionOfType(MailException.TimedOut.class).isThrownBy(() -> logins.enter(guard));
    }
    try (CallGuard guard = CallGuard.start(LONG)) {
      guard.cancel();
      assertThatExceptionOfType(MailException.Cancelled.class)
          .isThrownBy(() -> logins.enter(guard));
    }
  }

  @Test
  void withoutAUserThereIsNothingToGuard() {
    LoginGuard open = new LoginGuard("mail:25", "", clock);
    try (CallGuard guard = CallGuard.start(LONG)) {
      assertThat(open.enter(guard)).isFalse();
      assertThat(open.enter(guard)).isFalse();
    }
  }
}
