package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeltaTest {
  @Test
  void twoMillisecondsAreFar() {
    assertThat(Delta.isFar(Duration.ofNanos(1_999_999))).isFalse();
    assertThat(Delta.isFar(Duration.ofMillis(2))).isTrue();
  }
}
