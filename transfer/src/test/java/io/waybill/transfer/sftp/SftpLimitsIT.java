package io.waybill.transfer.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.proxy.FakeProxy;
import io.waybill.transfer.proxy.ProxyServer;
import io.waybill.transfer.remote.ByteSupply;
import io.waybill.transfer.remote.RemoteTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rates, stalls, deadlines and proxies of transfers over SFTP. */
@Timeout(60)
class SftpLimitsIT {
  private static final int MIB = 1 << 20;
  private final AtomicLong nanos = new AtomicLong();
  @TempDir Path home;
  @TempDir Path local;

  @Test
  void downloadAndUploadKeepToTheRate() throws IOException {
    byte[] content = random(1, 5 * MIB);
    Files.write(home.resolve("x"), content);
    try (SftpSandbox sandbox = new SftpSandbox(home);
        FileTransfer sftp =
            SftpTransfer.connect(
                sandbox
                    .settings()
                    .rateLimit(RateLimit.of("1MiB/s"))
                    .nanoClock(nanos::get)
                    .sleeper(wait -> nanos.addAndGet(wait.toNanos()))
                    .build())) {
      sftp.download("x", local.resolve("x"));
      assertThat(nanos.get() / 1e9).as("5 MiB at 1 MiB/s").isBetween(4.8, 5.1);
      sftp.upload(local.resolve("x"), "y");
      assertThat(nanos.get() / 1e9).as("the other way").isBetween(9.6, 10.1);
    }
    assertThat(home.resolve("y")).hasBinaryContent(content);
  }

  @Test
  void atARateNoMoreThanASecondOfItIsAskedForAhead() throws IOException {
    byte[] content = random(2, 3 * MIB);
    long rate = 512 << 10;
    AtomicLong mostAhead = new AtomicLong();
    ScriptedSftp.Script noting =
        (type, id, fields, out) -> {
          if (type == Fxp.READ) {
            ScriptedSftp.string(fields);
            double due = rate * (nanos.get() / 1e9);
            long end = fields.getLong() + fields.getInt();
            mostAhead.accumulateAndGet(end - (long) due, Math::max);
          }
          return false;
        };
    try (SftpSandbox sandbox = new SftpSandbox(home, new ScriptedSftp(content, noting));
        FileTransfer sftp =
            SftpTransfer.connect(
                sandbox
                    .settings()
                    .rateLimit(RateLimit.of("512KiB/s"))
                    .nanoClock(nanos::get)
                    .sleeper(wait -> nanos.addAndGet(wait.toNanos()))
                    .build())) {
      sftp.download("x", local.resolve("x"));
    }
    // 100 ms of it go at once, and a request is as long
    assertThat(mostAhead.get()).isBetween(rate / 8, rate * 13 / 10); // fewer on a busy machine
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void aServerThatStopsSendingIsLeftAndTheFileGoesOn() throws IOException {
    byte[] content = random(3, 4 * MIB);
    AtomicInteger reads = new AtomicInteger();
    ScriptedSftp.Script stopping =
        (type, id, fields, out) ->
            type == Fxp.READ && reads.incrementAndGet() > 40 && isFirst(reads);
    TransferOptions impatient =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(500)).build();
    try (SftpSandbox sandbox = new SftpSandbox(home, new ScriptedSftp(content, stopping));
        FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      TransferReceipt receipt = sftp.download("x", local.resolve("x"), impatient);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  // the client never has more than 64 on the way
  private static boolean isFirst(AtomicInteger reads) {
    return reads.get() <= 40 + 64;
  }

  @Test
  void theDeadlineEndsATransferWithoutEnd() throws IOException {
    byte[] content = random(4, 4 * MIB);
    AtomicInteger reads = new AtomicInteger();
    ScriptedSftp.Script stopping =
        (type, id, fields, out) -> type == Fxp.READ && reads.incrementAndGet() > 40;
    TransferOptions brief = TransferOptions.builder().deadline(Duration.ofSeconds(1)).build();
    try (SftpSandbox sandbox = new SftpSandbox(home, new ScriptedSftp(content, stopping));
        FileTransfer sftp = SftpTransfer.connect(sandbox.settings().build())) {
      assertThatThrownBy(() -> sftp.download("x", local.resolve("x"), brief))
          .isInstanceOf(TransferException.Timeout.class)
          .hasMessageContaining("deadline of 1 s")
          .hasMessageContaining("what arrived is kept");
    }
    assertThat(local.resolve("x")).doesNotExist();
    assertThat(local).isDirectoryContaining("glob:**.wbpart");
  }

  @Test
  void proxiesLeadToAServerThatOnlyTheyKnow() throws IOException {
    byte[] content = random(5, MIB);
    Path source = Files.write(local.resolve("source"), content);
    try (SftpSandbox sandbox = new SftpSandbox(home);
        FakeProxy socks = new FakeProxy(FakeProxy.socks5("", 0));
        FakeProxy http = new FakeProxy(FakeProxy.http("", "HTTP/1.1 200 OK\r\n\r\n"))) {
      SftpServer.Builder settings = sandbox.settings().host("files.invalid");
      try (FileTransfer sftp =
          SftpTransfer.connect(
              settings.proxy(ProxyServer.socks5("127.0.0.1", socks.port())).build())) {
        sftp.upload(source, "x");
      }
      try (FileTransfer sftp =
          SftpTransfer.connect(
              settings.proxy(ProxyServer.httpConnect("127.0.0.1", http.port())).build())) {
        sftp.download("x", local.resolve("x"));
      }
      assertThat(socks.targets).containsExactly("files.invalid:" + sandbox.port());
      assertThat(http.targets).containsExactly("files.invalid:" + sandbox.port());
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void aProxyThatRefusesIsNamed() throws IOException {
    try (SftpSandbox sandbox = new SftpSandbox(home);
        FakeProxy http = new FakeProxy(FakeProxy.http("", "HTTP/1.1 403 Forbidden\r\n\r\n"))) {
      SftpServer settings =
          sandbox.settings().proxy(ProxyServer.httpConnect("127.0.0.1", http.port())).build();
      assertThatThrownBy(() -> SftpTransfer.connect(settings))
          .isInstanceOf(TransferException.Configuration.class)
          .hasMessageContaining("did not connect to 127.0.0.1:" + sandbox.port() + " (status 403)")
          .hasMessageContaining("settings of HTTP proxy 127.0.0.1:" + http.port());
    }
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void targetThatPausesCostsTheSourceOfARelayNothing() throws IOException {
    byte[] content = random(3, 40 * MIB); // more than what is on the way and in the relay
    Files.write(home.resolve("x"), content);
    try (SftpSandbox sandbox = new SftpSandbox(home);
        RemoteTransfer sftp =
            (RemoteTransfer)
                SftpTransfer.connect(
                    sandbox.settings().idleTimeout(Duration.ofMillis(300)).build())) {
      sftp.reading(
          "x",
          TransferOptions.defaults(),
          file -> {
            assertThat(readWithPauses(file.from(0))).isEqualTo(content.length);
            assertThat(file.reconnects()).isZero();
            return true;
          });
    }
  }

  private static long readWithPauses(ByteSupply supply) {
    byte[] block = new byte[MIB];
    long total = 0;
    try {
      for (int n = supply.fill(block); n > 0; n = supply.fill(block)) {
        total += n;
        if (total % (10 * MIB) == 0) {
          Thread.sleep(1200);
        }
      }
      return total;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
