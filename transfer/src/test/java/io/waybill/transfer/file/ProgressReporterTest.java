package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TransferProgress.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressReporterTest {
  private static final int MIB = 1 << 20;

  private final AtomicLong nanos = new AtomicLong(5);
  private final List<TransferProgress> told = new ArrayList<>();
  private final ProgressReporter reporter =
      new ProgressReporter(told::add, "a", 100L * MIB, nanos::get);

  private void at(double second, Phase phase, long mebibytes) {
    nanos.set(5 + (long) (second * 1e9));
    reporter.at(phase, mebibytes * MIB);
  }

  @Test
  void tellsOnceASecondAndAtEachChangeOfPhase() {
    at(0, Phase.TRANSFERRING, 0);
    at(0.5, Phase.TRANSFERRING, 10);
    at(1.0, Phase.TRANSFERRING, 20);
    at(1.9, Phase.TRANSFERRING, 90);
    at(1.9, Phase.VERIFYING, 100);
    at(1.9, Phase.DONE, 100);
    assertThat(told).extracting(each -> each.bytes() / MIB).containsExactly(0L, 20L, 100L, 100L);
  }

  @Test
  void rateAndTimeLeftLeaveOutWhatAnEarlierTryHadBrought() {
    at(0, Phase.TRANSFERRING, 60);
    at(2, Phase.TRANSFERRING, 80);
    assertThat(told.get(0).bytesPerSecond()).isZero();
    assertThat(told.get(0).timeLeft()).isEmpty();
    assertThat(told.get(1).bytesPerSecond()).isEqualTo(10L * MIB);
    assertThat(told.get(1).timeLeft()).contains(Duration.ofSeconds(2));
  }

  @Test
  void aListenerThatThrowsIsNotAskedAgain() {
    AtomicLong asked = new AtomicLong();
    ProgressReporter throwing =
        new ProgressReporter(
            progress -> {
              asked.incrementAndGet();
              throw new IllegalStateException("a listener that fails on purpose");
            },
            "a",
            1,
            nanos::get);
    throwing.at(Phase.TRANSFERRING, 0);
    throwing.at(Phase.DONE, 1);
    assertThat(asked).hasValue(1);
  }
}
