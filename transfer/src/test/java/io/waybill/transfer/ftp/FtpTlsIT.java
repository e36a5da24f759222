package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.testkit.FtpExchange;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFtpServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.examples.ConnectByFtps;
import io.waybill.transfer.tcp.tls.Pin;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Servers that do not do with TLS what they should. */
@Timeout(60)
@ExtendWith(Leaks.class)
class FtpTlsIT {
  @TempDir static Path keys;
  private static ServerKey good;
  private ScriptedFtpServer server;
  @TempDir Path local;

  @BeforeAll
  static void makeKeys() throws Exception {
    good = ServerKey.make(keys, "good", "SAN=dns:localhost,ip:127.0.0.1", 0);
  }

  @BeforeEach
  void start() throws Exception {
    server = ScriptedFtpServer.start().securing(good.context());
    server.features("MLST type*;size*;modify*;", "REST STREAM", "MFMT");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(TlsVersions.class)
  void filesTravelProtected(TlsVersions versions) throws IOException {
    byte[] content = random(1, 700_000);
    Path source = Files.write(local.resolve("source"), content);
    try (FileTransfer ftp = FtpTransfer.connect(settings().tlsVersions(versions).build())) {
      TransferReceipt up = ftp.upload(source, "x");
      assertThat(up.tls().orElseThrow())
          .matches(versions == TlsVersions.TLS_1_2 ? "TLSv1.2 TLS_.+" : "TLSv1.3 TLS_.+");
      assertThat(ftp.download("x", local.resolve("back")).bytes()).isEqualTo(content.length);
      assertThat(ftp.list("", false)).hasSize(1);
    }
    assertThat(local.resolve("back")).hasBinaryContent(content);
    assertThat(server.received()).containsSubsequence("AUTH TLS", "USER me", "PBSZ 0", "PROT P");
  }

  @Test
  void exampleConnects() throws IOException {
    server.file("x", random(7, 1));
    try (FileTransfer ftp =
        ConnectByFtps.connect("localhost", server.port(), good.pem(), "me", () -> "secret")) {
      assertThat(ftp.list("", false)).hasSize(1);
    }
  }

  @Test
  void explicitTlsOfAnotherServerIsSpokenToo() throws Exception {
    try (FtpSandbox sandbox = FtpSandbox.secured(local, good, false);
        FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
      byte[] content = random(8, 3_000_000);
      Path source = Files.write(local.resolve("source"), content);
      assertThat(ftp.upload(source, "x").tls()).isPresent();
      ftp.download("x", local.resolve("back"));
      assertThat(local.resolve("back")).hasBinaryContent(content);
      assertThat(ftp.list("", false)).hasSize(3);
    }
  }

  @Test
  void serverThatRefusesAuthIsNotLoggedInTo() {
    server.on("AUTH", "534 no TLS here");
    assertThatThrownBy(this::connect)
        .isInstanceOfSatisfying(
            TransferException.Refused.class, e -> assertThat(e.isTransient()).isFalse())
        .hasMessageContaining("offers no TLS")
        .hasMessageContaining("534 no TLS here");
    assertThat(server.received()).noneMatch(each -> each.startsWith("USER"));
  }

  @Test
  void serverThatRefusesToProtectDataIsNotSentAny() {
    server.on("PROT", "536 only in the clear");
    assertThatThrownBy(this::connect)
        .isInstanceOf(TransferException.Refused.class)
        .hasMessageContaining("does not protect data connections");
    assertThat(server.received()).noneMatch(each -> each.startsWith("EPSV"));
  }

  @Test
  void whatIsSaidBeforeTlsBeginsIsNotBelieved() {
    server.on("AUTH", (exchange, none) -> exchange.reply("234 begin", "230 you are in already"));
    assertThatThrownBy(this::connect).isInstanceOf(TransferException.class);
    assertThat(server.received()).noneMatch(each -> each.startsWith("USER"));
  }

  @Test
  void certificateThatHasEndedIsRefusedInWords() throws Exception {
    ServerKey expired = ServerKey.make(keys, "expired", "SAN=ip:127.0.0.1", -400);
    server.securing(expired.context());
    FtpServer settings = settings().trust(ServerTrust.authorities(expired.pem())).build();
    assertThatThrownBy(() -> FtpTransfer.connect(settings))
        .isInstanceOf(TransferException.Authentication.class)
        .hasMessageContaining("is not now")
        .hasMessageContaining("renew");
  }

  @Test
  void certificateOfAnotherNameIsRefusedInWords() throws Exception {
    ServerKey other = ServerKey.make(keys, "other", "SAN=dns:ftp.example.org", 0);
    server.securing(other.context());
    FtpServer settings = settings().trust(ServerTrust.authorities(other.pem())).build();
    assertThatThrownBy(() -> FtpTransfer.connect(settings))
        .isInstanceOf(TransferException.Authentication.class)
        .hasMessageContaining("is not for the name 127.0.0.1");
    FtpServer pinned = settings().trust(ServerTrust.pin(Pin.of(other.certificate()))).build();
    try (FileTransfer ftp = FtpTransfer.connect(pinned)) {
      assertThat(ftp.list("", false)).as("a pin names nobody").isEmpty();
    }
  }

  @Test
  void issuerThatIsUnknownIsRefusedInWords() {
    FtpServer settings = settings(null).build();
    assertThatThrownBy(() -> FtpTransfer.connect(settings))
        .isInstanceOf(TransferException.Authentication.class)
        .hasMessageContaining("do not vouch for");
  }

  @Test
  void dataConnectionToSomebodyElseIsRefused() throws Exception {
    ServerKey other = ServerKey.make(keys, "mallory", "SAN=ip:127.0.0.1", 0);
    server.file("x", random(2, 10));
    server.on(
        "RETR",
        (exchange, name) -> {
          exchange.reply("150 here");
          try (Socket plain = exchange.plainData();
              SSLSocket secured =
                  (SSLSocket)
                      other
                          .context()
                          .getSocketFactory()
                          .createSocket(plain, null, plain.getPort(), true)) {
            secured.setUseClientMode(false);
            secured.startHandshake();
            secured.getOutputStream().write(new byte[10]);
          }
        });
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.download("x", local.resolve("x")))
          .isInstanceOf(TransferException.Authentication.class);
    }
    assertThat(local.resolve("x")).doesNotExist();
  }

  @Test
  void serverThatResumesNothingIsSpokenToInAnOlderVersionFromThenOn() throws IOException {
    AtomicInteger refused = new AtomicInteger();
    byte[] content = random(3, 3_000_000);
    server.file("x", content);
    for (String verb : new String[] {"RETR", "STOR", "MLSD"}) {
      server.on(verb, (exchange, name) -> onlyInTls12(exchange, refused));
    }
    Path source = Files.write(local.resolve("source"), content);
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly("x");
      assertThat(refused).as("found out by the listing").hasValue(1);
      TransferReceipt down = ftp.download("x", local.resolve("x"));
      assertThat(down.tls().orElseThrow()).startsWith("TLSv1.2");
      assertThat(ftp.upload(source, "y").reconnects()).isZero();
    }
    assertThat(refused).hasValue(1);
    try (FileTransfer ftp = connect()) {
      TransferReceipt up = ftp.upload(source, "z");
      assertThat(up.reconnects()).as("what was sent could not be sent again").isEqualTo(1);
      assertThat(up.tls().orElseThrow()).startsWith("TLSv1.2");
    }
    assertThat(server.files().get("z")).isEqualTo(content);
  }

  private static void onlyInTls12(FtpExchange exchange, AtomicInteger refused) throws IOException {
    if (!exchange.tlsVersion().equals("TLSv1.3")) {
      exchange.ordinarily();
      return;
    }
    refused.incrementAndGet();
    exchange.reply("150 let us see");
    exchange.data().close();
    exchange.reply("425 TLS session of data connection not resumed");
  }

  @ParameterizedTest
  @EnumSource(TlsVersions.class)
  void dataThatEndsWithoutTlsSayingSoIsNotAll(TlsVersions versions) throws IOException {
    byte[] content = random(4, 100_000);
    server.file("x", content);
    AtomicInteger cut = new AtomicInteger();
    server.on(
        "RETR",
        (exchange, name) -> {
          if (cut.incrementAndGet() > 1) {
            exchange.ordinarily();
            return;
          }
          exchange.sendAbruptly(Arrays.copyOf(content, 50_000));
        });
    try (FileTransfer ftp = FtpTransfer.connect(settings().tlsVersions(versions).build())) {
      assertThat(ftp.download("x", local.resolve("x")).reconnects()).isEqualTo(1);
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void dataThatEndsAbruptlyIsAllIfItsSizeSaysSo() throws IOException {
    byte[] content = random(5, 100_000);
    server.file("x", content);
    server.on("RETR", (exchange, name) -> exchange.sendAbruptly(content));
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.download("x", local.resolve("x")).reconnects()).isZero();
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @ParameterizedTest
  @EnumSource(TlsVersions.class)
  void listingThatEndsWithoutTlsSayingSoIsNotBelieved(TlsVersions versions) {
    byte[] line = "type=file;size=1; a\r\n".getBytes(StandardCharsets.US_ASCII);
    server.on("MLSD", (exchange, none) -> exchange.sendAbruptly(line));
    try (FileTransfer ftp = FtpTransfer.connect(settings().tlsVersions(versions).build())) {
      assertThatThrownBy(() -> ftp.list("", false))
          .isInstanceOf(TransferException.Connection.class)
          .hasMessageContaining("without TLS saying that it was all");
    }
  }

  @ParameterizedTest
  @EnumSource(TlsVersions.class)
  void strayReplyInARecordOfItsOwnIsNotTakenForAnAnswer(TlsVersions versions) throws Exception {
    server.file("a", new byte[] {1});
    CountDownLatch said = new CountDownLatch(1);
    server.on(
        "MLST",
        (exchange, name) -> {
          exchange.ordinarily();
          exchange.reply("250 stray");
          said.countDown();
        });
    server.on("DELE", "550 you may not");
    try (FileTransfer ftp = FtpTransfer.connect(settings().tlsVersions(versions).build())) {
      assertThat(ftp.stat("a")).isPresent();
      said.await();
      assertThatThrownBy(() -> ftp.delete("a"))
          .isInstanceOf(TransferException.Connection.class)
          .hasMessageContaining("The server said '250 stray' without being asked");
    }
    assertThat(server.received()).noneMatch(each -> each.startsWith("DELE"));
  }

  @Test
  void sessionThatTlsEndedIsMadeAnew() throws Exception {
    server.file("a", new byte[] {1});
    CountDownLatch ended = new CountDownLatch(1);
    server.on(
        "MLST",
        (exchange, name) -> {
          exchange.ordinarily();
          if (exchange.number() == 1) {
            exchange.hangUp();
            ended.countDown();
          }
        });
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.stat("a")).isPresent();
      ended.await();
      assertThat(ftp.download("a", local.resolve("a")).bytes()).isEqualTo(1);
    }
  }

  @Test
  void implicitTlsIsThereFromTheFirstByte() throws Exception {
    Path source = Files.write(local.resolve("source"), random(6, 1000));
    try (FtpSandbox sandbox = FtpSandbox.secured(local, good, true)) {
      // that server's greeting sometimes overtakes the end of its own handshake
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsMatching(e -> String.valueOf(e).contains("before handshake complete"))
          .untilAsserted(
              () -> {
                try (FileTransfer ftp = FtpTransfer.connect(sandbox.settings().build())) {
                  assertThat(ftp.upload(source, "x").tls()).isPresent();
                }
              });
    }
    assertThat(local.resolve("x")).hasSameBinaryContentAs(local.resolve("source"));
  }

  @Test
  void implicitTlsAtAPortWithoutItIsSaid() {
    FtpServer implicit = settings().protection(Protection.IMPLICIT).build();
    assertThatThrownBy(() -> FtpTransfer.connect(implicit))
        .isInstanceOf(TransferException.Protocol.class)
        .hasMessageContaining("is TLS implicit at this port");
  }

  private FileTransfer connect() {
    return FtpTransfer.connect(settings().build());
  }

  private FtpServer.Builder settings() {
    try {
      return settings(ServerTrust.authorities(good.pem()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private FtpServer.Builder settings(@org.jspecify.annotations.Nullable ServerTrust trust) {
    FtpServer.Builder settings =
        FtpServer.builder()
            .host("127.0.0.1")
            .port(server.port())
            .protection(Protection.EXPLICIT)
            .credentials(new Credentials("me", () -> "planted-secret"))
            .loginTimeout(Duration.ofSeconds(5))
            .sleeper(wait -> {})
            .random(new Random(1))
            .maxReconnects(1);
    return trust == null ? settings : settings.trust(trust);
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
