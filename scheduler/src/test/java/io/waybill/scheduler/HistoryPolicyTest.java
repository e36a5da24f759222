package io.waybill.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.HistoryPolicy.Keep;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryPolicyTest {
  @Test
  void boundsAreFromOne() {
    assertThatThrownBy(() -> new HistoryPolicy(0, Duration.ofDays(1), Keep.ALL))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HistoryPolicy(1, Duration.ofHours(23), Keep.ALL))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HistoryPolicy(1, Duration.ofDays(36_501), Keep.ALL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theWidestKeepsWhatAnyKeepsAndNoLessThanTheDefault() {
    assertThat(HistoryPolicy.widest(List.of())).isEqualTo(HistoryPolicy.DEFAULT);
    assertThat(
            HistoryPolicy.widest(
                List.of(
                    new HistoryPolicy(1_000, Duration.ofDays(1), Keep.FAILURES),
                    new HistoryPolicy(1, Duration.ofDays(365), Keep.FAILURES))))
        .isEqualTo(new HistoryPolicy(1_000, Duration.ofDays(365), Keep.ALL));
  }
}
