package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills either end, as {@code kill -9} does, at random points until the transfer is done. */
class TcpKillIT {
  private static final int SIZE = 40 << 20;
  private static final int MOST_KILLS = 2;

  /** What a kill may cost: the window and what the journal had not been told yet. */
  private static final long COST_OF_A_KILL = (8L << 20) + (32L << 20);

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void aServerThatIsKilledLosesAndSpoilsNothing(long seed) throws Exception {
    Random random = new Random(seed);
    Path root = Files.createDirectories(directory.resolve("served"));
    Path source = source();
    KilledProcess server = KilledProcess.server(root);
    try (CuttingProxy proxy = new CuttingProxy(server.port());
        TcpTransfer transfer =
            TcpTransfer.connect(
                TcpFixture.settings(proxy.port()).backoff(TcpFixture.quick(200)).build())) {
      CompletableFuture<TransferReceipt> upload =
          transfer.uploadAsync(source, "a.bin", TransferOptions.defaults());
      for (int kill = 0; kill < MOST_KILLS; kill++) {
        await(proxy, random, upload::isDone);
        server.close();
        assertNothingPartial(root.resolve("a.bin"), source);
        server = KilledProcess.server(root);
        proxy.redirect(server.port());
      }
      upload.get();
      assertThat(proxy.bytesToServer.get()).isLessThan(SIZE + MOST_KILLS * COST_OF_A_KILL);
    } finally {
      server.close();
    }
    assertThat(Files.mismatch(root.resolve("a.bin"), source)).as("seed %d", seed).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22})
  void aClientThatIsKilledLosesAndSpoilsNothing(long seed) throws Exception {
    Random random = new Random(seed);
    Path source = source();
    try (TcpFixture fixture = new TcpFixture(directory);
        CuttingProxy proxy = new CuttingProxy(fixture.server.port())) {
      Path target = fixture.root.resolve("a.bin");
      for (int kill = 0; kill < MOST_KILLS; kill++) {
        try (KilledProcess client = KilledProcess.client(proxy.port(), source, "a.bin")) {
          await(proxy, random, () -> !client.isAlive());
        }
        assertNothingPartial(target, source);
      }
      try (KilledProcess client = KilledProcess.client(proxy.port(), source, "a.bin")) {
        assertThat(client.exitCode()).isZero();
      }
      assertThat(proxy.bytesToServer.get()).isLessThan(SIZE + MOST_KILLS * COST_OF_A_KILL);
      assertThat(Files.mismatch(target, source)).as("seed %d", seed).isEqualTo(-1);
      assertThat(fixture.partFiles()).isEmpty();
    }
  }

  private Path source() throws IOException {
    byte[] bytes = new byte[SIZE];
    new Random(SIZE).nextBytes(bytes);
    return Files.write(directory.resolve("source.bin"), bytes);
  }

  /** Waits until up to a third more of the file has passed, or the end. */
  private static void await(CuttingProxy proxy, Random random, BooleanSupplier isOver) {
    long until = proxy.bytesToServer.get() + random.nextInt(SIZE / 3);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> isOver.getAsBoolean() || proxy.bytesToServer.get() > until);
  }

  private static void assertNothingPartial(Path target, Path source) throws IOException {
    if (Files.exists(target)) {
      assertThat(Files.mismatch(target, source)).isEqualTo(-1);
    }
  }
}
