package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TreeTallyTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final AtomicLong clock = new AtomicLong();
  private final List<TransferProgress> told = new ArrayList<>();
  private final TreeTally tally = new TreeTally("tree", told::add, false, clock::get);

  @Test
  void aLargeFileCountsWhileItIsOnItsWayAndWhatWasThereDoesNotCountForTheRate() {
    tally.begin();
    tally.found(100);
    tally.sent("large");
    clock.addAndGet(SECOND);
    tally.moving("large", 40); // so much was there
    clock.addAndGet(SECOND);
    tally.moving("large", 60);
    clock.addAndGet(SECOND);
    tally.copied("large", 100, 40, Verification.DIGEST);
    tally.travelled(60, 0);

    assertThat(told).extracting(TransferProgress::bytes).containsExactly(40L, 60L, 100L);
    assertThat(told.get(1).bytesPerSecond()).isBetween(1L, 20L);
    assertThat(told.get(2).bytesPerSecond()).isBetween(1L, 30L);
  }

  @Test
  void anotherTryTellsNoLessThanTheLast() {
    tally.begin();
    tally.found(100);
    tally.sent("large");
    clock.addAndGet(SECOND);
    tally.moving("large", 80);
    tally.begin();
    tally.moving("large", 5); // of the try that is over
    tally.found(100);
    tally.sent("large");
    clock.addAndGet(SECOND);
    tally.moving("large", 70);
    assertThat(told).extracting(TransferProgress::bytes).containsExactly(80L, 80L);

    TreeReceipt receipt =
        tally
            .addTo(
                TreeReceipt.builder()
                    .source(Location.of(Path.of("a")))
                    .target(Location.of(Path.of("b")))
                    .time(Instant.EPOCH, Duration.ZERO))
            .build();
    assertThat(receipt.bytes()).isZero();
  }
}
