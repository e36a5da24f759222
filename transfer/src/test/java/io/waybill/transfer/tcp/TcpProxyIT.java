package io.waybill.transfer.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.proxy.FakeProxy;
import io.waybill.transfer.proxy.ProxyServer;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A client behind a SOCKS5 or HTTP proxy. */
class TcpProxyIT {
  private static final String TARGET = "files.example";
  private static final String OK = "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n";
  private static final Credentials LOGIN = new Credentials("büro", () -> "s3cret");

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path directory;
  private TcpFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new TcpFixture(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private FakeProxy proxy(FakeProxy.Behaviour behaviour) throws IOException {
    return new FakeProxy(fixture.server.port(), behaviour);
  }

  /** The target's name resolves nowhere: only the proxy's may be looked up here. */
  private static WaybillServer.Builder through(ProxyServer proxy) {
    return WaybillServer.builder(TARGET, 7400)
        .credentials(new Credentials(TcpFixture.USER, () -> TcpFixture.KEY))
        .plaintext()
        .backoff(TcpFixture.quick(2))
        .resolver(
            name -> {
              if (name.equals(TARGET)) {
                throw new UnknownHostException(name + " was looked up here");
              }
              return java.net.InetAddress.getAllByName(name);
            })
        .proxy(proxy);
  }

  private void movesAFile(WaybillServer server, FakeProxy proxy) throws IOException {
    Path source = fixture.file("a.bin", 5_000_000);
    try (TcpTransfer transfer = TcpTransfer.connect(server)) {
      transfer.upload(source, "a.bin");
      transfer.download("a.bin", fixture.local.resolve("back.bin"));
    }
    assertThat(fixture.root.resolve("a.bin")).hasSameBinaryContentAs(source);
    assertThat(fixture.local.resolve("back.bin")).hasSameBinaryContentAs(source);
    assertThat(proxy.targets).isNotEmpty().containsOnly(TARGET + ":7400");
    assertThat(Files.exists(source)).isTrue();
  }

  @Test
  void socks5ProxyIsGivenTheNameAndMovesAFile() throws IOException {
    try (FakeProxy proxy = proxy(FakeProxy.socks5("", 0))) {
      movesAFile(through(ProxyServer.socks5("127.0.0.1", proxy.port())).build(), proxy);
    }
  }

  @Test
  void socks5ProxyWithALoginMovesAFileOverSeveralStreams() throws IOException {
    try (FakeProxy proxy = proxy(FakeProxy.socks5("büro:s3cret", 0))) {
      ProxyServer known = ProxyServer.socks5("127.0.0.1", proxy.port()).credentials(LOGIN);
      movesAFile(through(known).streams(2).build(), proxy);
      // a stream that was not needed in time is opened again for the next file
      assertThat(proxy.targets).hasSizeBetween(2, 3);
    }
  }

  @Test
  void httpProxyMovesAFile() throws IOException {
    try (FakeProxy proxy = proxy(FakeProxy.http("", "HTTP/1.1 100 Continue\r\n\r\n" + OK))) {
      movesAFile(through(ProxyServer.httpConnect("127.0.0.1", proxy.port())).build(), proxy);
    }
  }

  @Test
  void httpProxyWithALoginMovesAFile() throws IOException {
    try (FakeProxy proxy = proxy(FakeProxy.http("Basic YsO8cm86czNjcmV0\r\n", OK))) {
      ProxyServer known = ProxyServer.httpConnect("127.0.0.1", proxy.port()).credentials(LOGIN);
      movesAFile(through(known).build(), proxy);
    }
  }

  @Test
  void loginThatIsMissingOrWrongIsAMatterOfSettingsAndNotTriedAgain() throws IOException {
    try (FakeProxy socks = proxy(FakeProxy.socks5("a:b", 0));
        FakeProxy http = proxy(FakeProxy.http("Basic x\r\n", OK))) {
      ProxyServer socksAt = ProxyServer.socks5("127.0.0.1", socks.port());
      ProxyServer httpAt = ProxyServer.httpConnect("127.0.0.1", http.port());
      refused(socksAt, "wants a login");
      refused(socksAt.credentials(LOGIN), "refused the login of user büro");
      refused(httpAt, "wants a login");
      refused(httpAt.credentials(LOGIN), "refused the login");
      assertThat(socks.targets).isEmpty();
      assertThat(http.targets).hasSize(2);
    }
  }

  @Test
  void targetThatIsNotAllowedIsAMatterOfSettings() throws IOException {
    try (FakeProxy socks = proxy(FakeProxy.socks5("", 2));
        FakeProxy http = proxy(FakeProxy.http("", "HTTP/1.1 403 Forbidden\r\n\r\n"))) {
      refused(ProxyServer.socks5("127.0.0.1", socks.port()), "rules do not allow");
      refused(ProxyServer.httpConnect("127.0.0.1", http.port()), "status 403");
    }
  }

  @Test
  void whatIsNoProxyIsSaidToBeNone() throws IOException {
    FakeProxy.Behaviour garbage =
        (in, out, targets) -> {
          out.write("220 mail.example ESMTP\r\n".getBytes(ISO_8859_1));
          in.transferTo(java.io.OutputStream.nullOutputStream());
          return false;
        };
    try (FakeProxy proxy = proxy(garbage)) {
      refused(ProxyServer.socks5("127.0.0.1", proxy.port()), "no SOCKS5 proxy");
      refused(ProxyServer.httpConnect("127.0.0.1", proxy.port()), "no HTTP proxy");
    }
  }

  @Test
  void httpHeadWithoutEndIsCutOff() throws IOException {
    try (FakeProxy proxy =
        proxy(FakeProxy.http("", "HTTP/1.1 403 No\r\n" + "a: b\r\n".repeat(4000)))) {
      refused(ProxyServer.httpConnect("127.0.0.1", proxy.port()), "longer than 16384 bytes");
    }
  }

  private static void refused(ProxyServer proxy, String why) {
    assertThatExceptionOfType(TransferException.Configuration.class)
        .isThrownBy(() -> TcpTransfer.connect(through(proxy).build()))
        .withMessageContaining(why)
        .withMessageContaining(TARGET)
        .withMessageNotContaining("s3cret");
  }

  @Test
  void targetThatTheProxyCannotReachIsTriedAgain() throws IOException {
    try (FakeProxy socks = proxy(FakeProxy.socks5("", 5));
        FakeProxy http = proxy(FakeProxy.http("", "HTTP/1.1 502 Bad Gateway\r\n\r\n"))) {
      unreachable(ProxyServer.socks5("127.0.0.1", socks.port()), "connection was refused");
      unreachable(ProxyServer.httpConnect("127.0.0.1", http.port()), "status 502");
      assertThat(socks.targets).hasSizeGreaterThan(1);
      assertThat(http.targets).hasSizeGreaterThan(1);
    }
  }

  @Test
  void silentProxyIsLeftWhenTheTimeToConnectIsOver() throws IOException {
    FakeProxy.Behaviour silent =
        (in, out, targets) -> {
          in.transferTo(java.io.OutputStream.nullOutputStream());
          return false;
        };
    try (FakeProxy proxy = proxy(silent)) {
      unreachable(ProxyServer.socks5("127.0.0.1", proxy.port()), "did not answer within");
    }
  }

  private static void unreachable(ProxyServer proxy, String why) {
    assertThatExceptionOfType(TransferException.Connection.class)
        .isThrownBy(
            () ->
                TcpTransfer.connect(through(proxy).connectTimeout(Duration.ofMillis(400)).build()))
        .withMessageContaining(why);
  }
}
