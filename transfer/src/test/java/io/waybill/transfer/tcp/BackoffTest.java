package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void waitsStayBetweenTheBoundsAndBelowThreeTimesTheLast(long seed) {
    Backoff backoff = Backoff.builder().random(new Random(seed)).build();
    Duration last = backoff.first();
    assertThat(last).isBetween(Duration.ofMillis(500), Duration.ofMillis(1500));
    for (int i = 0; i < 1000; i++) {
      Duration next = backoff.next(last);
      assertThat(next).isBetween(Duration.ofMillis(500), Duration.ofSeconds(60));
      assertThat(next).isLessThanOrEqualTo(last.multipliedBy(3));
      last = next;
    }
  }
}
