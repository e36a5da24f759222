package io.waybill.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
  private static final RetryPolicy STEADY = RetryPolicy.builder().maxAttempts(9).jitter(0).build();

  private static Optional<Duration> after(RetryPolicy policy, int failed, FailureClass failure) {
    return policy.delayAfter(failed, failure, Duration.ZERO, new Random(1));
  }

  @ParameterizedTest
  @CsvSource({"1, PT10S", "2, PT30S", "3, PT1M30S", "4, PT4M30S", "5, PT10M", "8, PT10M"})
  void delaysGrowUpToTheMaximum(int failedAttempts, Duration delay) {
    assertThat(after(STEADY, failedAttempts, FailureClass.TRANSIENT)).contains(delay);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void jitterStaysWithinItsShare(long seed) {
    Duration delay =
        RetryPolicy.builder()
            .build()
            .delayAfter(1, FailureClass.TRANSIENT, Duration.ZERO, new Random(seed))
            .orElseThrow();
    assertThat(delay).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
    assertThat(delay).isNotEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @EnumSource(FailureClass.class)
  void retriesOnlyTransientAndIntegrityByDefault(FailureClass failure) {
    boolean retried = failure == FailureClass.TRANSIENT || failure == FailureClass.INTEGRITY;
    assertThat(after(STEADY, 1, failure).isPresent()).isEqualTo(retried);
  }

  @Test
  void endsAfterMaxAttemptsOrWhenItWouldBeTooLate() {
    assertThat(after(STEADY, 9, FailureClass.TRANSIENT)).isEmpty();
    assertThat(after(RetryPolicy.none(), 1, FailureClass.TRANSIENT)).isEmpty();
    RetryPolicy bounded = STEADY.toBuilder().giveUpAfter(Duration.ofSeconds(60)).build();
    assertThat(bounded.delayAfter(1, FailureClass.TRANSIENT, Duration.ofSeconds(50), new Random(1)))
        .isPresent();
    assertThat(bounded.delayAfter(1, FailureClass.TRANSIENT, Duration.ofSeconds(51), new Random(1)))
        .isEmpty();
  }

  @Test
  void refusesToRetryTheAmbiguous() {
    assertThatThrownBy(() -> RetryPolicy.builder().when(EnumSet.of(FailureClass.AMBIGUOUS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never retried by itself");
  }

  @Test
  void copiesThroughItsBuilder() {
    RetryPolicy policy = STEADY.toBuilder().giveUpAfter(Duration.ofDays(1)).build();
    assertThat(policy.toBuilder().build()).isEqualTo(policy).hasSameHashCodeAs(policy);
  }
}
