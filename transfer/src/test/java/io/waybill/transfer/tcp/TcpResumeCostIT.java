package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An interruption at five sixths costs the window (8 MiB at first; it grows where the machine is
 * slow to acknowledge) and what the receiver's journal had not been told yet, 64 MiB at most,
 * whichever end receives.
 */
class TcpResumeCostIT {
  private static final long MIB = 1 << 20;
  private static final long SIZE = 144 * MIB;
  private static final long CUT_AT = 120 * MIB;
  private static final long MOST_AGAIN = 64 * MIB;

  @TempDir Path directory;

  @Test
  void anUploadThatIsCut() throws IOException {
    try (TcpFixture fixture = new TcpFixture(directory);
        CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      Path source = source(fixture.local);
      proxy.cutAfterToServer.set(CUT_AT);
      TransferReceipt receipt = transfer.upload(source, "a.bin");
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(proxy.bytesToServer.get() - SIZE).isBetween(0L, MOST_AGAIN);
      assertSame(fixture.root.resolve("a.bin"), source);
    }
  }

  @Test
  void aDownloadThatIsCut() throws IOException {
    try (TcpFixture fixture = new TcpFixture(directory);
        CuttingProxy proxy = new CuttingProxy(fixture.server.port());
        TcpTransfer transfer = fixture.connect(proxy.port())) {
      Path source = source(fixture.root);
      Path target = fixture.local.resolve("back.bin");
      proxy.cutAfterToClient.set(CUT_AT);
      assertThat(transfer.download("source.bin", target).reconnects()).isEqualTo(1);
      assertThat(proxy.bytesToClient.get() - SIZE).isBetween(0L, MOST_AGAIN);
      assertSame(target, source);
    }
  }

  @Test
  void anUploadWhoseServerIsKilled() throws Exception {
    Path root = Files.createDirectories(directory.resolve("served"));
    Path source = source(directory);
    KilledProcess server = KilledProcess.server(root);
    try (CuttingProxy proxy = new CuttingProxy(server.port());
        TcpTransfer transfer =
            TcpTransfer.connect(
                TcpFixture.settings(proxy.port()).backoff(TcpFixture.quick(200)).build())) {
      CompletableFuture<TransferReceipt> upload =
          transfer.uploadAsync(source, "a.bin", TransferOptions.defaults());
      await(proxy.bytesToServer::get);
      server.close();
      assertThat(root.resolve("a.bin")).doesNotExist();
      server = KilledProcess.server(root);
      proxy.redirect(server.port());
      assertThat(upload.get().bytesResumed()).isGreaterThan(CUT_AT - MOST_AGAIN);
      assertThat(proxy.bytesToServer.get() - SIZE).isLessThan(MOST_AGAIN);
    } finally {
      server.close();
    }
    assertSame(root.resolve("a.bin"), source);
  }

  @Test
  void aDownloadWhoseClientIsKilled() throws Exception {
    try (TcpFixture fixture = new TcpFixture(directory);
        CuttingProxy proxy = new CuttingProxy(fixture.server.port())) {
      Path source = source(fixture.root);
      Path target = fixture.local.resolve("back.bin");
      try (KilledProcess client = KilledProcess.download(proxy.port(), "source.bin", target)) {
        await(proxy.bytesToClient::get);
        assertThat(client.isAlive()).isTrue();
      }
      assertThat(target).doesNotExist();
      try (KilledProcess client = KilledProcess.download(proxy.port(), "source.bin", target)) {
        assertThat(client.exitCode()).isZero();
      }
      assertThat(proxy.bytesToClient.get() - SIZE).isLessThan(MOST_AGAIN);
      assertSame(target, source);
    }
  }

  private static void await(LongSupplier passed) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> passed.getAsLong() > CUT_AT);
  }

  private static Path source(Path directory) throws IOException {
    Path path = directory.resolve("source.bin");
    Random random = new Random(SIZE);
    byte[] bytes = new byte[(int) MIB];
    try (OutputStream out = Files.newOutputStream(path)) {
      for (long at = 0; at < SIZE; at += MIB) {
        random.nextBytes(bytes);
        out.write(bytes);
      }
    }
    return path;
  }

  private static void assertSame(Path actual, Path expected) throws IOException {
    assertThat(Files.mismatch(actual, expected)).isEqualTo(-1);
  }
}
