package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rates that are kept: only the least time is looked at, the most is the machine's affair. */
class TcpRateIT {
  private static final RateLimit RATE = RateLimit.of("4MiB/s");
  private static final int SIZE = 3 << 20;
  private static final Duration LEAST = Duration.ofMillis(600);

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path directory;

  private static void upAndDown(TcpFixture fixture, WaybillServer server) throws IOException {
    Path source = fixture.file("a.bin", SIZE);
    Path back = fixture.local.resolve("back.bin");
    try (TcpTransfer transfer = TcpTransfer.connect(server)) {
      long begun = System.nanoTime();
      transfer.upload(source, "a.bin");
      long between = System.nanoTime();
      transfer.download("a.bin", back);
      assertThat(Duration.ofNanos(between - begun)).isGreaterThan(LEAST);
      assertThat(Duration.ofNanos(System.nanoTime() - between)).isGreaterThan(LEAST);
    }
    assertThat(back).hasSameBinaryContentAs(source);
  }

  @Test
  void aClientKeepsToItsRateBothWays() throws IOException {
    try (TcpFixture fixture = new TcpFixture(directory)) {
      upAndDown(fixture, TcpFixture.settings(fixture.server.port()).rateLimit(RATE).build());
    }
  }

  @Test
  void aClientKeepsToTheRateThatItShares() throws IOException {
    try (TcpFixture fixture = new TcpFixture(directory)) {
      upAndDown(
          fixture,
          TcpFixture.settings(fixture.server.port()).sharedRate(SharedRate.of(RATE)).build());
    }
  }

  @Test
  void aServerKeepsToItsRateBothWays() throws IOException {
    try (TcpFixture fixture = new TcpFixture(directory);
        TransferServer slow =
            TransferServer.builder(fixture.root)
                .user(TcpFixture.USER, () -> TcpFixture.KEY)
                .plaintext()
                .rateLimit(RATE)
                .build()
                .start()) {
      upAndDown(
          fixture,
          WaybillServer.builder("127.0.0.1", slow.port())
              .credentials(new Credentials(TcpFixture.USER, () -> TcpFixture.KEY))
              .plaintext()
              .build());
    }
  }
}
