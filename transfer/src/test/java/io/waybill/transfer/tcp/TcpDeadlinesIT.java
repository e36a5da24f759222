package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.Leaks;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits to a whole transfer, with a line that goes dead for longer than the test may last. */
@Timeout(60)
class TcpDeadlinesIT {
  private static final long SIZE = 24 << 20;

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path directory;
  private TcpFixture fixture;
  private FaultyProxy proxy;

  @BeforeEach
  void start() throws IOException {
    fixture = new TcpFixture(directory, Duration.ofMinutes(5));
    proxy = FaultyProxy.inFrontOf(fixture.server.port());
  }

  @AfterEach
  void stop() {
    proxy.close();
    fixture.close();
  }

  private TcpTransfer connect() {
    return TcpTransfer.connect(
        TcpFixture.settings(proxy.port()).idleTimeout(Duration.ofMinutes(5)).build());
  }

  @Test
  void aDeadlineEndsATransferAndKeepsWhatArrived() throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    TransferOptions options = TransferOptions.builder().deadline(Duration.ofMillis(1_500)).build();
    proxy.arm(FaultPlan.once(Fault.STALL, Direction.TO_TARGET, 12_000_000));
    try (TcpTransfer transfer = connect()) {
      assertThatExceptionOfType(TransferException.Timeout.class)
          .isThrownBy(() -> transfer.upload(source, "a.bin", options))
          .satisfies(late -> assertThat(late.waited()).isEqualTo(Duration.ofMillis(1_500)))
          .withMessageContaining("the whole transfer");
      assertThat(fixture.partFiles()).isNotEmpty();
      assertThat(transfer.upload(source, "a.bin").bytesResumed()).isPositive();
    }
    assertThat(fixture.root.resolve("a.bin")).hasSameBinaryContentAs(source);
  }

  @Test
  void aDeadlineEndsTheWaitBetweenTwoTries() throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    Backoff slow =
        Backoff.builder().between(Duration.ofSeconds(200), Duration.ofSeconds(200)).build();
    try (TcpTransfer transfer =
        TcpTransfer.connect(TcpFixture.settings(proxy.port()).backoff(slow).build())) {
      proxy.arm(FaultPlan.once(Fault.CUT, Direction.TO_TARGET, 12_000_000));
      TransferOptions options = TransferOptions.builder().deadline(Duration.ofSeconds(2)).build();
      assertThatExceptionOfType(TransferException.Timeout.class)
          .isThrownBy(() -> transfer.upload(source, "a.bin", options));
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void noProgressIsAStallAndTheTransferGoesOnOverAnotherConnection(Direction direction)
      throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    TransferOptions options =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(1_500)).build();
    try (TcpTransfer transfer = connect()) {
      transfer.upload(source, "b.bin");
      boolean isUp = direction == Direction.TO_TARGET;
      proxy.arm(FaultPlan.once(Fault.STALL, direction, 36_000_000 - (isUp ? 0 : 24_000_000)));
      TransferReceipt receipt =
          isUp
              ? transfer.upload(source, "a.bin", options)
              : transfer.download("b.bin", fixture.local.resolve("back.bin"), options);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
    }
  }
}
