package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFtpServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.WireTap;
import io.waybill.transfer.proxy.FakeProxy;
import io.waybill.transfer.proxy.ProxyServer;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FTP and FTPS through proxies, which alone know the server's name. */
@Timeout(60)
@ExtendWith(Leaks.class)
class FtpProxyIT {
  private static final String HOST = "files.invalid";
  private static final String OK = "HTTP/1.1 200 Connection established\r\n\r\n";

  @TempDir static Path keys;
  private static ServerKey key;
  private ScriptedFtpServer server;
  @TempDir Path local;

  @BeforeAll
  static void makeKey() throws Exception {
    key = ServerKey.make(keys, "key", "SAN=dns:" + HOST, 0);
  }

  @BeforeEach
  void start() throws Exception {
    server =
        ScriptedFtpServer.start()
            .securing(key.context())
            .features("MLST type*;size*;modify*;", "REST STREAM", "MFMT");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private FtpServer.Builder settings() {
    return FtpServer.builder()
        .host(HOST)
        .port(server.port())
        .credentials(new Credentials("me", () -> "planted-secret"))
        .sleeper(wait -> {})
        .random(new Random(1))
        .maxReconnects(1);
  }

  private static FtpServer.Builder secured(FtpServer.Builder settings) throws Exception {
    return settings.protection(Protection.EXPLICIT).trust(ServerTrust.authorities(key.pem()));
  }

  private void movesAFile(FtpServer settings, FakeProxy proxy) throws IOException {
    byte[] content = new byte[700_000];
    new Random(1).nextBytes(content);
    Path source = Files.write(local.resolve("source"), content);
    try (FileTransfer ftp = FtpTransfer.connect(settings)) {
      ftp.upload(source, "x");
      ftp.download("x", local.resolve("back"));
      assertThat(ftp.list("", false)).hasSize(1);
    }
    assertThat(local.resolve("back")).hasBinaryContent(content);
    assertThat(proxy.targets)
        .as("one control connection and three data connections")
        .hasSize(4)
        .allMatch(target -> target.startsWith(HOST + ":"));
  }

  @Test
  void socks5LeadsControlAndDataConnections() throws IOException {
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("", 0))) {
      movesAFile(settings().proxy(ProxyServer.socks5("127.0.0.1", proxy.port())).build(), proxy);
    }
  }

  @Test
  void httpConnectWithALoginLeadsFtps() throws Exception {
    Credentials login = new Credentials("me", () -> "pw");
    try (FakeProxy proxy = new FakeProxy(FakeProxy.http("Basic bWU6cHc=", OK))) {
      movesAFile(
          secured(settings())
              .proxy(ProxyServer.httpConnect("127.0.0.1", proxy.port()).credentials(login))
              .build(),
          proxy);
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersions.class)
  void ftpsIsSpokenThroughSocks5(TlsVersions versions) throws Exception {
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("me:pw", 0))) {
      movesAFile(
          secured(settings())
              .tlsVersions(versions)
              .proxy(
                  ProxyServer.socks5("127.0.0.1", proxy.port())
                      .credentials(new Credentials("me", () -> "pw")))
              .build(),
          proxy);
    }
  }

  @Test
  void dataConnectionsResumeTheTlsSessionBehindAProxyToo() throws Exception {
    List<String> sessions = new CopyOnWriteArrayList<>();
    byte[] content = {1, 2, 3};
    server.file("x", content);
    server.on(
        "RETR",
        (exchange, name) -> {
          exchange.reply("150 here it comes");
          try (Socket data = exchange.data()) {
            sessions.add(HexFormat.of().formatHex(((SSLSocket) data).getSession().getId()));
            data.getOutputStream().write(content);
          }
          exchange.reply("226 done");
        });
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("", 0));
        FileTransfer ftp =
            FtpTransfer.connect(
                secured(settings())
                    .tlsVersions(TlsVersions.TLS_1_2)
                    .proxy(ProxyServer.socks5("127.0.0.1", proxy.port()))
                    .build())) {
      ftp.download("x", local.resolve("a"));
      ftp.download("x", local.resolve("b"));
    }
    assertThat(sessions).as("a new session has another id").hasSize(2);
    assertThat(sessions.get(0)).isNotEmpty().isEqualTo(sessions.get(1));
  }

  @Test
  void theTraceHasTheDialogueAndNoPasswordOfEither() throws IOException {
    List<String> lines = new CopyOnWriteArrayList<>();
    List<String> bytes = new CopyOnWriteArrayList<>();
    WireTap tap =
        (protocol, here, there) ->
            new WireTap.Tapped() {
              @Override
              public void sent(ByteBuffer... all) {
                for (ByteBuffer each : all) {
                  bytes.add(StandardCharsets.ISO_8859_1.decode(each.duplicate()).toString());
                }
              }

              @Override
              public void received(ByteBuffer each) {
                bytes.add(StandardCharsets.ISO_8859_1.decode(each.duplicate()).toString());
              }

              @Override
              public void line(WireTap.Direction direction, String text) {
                lines.add(protocol + " " + text);
              }

              @Override
              public void closed(String reason) {}
            };
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("me:proxy-pw", 0))) {
      movesAFile(
          settings()
              .tap(tap)
              .proxy(
                  ProxyServer.socks5("127.0.0.1", proxy.port())
                      .credentials(new Credentials("me", () -> "proxy-pw")))
              .build(),
          proxy);
    }
    assertThat(lines)
        .contains("ftp USER me", "ftp RETR x")
        .noneMatch(l -> l.contains("planted-secret"));
    assertThat(bytes).isNotEmpty();
    assertThat(String.join("", bytes))
        .contains("RETR x")
        .doesNotContain("planted-secret")
        .doesNotContain("proxy-pw");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void aProxyThatDoesNotConnectIsNamed(int reply) throws IOException {
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("", reply))) {
      FtpServer settings = settings().proxy(ProxyServer.socks5("127.0.0.1", proxy.port())).build();
      assertThatThrownBy(() -> FtpTransfer.connect(settings))
          .isInstanceOf(
              reply == 2
                  ? TransferException.Configuration.class
                  : TransferException.Connection.class)
          .hasMessageContaining("SOCKS5 proxy 127.0.0.1:" + proxy.port())
          .hasMessageContaining(
              reply == 2 ? "its rules do not allow that" : "the connection was refused");
    }
    assertThat(server.received()).isEmpty();
  }

  @Test
  void aWrongLoginAtTheProxyIsSaidWithoutThePassword() throws IOException {
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("me:right", 0))) {
      FtpServer settings =
          settings()
              .proxy(
                  ProxyServer.socks5("127.0.0.1", proxy.port())
                      .credentials(new Credentials("me", () -> "guessed-pw")))
              .build();
      assertThatThrownBy(() -> FtpTransfer.connect(settings))
          .isInstanceOf(TransferException.Configuration.class)
          .hasMessageContaining("refused the login of user me")
          .hasMessageNotContaining("guessed-pw");
    }
  }

  @Test
  void aProxyThatIsNotThereIsTransient() throws IOException {
    int port;
    try (FakeProxy proxy = new FakeProxy(FakeProxy.socks5("", 0))) {
      port = proxy.port();
    }
    FtpServer settings = settings().proxy(ProxyServer.httpConnect("127.0.0.1", port)).build();
    assertThatThrownBy(() -> FtpTransfer.connect(settings))
        .isInstanceOfSatisfying(
            TransferException.Connection.class, e -> assertThat(e.isTransient()).isTrue())
        .hasMessageContaining("HTTP proxy 127.0.0.1:" + port)
        .hasMessageContaining("it cannot be reached");
  }
}
