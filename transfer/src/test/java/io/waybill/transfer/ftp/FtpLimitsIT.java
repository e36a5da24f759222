package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.FtpExchange;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFtpServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.Pacer;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.SharedRate;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.remote.RemoteRelay;
import io.waybill.transfer.remote.RemoteTransfer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rates, stalls and deadlines of transfers over FTP. */
@Timeout(60)
@ExtendWith(Leaks.class)
class FtpLimitsIT {
  private static final int MIB = 1 << 20;
  private ScriptedFtpServer server;
  private final AtomicLong nanos = new AtomicLong();
  @TempDir Path local;

  @BeforeEach
  void start() {
    server =
        ScriptedFtpServer.start()
            .features("MLST type*;size*;modify*;", "REST STREAM", "MFMT")
            .on("MKD", "257 made");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private FtpServer.Builder settings() {
    return FtpServer.builder()
        .host("127.0.0.1")
        .port(server.port())
        .credentials(new Credentials("me", () -> "planted-secret"))
        .sleeper(wait -> {})
        .random(new Random(1))
        .maxReconnects(2);
  }

  /** One whose waits for the rate pass at once, on a clock of their own. */
  private FileTransfer paced(String rate) {
    return FtpTransfer.connect(
        settings()
            .rateLimit(RateLimit.of(rate))
            .nanoClock(nanos::get)
            .sleeper(wait -> nanos.addAndGet(wait.toNanos()))
            .build());
  }

  @Test
  void downloadAndUploadKeepToTheRate() throws IOException {
    byte[] content = random(1, 5 * MIB);
    server.file("x", content);
    try (FileTransfer ftp = paced("1MiB/s")) {
      ftp.download("x", local.resolve("x"));
      assertThat(seconds()).as("5 MiB at 1 MiB/s").isBetween(4.8, 5.1);
      ftp.upload(local.resolve("x"), "y");
      assertThat(seconds()).as("the other way has a rate of its own").isBetween(9.6, 10.1);
    }
    assertThat(server.files().get("y")).isEqualTo(content);
  }

  @Test
  void twoClientsKeepToTheRateThatTheyShare() throws IOException {
    byte[] content = random(1, 5 * MIB);
    server.file("x", content);
    Pacer together =
        Pacer.of(
            RateLimit.of("1MiB/s"),
            InstantSource.system(),
            nanos::get,
            wait -> nanos.addAndGet(wait.toNanos()));
    SharedRate shared = new SharedRate(together, Pacer.of(RateLimit.unlimited()));
    try (FileTransfer one = FtpTransfer.connect(settings().sharedRate(shared).build());
        FileTransfer other = FtpTransfer.connect(settings().sharedRate(shared).build())) {
      one.download("x", local.resolve("x"));
      other.download("x", local.resolve("y"));
      assertThat(seconds()).as("10 MiB at 1 MiB/s").isBetween(9.8, 10.1);
      other.upload(local.resolve("x"), "z");
      assertThat(seconds()).as("the other way has none").isLessThan(10.1);
    }
  }

  private double seconds() {
    return nanos.get() / 1e9;
  }

  @Test
  void aRateSoLowThatAByteSeldomMovesIsNoStall() throws IOException {
    byte[] content = random(2, 3000);
    server.file("x", content);
    TransferOptions impatient =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(700)).build();
    try (FileTransfer ftp =
        FtpTransfer.connect(
            settings()
                .idleTimeout(Duration.ofMillis(700))
                .sleeper(wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos()))
                .rateLimit(RateLimit.of("1KiB/s"))
                .build())) {
      assertThat(ftp.download("x", local.resolve("x"), impatient).reconnects()).isZero();
      assertThat(ftp.upload(local.resolve("x"), "y", impatient).reconnects()).isZero();
    }
    assertThat(server.files().get("y")).isEqualTo(content);
  }

  @Test
  void fourSessionsOfATreeShareOneRate() throws IOException {
    for (int i = 0; i < 8; i++) {
      server.file("f" + i, random(i, 100_000));
    }
    long began = System.nanoTime();
    try (FileTransfer ftp =
        FtpTransfer.connect(
            settings()
                .maxSessions(4)
                .sleeper(wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos()))
                .rateLimit(RateLimit.of("400000B/s"))
                .build())) {
      assertThat(ftp.downloadTree("", local.resolve("tree"), TreeOptions.defaults()).filesCopied())
          .isEqualTo(8);
    }
    // 100 ms of it go at once
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1600));
    assertThat(server.connections()).isGreaterThan(1);
  }

  @Test
  void aServerThatStopsSendingIsLeftAndTheFileGoesOn() throws IOException {
    byte[] content = random(3, 2 * MIB);
    server.file("x", content);
    AtomicInteger asked = new AtomicInteger();
    server.on(
        "RETR",
        (exchange, name) -> {
          if (asked.incrementAndGet() == 1) {
            stopAfter(exchange, content, MIB);
          } else {
            exchange.ordinarily();
          }
        });
    TransferOptions impatient =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(300)).build();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      TransferReceipt receipt = ftp.download("x", local.resolve("x"), impatient);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void aServerThatStopsTakingIsLeftAndTheFileGoesOn() throws IOException {
    byte[] content = random(4, 30 * MIB); // more than sockets hold
    Path source = Files.write(local.resolve("source"), content);
    AtomicInteger asked = new AtomicInteger();
    server.on(
        "STOR",
        (exchange, name) -> {
          if (asked.incrementAndGet() == 1) {
            exchange.reply("150 go");
            try (Socket data = exchange.data()) {
              data.getInputStream().readNBytes(1000);
              while (true) { // until the client hangs up, which is an exception then
                data.getOutputStream().write(0);
                pause(20);
              }
            }
          } else {
            exchange.ordinarily();
          }
        });
    TransferOptions impatient =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(500)).build();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      assertThat(ftp.upload(source, "y", impatient).reconnects()).isEqualTo(1);
    }
    assertThat(server.files().get("y")).isEqualTo(content);
  }

  @Test
  void aStallThatRepeatsIsSaid() {
    byte[] content = random(5, 1000);
    server.file("x", content);
    server.on("RETR", (exchange, name) -> stopAfter(exchange, content, 10));
    TransferOptions impatient =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(100)).build();
    try (FileTransfer ftp = FtpTransfer.connect(settings().maxReconnects(1).build())) {
      assertThatThrownBy(() -> ftp.download("x", local.resolve("x"), impatient))
          .isInstanceOfSatisfying(
              TransferException.Timeout.class,
              e -> assertThat(e.waited()).isEqualTo(Duration.ofMillis(100)))
          .hasMessageContaining("No progress with 127.0.0.1:" + server.port())
          .hasMessageContaining("nothing moved for 100 ms");
    }
  }

  @Test
  void theFinalReplyMayTakeLongerThanAStall() throws IOException {
    Path source = Files.write(local.resolve("source"), random(6, 1000));
    server.on(
        "STOR",
        (exchange, name) -> {
          exchange.reply("150 go");
          exchange.files().put(name, exchange.receive());
          pause(800);
          exchange.reply("226 done at last");
        });
    TransferOptions impatient =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(300)).build();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      assertThat(ftp.upload(source, "y", impatient).reconnects()).isZero();
    }
  }

  @Test
  void theDeadlineEndsATransferWithoutEndAndTheNextGoesOn() throws IOException {
    byte[] content = random(7, 2 * MIB);
    server.file("x", content);
    AtomicInteger asked = new AtomicInteger();
    server.on(
        "RETR",
        (exchange, name) -> {
          if (asked.incrementAndGet() == 1) {
            stopAfter(exchange, content, MIB + 100);
          } else {
            exchange.ordinarily();
          }
        });
    TransferOptions brief = TransferOptions.builder().deadline(Duration.ofSeconds(1)).build();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      assertThatThrownBy(() -> ftp.download("x", local.resolve("x"), brief))
          .isInstanceOf(TransferException.Timeout.class)
          .hasMessageContaining("deadline of 1 s")
          .hasMessageContaining((MIB + 100) + " bytes travelled");
      assertThat(local.resolve("x")).doesNotExist();
      TransferReceipt receipt = ftp.download("x", local.resolve("x"));
      assertThat(receipt.bytesResumed()).as("what was there is kept").isGreaterThanOrEqualTo(MIB);
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void theDeadlineOfATreeIsOneForAllOfIt() {
    for (int i = 0; i < 6; i++) {
      server.file("f" + i, random(i, 70_000));
    }
    server.on("RETR", (exchange, name) -> stopAfter(exchange, random(1, 70_000), 1000));
    TreeOptions brief =
        TreeOptions.builder()
            .files(TransferOptions.builder().deadline(Duration.ofSeconds(1)).build())
            .build();
    try (FileTransfer ftp = FtpTransfer.connect(settings().build())) {
      assertThatThrownBy(() -> ftp.downloadTree("", local.resolve("tree"), brief))
          .isInstanceOf(TransferException.Timeout.class)
          .hasMessageContaining("deadline of 1 s");
    }
  }

  @Test
  void theDeadlineOfARelayEndsBothOfItsEnds() {
    byte[] content = random(8, 2 * MIB);
    server.file("x", content);
    server.on("RETR", (exchange, name) -> stopAfter(exchange, content, MIB));
    TransferOptions brief = TransferOptions.builder().deadline(Duration.ofSeconds(1)).build();
    try (RemoteTransfer from = (RemoteTransfer) FtpTransfer.connect(settings().build());
        RemoteTransfer to = (RemoteTransfer) FtpTransfer.connect(settings().build())) {
      assertThatThrownBy(() -> RemoteRelay.between(from, to).copy("x", "y", brief))
          .isInstanceOf(TransferException.Timeout.class)
          .hasMessageContaining("deadline of 1 s");
    }
    assertThat(server.files()).doesNotContainKey("y");
  }

  private static void stopAfter(FtpExchange exchange, byte[] content, int bytes)
      throws IOException {
    exchange.reply("150 here it comes");
    try (Socket data = exchange.data();
        OutputStream out = data.getOutputStream()) {
      out.write(content, 0, bytes);
      out.flush();
      data.getInputStream().read(); // until the client hangs up
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
