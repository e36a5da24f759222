package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.FtpExchange;
import io.waybill.testkit.ScriptedFtpServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.Verification;
import io.waybill.transfer.remote.RemoteRelay;
import io.waybill.transfer.remote.RemoteTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of which a server tells nothing but the size, and sessions nobody knows the state of. */
@Timeout(60)
class VersionlessSourceIT {
  private static final int MIB = 1 << 20;
  private static final int CUT = 3 * MIB;

  @TempDir Path local;
  private final ScriptedFtpServer server = ScriptedFtpServer.start();
  private final byte[] first = new byte[6 * MIB];
  private final byte[] second = new byte[6 * MIB];

  @BeforeEach
  void tellNothing() {
    new Random(1).nextBytes(first);
    System.arraycopy(first, 0, second, 0, first.length);
    second[0] ^= 1; // far from the seam
    second[second.length - 1] ^= 1;
    server.features("REST STREAM", "SIZE", "UTF8");
    server.on("MDTM", "502 no");
    server.on("MFMT", "502 no");
    server.file("x", first);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static FtpServer.Builder settings(ScriptedFtpServer server) {
    return FtpServer.builder()
        .host("127.0.0.1")
        .port(server.port())
        .credentials(new Credentials("me", () -> "x@y"))
        .sleeper(duration -> {})
        .random(new Random(1));
  }

  /** Sends half of the first, once; then the file becomes something else. */
  private void cutOnce(byte[] then) {
    AtomicInteger tries = new AtomicInteger();
    server.on(
        "RETR",
        (exchange, name) -> {
          if (tries.getAndIncrement() == 0) {
            server.file("x", then);
            exchange.send(Arrays.copyOf(first, CUT));
            exchange.hangUp();
          } else {
            exchange.ordinarily();
          }
        });
  }

  private TransferReceipt download(int maxReconnects, TransferOptions options) {
    try (FileTransfer ftp =
        FtpTransfer.connect(settings(server).maxReconnects(maxReconnects).build())) {
      return ftp.download("x", local.resolve("x"), options);
    }
  }

  @Test
  void laterProcessFetchesItFromTheStart() {
    cutOnce(second);
    assertThatThrownBy(() -> download(0, TransferOptions.defaults()))
        .isInstanceOf(TransferException.Connection.class);
    TransferReceipt receipt = download(0, TransferOptions.defaults());
    assertThat(receipt.bytesResumed()).isZero();
    assertThat(local.resolve("x")).hasBinaryContent(second);
  }

  @Test
  void nextSessionFetchesItFromTheStart() {
    cutOnce(second);
    TransferReceipt receipt = download(1, TransferOptions.defaults());
    assertThat(receipt.reconnects()).isEqualTo(1);
    assertThat(receipt.bytesResumed()).isZero();
    assertThat(local.resolve("x")).hasBinaryContent(second);
  }

  @Test
  void whatIsReadBackAnywayIsResumed() {
    cutOnce(first);
    TransferReceipt receipt =
        download(1, TransferOptions.builder().atLeast(Verification.READ_BACK).build());
    assertThat(receipt.bytesResumed()).isPositive();
    assertThat(local.resolve("x")).hasBinaryContent(first);
  }

  @Test
  void whatIsReadBackAnywayIsFoundOut() {
    cutOnce(second);
    assertThatThrownBy(
            () -> download(1, TransferOptions.builder().atLeast(Verification.READ_BACK).build()))
        .isInstanceOf(TransferException.Integrity.class);
    assertThat(local).isEmptyDirectory();
  }

  private TransferReceipt relay(ScriptedFtpServer target) {
    try (FileTransfer from = FtpTransfer.connect(settings(server).build());
        FileTransfer to = FtpTransfer.connect(settings(target).build())) {
      return RemoteRelay.between((RemoteTransfer) from, (RemoteTransfer) to)
          .copy("x", "y", TransferOptions.defaults());
    }
  }

  @Test
  void relayGoesOnOnceWhatItHandedOnCameAgain() {
    cutOnce(first);
    try (ScriptedFtpServer target = ScriptedFtpServer.start()) {
      target.features("REST STREAM", "SIZE", "UTF8");
      assertThat(relay(target).reconnects()).isEqualTo(1);
      assertThat(target.files().get("y")).isEqualTo(first);
    }
  }

  @Test
  void relayOfAnotherVersionIsNotPublished() {
    cutOnce(second);
    try (ScriptedFtpServer target = ScriptedFtpServer.start()) {
      target.features("REST STREAM", "SIZE", "UTF8");
      assertThatThrownBy(() -> relay(target))
          .isInstanceOf(TransferException.Integrity.class)
          .hasMessageContaining("changed while it was copied");
      assertThat(target.files()).isEmpty();
    }
  }

  @Test
  void relayToATargetThatWasCutBeginsAgain() {
    AtomicInteger stores = new AtomicInteger();
    try (ScriptedFtpServer target = ScriptedFtpServer.start()) {
      target.features("REST STREAM", "SIZE", "UTF8");
      target.on("STOR", (exchange, name) -> storeHalfAtFirst(stores, exchange, name));
      server.on(
          "RETR",
          (exchange, name) -> {
            exchange.ordinarily();
            server.file("x", second);
          });
      TransferReceipt receipt = relay(target);
      assertThat(receipt.bytesResumed()).isZero();
      assertThat(target.files().get("y")).isEqualTo(second);
    }
  }

  private static void storeHalfAtFirst(AtomicInteger stores, FtpExchange exchange, String name)
      throws IOException {
    if (stores.getAndIncrement() > 0) {
      exchange.ordinarily();
      return;
    }
    exchange.reply("150 go");
    byte[] all = exchange.receive();
    exchange.files().put(name, Arrays.copyOf(all, CUT));
    exchange.hangUp();
  }

  /** More follows than the file has, so that nobody knows which replies are still to come. */
  @Test
  void sessionThatIsOutOfStepAfterTheSeamIsNotWrittenOn() throws IOException {
    Path file = Files.write(local.resolve("f"), first);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2024-02-29T22:59:58Z")));
    AtomicInteger stores = new AtomicInteger();
    AtomicInteger readOn = new AtomicInteger();
    AtomicInteger wroteOn = new AtomicInteger();
    server.on(
        "STOR",
        (exchange, name) -> {
          wroteOn.set(exchange.number());
          storeHalfAtFirst(stores, exchange, name);
        });
    server.on(
        "APPE",
        (exchange, name) -> {
          wroteOn.set(exchange.number());
          exchange.ordinarily();
        });
    server.on(
        "RETR",
        (exchange, name) -> {
          readOn.compareAndSet(0, exchange.number()); // the seam is looked at once more at the end
          byte[] part = Objects.requireNonNull(exchange.files().get(name));
          exchange.send(Arrays.copyOfRange(part, CUT - (64 << 10), CUT + 1000));
        });
    try (FileTransfer ftp = FtpTransfer.connect(settings(server).build())) {
      TransferReceipt receipt = ftp.upload(file, "y");
      assertThat(receipt.bytesResumed()).isEqualTo(CUT);
    }
    assertThat(server.files().get("y")).isEqualTo(first);
    assertThat(readOn).hasPositiveValue();
    assertThat(wroteOn.get()).isGreaterThan(readOn.get());
  }

  @Test
  void fileThatGetsOnAtEachTryTakesAsManyAsItNeeds() {
    server.on("MDTM", "213 20240229225958");
    server.features("REST STREAM", "SIZE", "UTF8", "MDTM");
    AtomicInteger at = new AtomicInteger();
    server.on(
        "REST",
        (exchange, offset) -> {
          at.set(Integer.parseInt(offset));
          exchange.ordinarily();
        });
    server.on(
        "RETR",
        (exchange, name) -> {
          int from = at.getAndSet(0);
          int to = from + MIB + (100 << 10);
          if (to < first.length) {
            exchange.send(Arrays.copyOfRange(first, from, to));
            exchange.hangUp();
          } else {
            exchange.ordinarily();
          }
        });
    TransferReceipt receipt = download(1, TransferOptions.defaults());
    assertThat(receipt.reconnects()).isGreaterThanOrEqualTo(4);
    assertThat(local.resolve("x")).hasBinaryContent(first);
  }
}
