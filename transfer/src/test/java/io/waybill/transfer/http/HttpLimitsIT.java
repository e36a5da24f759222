package io.waybill.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.RateLimit;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.proxy.FakeProxy;
import io.waybill.transfer.proxy.ProxyServer;
import io.waybill.transfer.remote.OpenSockets;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Rates, stalls, deadlines and proxies of transfers over HTTP. */
@Timeout(60)
@ExtendWith(Leaks.class)
class HttpLimitsIT {
  private static final int MIB = 1 << 20;
  private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";

  @TempDir static Path keys;
  private static TestCertificate certificate;
  private final AtomicLong nanos = new AtomicLong();
  @TempDir Path root;
  @TempDir Path local;

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = TestCertificate.make(keys);
  }

  @Test
  void downloadAndUploadKeepToTheRate() throws IOException {
    byte[] content = random(1, 5 * MIB);
    Files.write(root.resolve("x"), content);
    try (HttpSandbox sandbox = new HttpSandbox(root);
        FileTransfer http =
            HttpTransfer.connect(
                sandbox
                    .settings()
                    .rateLimit(RateLimit.of("1MiB/s"))
                    .nanoClock(nanos::get)
                    .sleeper(wait -> nanos.addAndGet(wait.toNanos()))
                    .build())) {
      http.download("x", local.resolve("x"));
      assertThat(nanos.get() / 1e9).as("5 MiB at 1 MiB/s").isBetween(4.8, 5.1);
      http.upload(local.resolve("x"), "y");
      assertThat(nanos.get() / 1e9).as("the other way").isBetween(9.6, 10.1);
    }
    assertThat(root.resolve("y")).hasBinaryContent(content);
  }

  /** Sends half of a file the first time, and the rest of it the second. */
  private static RawHttp halting(byte[] content, CountDownLatch over, int halts)
      throws IOException {
    AtomicInteger asked = new AtomicInteger();
    return new RawHttp(
        (request, out) -> {
          int from = request.from();
          if (from > 0) {
            out.head(
                206,
                "ETag: \"1\"",
                "Accept-Ranges: bytes",
                "Content-Length: " + (content.length - from),
                "Content-Range: bytes %d-%d/%d"
                    .formatted(from, content.length - 1, content.length));
          } else {
            out.head(
                200, "ETag: \"1\"", "Accept-Ranges: bytes", "Content-Length: " + content.length);
          }
          if (request.method().equals("HEAD")) {
            return;
          }
          if (asked.incrementAndGet() <= halts) {
            out.bytes(content, from, content.length / 2);
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          } else {
            out.bytes(content, from, content.length);
          }
        });
  }

  @Test
  void aServerThatStopsSendingIsLeftAndTheFileGoesOn() throws IOException {
    byte[] content = random(2, 2 * MIB);
    CountDownLatch over = new CountDownLatch(1);
    TransferOptions impatient =
        TransferOptions.builder().stallTimeout(Duration.ofMillis(500)).build();
    try (RawHttp server = halting(content, over, 1);
        FileTransfer http = HttpTransfer.connect(server.settings().build())) {
      TransferReceipt receipt = http.download("x", local.resolve("x"), impatient);
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isPositive();
      over.countDown();
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void theDeadlineEndsATransferWithoutEnd() throws IOException {
    byte[] content = random(3, 2 * MIB);
    CountDownLatch over = new CountDownLatch(1);
    TransferOptions brief = TransferOptions.builder().deadline(Duration.ofSeconds(1)).build();
    try (RawHttp server = halting(content, over, 100);
        FileTransfer http = HttpTransfer.connect(server.settings().build())) {
      assertThatThrownBy(() -> http.download("x", local.resolve("x"), brief))
          .isInstanceOf(TransferException.Timeout.class)
          .hasMessageContaining("deadline of 1 s");
      over.countDown();
    }
    assertThat(local).isDirectoryContaining("glob:**.wbpart");
  }

  @Test
  void theDeadlineEndsAWaitThatTheServerAskedFor() throws IOException {
    TransferOptions brief = TransferOptions.builder().deadline(Duration.ofSeconds(1)).build();
    CountDownLatch never = new CountDownLatch(1);
    try (RawHttp server =
            new RawHttp((request, out) -> out.head(503, "Retry-After: 50", "Content-Length: 0"));
        FileTransfer http =
            HttpTransfer.connect(server.settings().sleeper(wait -> never.await()).build())) {
      assertThatThrownBy(() -> http.download("x", local.resolve("x"), brief))
          .isInstanceOf(TransferException.Timeout.class)
          .hasMessageContaining("deadline of 1 s");
    }
    assertThat(Thread.interrupted()).isFalse();
  }

  private void movesFiles(HttpSite site, FakeProxy proxy, int port) throws IOException {
    byte[] content = random(4, 3 * MIB);
    Path source = Files.write(local.resolve("source"), content);
    try (FileTransfer http = HttpTransfer.connect(site)) {
      http.upload(source, WebQuery.add("x", "a=1"));
      http.download("x", local.resolve("back"));
      assertThat(http.stat("nothing")).isEmpty();
    }
    assertThat(local.resolve("back")).hasBinaryContent(content);
    assertThat(proxy.targets).isNotEmpty().containsOnly("files.invalid:" + port);
  }

  @Test
  void httpThroughSocks5() throws IOException {
    try (HttpSandbox sandbox = new HttpSandbox(root);
        FakeProxy proxy = new FakeProxy(FakeProxy.socks5("me:pw", 0))) {
      HttpSite site =
          sandbox
              .settings()
              .host("files.invalid")
              .proxy(
                  ProxyServer.socks5("127.0.0.1", proxy.port())
                      .credentials(new Credentials("me", () -> "pw")))
              .build();
      movesFiles(site, proxy, sandbox.port());
      assertThat(sandbox.heads).noneMatch(name -> name.startsWith("Proxy-"));
    }
  }

  @Test
  void httpsThroughSocks5() throws IOException {
    try (HttpSandbox sandbox = HttpSandbox.overTls(root, certificate.context());
        FakeProxy proxy = new FakeProxy(FakeProxy.socks5("", 0))) {
      HttpSite site =
          sandbox
              .settings()
              .host("files.invalid")
              .trust(ServerTrust.pin(Pin.of(certificate.certificate())))
              .proxy(ProxyServer.socks5("127.0.0.1", proxy.port()))
              .build();
      movesFiles(site, proxy, sandbox.port());
      assertThat(sandbox.heads).noneMatch(name -> name.startsWith("Proxy-"));
    }
  }

  @Test
  void httpsThroughAnHttpProxyWithALogin() throws IOException {
    try (HttpSandbox sandbox = HttpSandbox.overTls(root, certificate.context());
        FakeProxy proxy = new FakeProxy(FakeProxy.http("Basic bWU6cHc=", OK))) {
      HttpSite site =
          sandbox
              .settings()
              .host("files.invalid")
              .trust(ServerTrust.pin(Pin.of(certificate.certificate())))
              .proxy(
                  ProxyServer.httpConnect("127.0.0.1", proxy.port())
                      .credentials(new Credentials("me", () -> "pw")))
              .build();
      movesFiles(site, proxy, sandbox.port());
    }
  }

  @Test
  void aProxyThatRefusesIsNamed() throws IOException {
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("me:pw", 0))) {
      HttpSite site =
          HttpSite.builder()
              .host("files.invalid")
              .sleeper(wait -> {})
              .maxReconnects(0)
              .proxy(ProxyServer.socks5("127.0.0.1", proxy.port()))
              .build();
      try (FileTransfer http = HttpTransfer.connect(site)) {
        assertThatThrownBy(() -> http.stat("x"))
            .isInstanceOf(TransferException.Configuration.class)
            .hasMessageContaining("wants a login")
            .hasMessageContaining("SOCKS5 proxy 127.0.0.1:" + proxy.port());
      }
    }
  }

  /** Whoever finds the port on this machine gets nowhere through it. */
  @Test
  void theWayToTheProxyIsOursAlone() throws IOException {
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("", 0))) {
      HttpSite site =
          HttpSite.builder()
              .host("files.invalid")
              .proxy(ProxyServer.socks5("127.0.0.1", proxy.port()))
              .build();
      OpenSockets sockets = new OpenSockets(site.terms());
      ProxyBridge bridge = ProxyBridge.open(sockets);
      for (String head :
          new String[] {
            "CONNECT a.invalid:25 HTTP/1.1\r\n\r\n",
            "GET http://a.invalid/ HTTP/1.1\r\nProxy-Authorization: Bearer x\r\n\r\n"
          }) {
        try (Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), bridge.address().getPort())) {
          socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
          assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
              .startsWith("HTTP/1.1 407 ");
        }
      }
      sockets.closeAll();
      assertThat(proxy.targets).isEmpty();
    }
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
