package io.waybill.mail.smime;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.ForkedJvm;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SealHeapIT {
  private static final long SIZE_BYTES = 100_000_000;

  @Test
  void everySealTakesAMessageFarLargerThanTheHeap() throws Exception {
    try (ForkedJvm child =
        ForkedJvm.running(BigMessage.class)
            .jvmArgs("-Xmx40m")
            .args(Long.toString(SIZE_BYTES))
            .start()) {
      assertThat(child.awaitExit(Duration.ofMinutes(4))).as(child.output()).isZero();
      assertThat(child.output().lines().filter(line -> line.matches("\\w+ [0-9]{9,}")))
          .hasSize(4)
          .allMatch(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)) > SIZE_BYTES);
    }
  }
}
