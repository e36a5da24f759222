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
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that lie, talk without end, or say nothing. */
@Timeout(60)
@ExtendWith(Leaks.class)
class HostileFtpServerIT {
  private static final String[] FEATURES = {"MLST type*;size*;modify*;", "REST STREAM", "MFMT"};
  private ScriptedFtpServer server;
  @TempDir Path local;

  @BeforeEach
  void start() {
    server = ScriptedFtpServer.start().features(FEATURES);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void endlessBannerIsBounded() {
    server.on(ScriptedFtpServer.GREETING, (exchange, none) -> endless(exchange, "220-"));
    assertThatThrownBy(this::connect).isInstanceOf(TransferException.Protocol.class);
  }

  @Test
  void bannerOfTenMebibytesIsBounded() {
    server.on(
        ScriptedFtpServer.GREETING,
        (exchange, none) -> {
          for (int i = 0; i < 10 << 10; i++) {
            exchange.reply("220-" + "welcome ".repeat(128));
          }
          exchange.reply("220 at last");
        });
    assertThatThrownBy(this::connect).isInstanceOf(TransferException.Protocol.class);
  }

  @Test
  void endlessReplyIsBounded() {
    server.on("MLST", (exchange, none) -> endless(exchange, "250-"));
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.stat("x")).isInstanceOf(TransferException.Protocol.class);
      await()
          .untilAsserted(
              () -> assertThat(server.received()).anyMatch(each -> each.contains("ended:")));
    }
  }

  @Test
  void replyThatTricklesForEverIsATimeout() {
    server.on(
        "MLST",
        (exchange, none) -> {
          while (true) {
            exchange.raw(new byte[] {'2'});
            pause(300);
          }
        });
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.stat("x")).isInstanceOf(TransferException.Timeout.class);
    }
  }

  @Test
  void silentServerIsATimeout() {
    server.on(ScriptedFtpServer.GREETING, (exchange, none) -> {});
    assertThatThrownBy(this::connect)
        .isInstanceOfSatisfying(
            TransferException.Timeout.class, e -> assertThat(e.isTransient()).isTrue());
  }

  @Test
  void busyServerIsTransient() {
    server.on(ScriptedFtpServer.GREETING, "421 too many connections");
    assertThatThrownBy(this::connect)
        .isInstanceOfSatisfying(
            TransferException.Connection.class, e -> assertThat(e.isTransient()).isTrue())
        .hasMessageContaining("too many connections");
  }

  @Test
  void fiveTimesBusyIsSurvived() throws IOException {
    byte[] content = random(1, 1000);
    server.file("x", content);
    AtomicInteger busy = new AtomicInteger();
    server.on(
        "RETR",
        (exchange, name) -> {
          if (busy.incrementAndGet() <= 5) {
            exchange.reply("421 going down for a moment");
            exchange.hangUp();
          } else {
            exchange.ordinarily();
          }
        });
    try (FileTransfer ftp = FtpTransfer.connect(settings().maxReconnects(5).build())) {
      TransferReceipt receipt = ftp.download("x", local.resolve("x"));
      assertThat(receipt.reconnects()).isEqualTo(5);
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void idleSessionThatWasSaidGoodbyeToIsMadeAnew() throws IOException {
    byte[] content = random(2, 1000);
    server.file("x", content);
    AtomicInteger asked = new AtomicInteger();
    server.on(
        "MLST",
        (exchange, name) -> {
          exchange.ordinarily();
          if (asked.incrementAndGet() == 1) {
            exchange.reply("421 timeout");
            exchange.hangUp();
          }
        });
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.stat("x")).isPresent();
      assertThat(ftp.download("x", local.resolve("x")).bytes()).isEqualTo(1000);
    }
  }

  @Test
  void strayReplyIsNotTakenForAnAnswer() throws IOException {
    byte[] content = random(3, 1000);
    server.file("x", content).file("y", random(4, 7));
    AtomicInteger asked = new AtomicInteger();
    server.on(
        "MLST",
        (exchange, name) -> {
          if (asked.incrementAndGet() > 1) {
            exchange.ordinarily();
            return;
          }
          // in one write: if it comes late, nobody can tell
          exchange.reply(
              "250-here",
              " type=file;size=1000;modify=20240229225958; x",
              "250 end",
              "250-here",
              " type=file;size=7;modify=20200101000000; y",
              "250 end");
        });
    try (FileTransfer ftp = connect()) {
      TransferReceipt receipt = ftp.download("x", local.resolve("x"));
      assertThat(receipt.bytes()).isEqualTo(1000);
      assertThat(receipt.reconnects()).isEqualTo(1);
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RNFR", "RNTO"})
  void replyThatAnswersSomethingElseEndsTheSession(String verb) {
    server.file("x", random(3, 10));
    server.on(verb, verb.equals("RNFR") ? "250 done" : "350 and then?");
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.rename("x", "y"))
          .isInstanceOf(TransferException.Connection.class)
          .hasMessageContaining("answers something else");
      assertThat(ftp.stat("x")).isPresent();
    }
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void secretThatTheServerRepeatsIsHidden() {
    server.on("PASS", "530 wrong: planted-secret");
    assertThatThrownBy(this::connect)
        .isInstanceOf(TransferException.Authentication.class)
        .hasMessageNotContaining("planted-secret")
        .hasStackTraceContaining("***");
  }

  @Test
  void claimedSizeBeyondAllBoundsIsRefused() {
    for (String size : new String[] {"9223372036854775807", "9223372036854775808", "-5"}) {
      server.on("MLST", "250-x", " type=file;size=" + size + "; x", "250 end");
      try (FileTransfer ftp = connect()) {
        assertThatThrownBy(() -> ftp.download("x", local.resolve("x")))
            .isInstanceOf(TransferException.Protocol.class);
      }
    }
    assertThat(local).isEmptyDirectory();
  }

  @Test
  void bogusPassiveReplyIsAnError() {
    server.on("MLST", "250-x", " type=dir; x", "250 end");
    for (String port : new String[] {"99999", "0", "-1", "x", "4294967317"}) {
      server.on("EPSV", "229 come in (|||" + port + "|)");
      try (FileTransfer ftp = connect()) {
        assertThatThrownBy(() -> ftp.list("x", false))
            .isInstanceOf(TransferException.Protocol.class);
      }
    }
    server.on("EPSV", "500 what?");
    for (String where : new String[] {"300,1,2,3,999,4", "1,2,3", "", "127,0,0,1,0,0"}) {
      server.on("PASV", "227 come in (" + where + ")");
      try (FileTransfer ftp = connect()) {
        assertThatThrownBy(() -> ftp.list("x", false))
            .isInstanceOf(TransferException.Protocol.class);
      }
    }
  }

  @Test
  void passiveReplyWithAnotherHostLeadsToTheServerAllTheSame() throws IOException {
    server.file("x", random(5, 10)).on("EPSV", "502 what?");
    server.on(
        "PASV",
        (exchange, none) -> {
          int port = exchange.listen();
          exchange.reply("227 come in (192,0,2,1," + (port >> 8) + "," + (port & 255) + ")");
        });
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly("x");
      assertThat(ftp.list("", false)).hasSize(1);
      assertThat(ftp.download("x", local.resolve("x")).bytes()).isEqualTo(10);
    }
    assertThat(server.received()).as("asked once").containsOnlyOnce("EPSV");
  }

  @Test
  void extendedPortThatNobodyListensOnIsTriedAsPassive() {
    server.file("x", random(6, 10));
    server.on(
        "EPSV",
        (exchange, none) -> {
          int port = exchange.listen();
          exchange.close();
          exchange.reply("229 come in (|||" + port + "|)");
        });
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.list("", false)).hasSize(1);
      assertThat(ftp.list("", false)).hasSize(1);
    }
    assertThat(server.received()).containsOnlyOnce("EPSV");
  }

  @Test
  void storedLessThanItSaysIsNotPublished() throws IOException {
    server.on(
        "STOR",
        (exchange, name) -> {
          exchange.reply("150 go");
          byte[] all = exchange.receive();
          exchange.files().put(name, Arrays.copyOf(all, all.length / 2));
          exchange.reply("226 all of it, trust me");
        });
    Path source = Files.write(local.resolve("source"), random(7, 100_000));
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.upload(source, "target"))
          .isInstanceOf(TransferException.Integrity.class)
          .hasMessageContaining("stored 50000 of 100000 bytes");
    }
    assertThat(server.files()).doesNotContainKey("target");
  }

  @Test
  void finalReplyThatNeverComesIsDecidedByTheSize() throws IOException {
    byte[] content = random(8, 300_000);
    AtomicInteger stored = new AtomicInteger();
    server.on(
        "STOR",
        (exchange, name) -> {
          stored.incrementAndGet();
          exchange.reply("150 go");
          exchange.files().put(name, exchange.receive());
        });
    Path source = Files.write(local.resolve("source"), content);
    try (FileTransfer ftp = FtpTransfer.connect(settings().replyTimeout(millis(500)).build())) {
      TransferReceipt receipt = ftp.upload(source, "target");
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesSent()).as("sent once").isEqualTo(content.length);
    }
    assertThat(stored).hasValue(1);
    assertThat(server.files()).containsOnlyKeys("target");
    assertThat(server.files().get("target")).isEqualTo(content);
  }

  @Test
  void reasonThatAnUploadBrokeForIsSaid() throws IOException {
    server.on(
        "STOR",
        (exchange, name) -> {
          exchange.reply("150 go");
          exchange.plainData().close();
          exchange.reply("552 quota exceeded");
        });
    Path source = Files.write(local.resolve("source"), random(9, 30_000_000));
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.upload(source, "target"))
          .isInstanceOf(TransferException.Refused.class)
          .hasMessageContaining("quota exceeded");
    }
  }

  @Test
  void nameThatLeadsElsewhereIsAnError() {
    for (String name : new String[] {"../../x", "/etc/passwd", "a/b", ""}) {
      server.on(
          "MLSD", (exchange, none) -> exchange.send(ascii("type=file;size=1; " + name + "\r\n")));
      try (FileTransfer ftp = connect()) {
        assertThatThrownBy(() -> ftp.list("", true)).isInstanceOf(TransferException.Protocol.class);
      }
    }
  }

  @Test
  void lineOfAListingThatCannotBeReadIsAnError() {
    server.features().on("LIST", (exchange, none) -> exchange.send(ascii("what is this?\r\n")));
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.list("", false))
          .isInstanceOf(TransferException.Protocol.class)
          .hasMessageContaining("what is this?");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java.lang.Thread", "Plan 9", "", "UNIX", "215"})
  void nameOfTheSystemChoosesNoClass(String system) {
    server.features().file("x", random(10, 3)).on("SYST", "215 " + system);
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly("x");
    }
  }

  @Test
  void bytesOneByOneAreStillReplies() throws IOException {
    byte[] content = random(11, 5000);
    server.file("x", content);
    server.on(
        "MLST",
        (exchange, name) -> {
          for (byte each : ascii("250-here\r\n type=file;size=5000; x\r\n250 end\r\n")) {
            exchange.raw(new byte[] {each});
          }
        });
    server.on(
        "RETR",
        (exchange, name) -> {
          exchange.reply("150 slowly");
          try (Socket data = exchange.data()) {
            for (byte each : content) {
              data.getOutputStream().write(each);
            }
          }
          exchange.reply("226 done");
        });
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.download("x", local.resolve("x")).bytes()).isEqualTo(5000);
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void linesThatEndWithLineFeedAloneAreLines() throws IOException {
    server.file("x", random(12, 100)).on("EPSV", "502 no");
    server.on(ScriptedFtpServer.GREETING, (exchange, none) -> exchange.raw(ascii("220 hi\n")));
    server.on("USER", (exchange, none) -> exchange.raw(ascii("331-well\n331 secret?\n")));
    server.on(
        "FEAT",
        (exchange, none) ->
            exchange.raw(ascii("211-Features\n MLST type*;size*;\n REST STREAM\n211 End\n")));
    server.on(
        "MLSD",
        (exchange, none) -> exchange.send(ascii("type=file;size=1; a\ntype=file;size=2; b")));
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly("a", "b");
      assertThat(ftp.download("x", local.resolve("x")).bytes()).isEqualTo(100);
    }
  }

  @Test
  void partFileThatAnotherProcessPublishesMeanwhileLeavesNoHole() throws IOException {
    byte[] content = random(21, 1_000_000);
    Path source = Files.write(local.resolve("source"), content);
    AtomicInteger stored = new AtomicInteger();
    server.on(
        "STOR",
        (exchange, name) -> {
          switch (stored.getAndIncrement()) {
            case 0 -> {
              exchange.reply("150 go");
              exchange.files().put(name, Arrays.copyOf(exchange.receive(), 400_000));
              exchange.hangUp();
            }
            case 1 -> {
              exchange.files().remove(name); // renamed, after it was looked at
              exchange.ordinarily();
            }
            default -> exchange.ordinarily();
          }
        });
    try (FileTransfer ftp = connect()) {
      TransferReceipt receipt = ftp.upload(source, "target");
      assertThat(receipt.bytesResumed()).isZero();
    }
    assertThat(stored).hasValue(3);
    assertThat(server.files()).containsOnlyKeys("target").containsEntry("target", content);
  }

  @Test
  void controlConnectionThatEndsInTheMiddleIsMadeAnew() throws IOException {
    byte[] content = random(13, 1_000_000);
    server.file("x", content);
    server.on(
        "RETR",
        (exchange, name) -> {
          if (exchange.number() > 1) {
            exchange.ordinarily();
            return;
          }
          exchange.reply("150 here");
          try (Socket data = exchange.data()) {
            data.getOutputStream().write(content, 0, 400_000);
            exchange.hangUp();
          }
        });
    try (FileTransfer ftp = connect()) {
      TransferReceipt receipt = ftp.download("x", local.resolve("x"));
      assertThat(receipt.reconnects()).isEqualTo(1);
      assertThat(receipt.bytesResumed()).isEqualTo(400_000);
    }
    assertThat(local.resolve("x")).hasBinaryContent(content);
  }

  @Test
  void hundredThousandEntriesAreListed() {
    server.on("MLSD", (exchange, none) -> entries(exchange, 100_000));
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.list("", false)).hasSize(100_000);
    }
  }

  @Test
  void listingWithoutEndIsBounded() {
    server.on("MLSD", (exchange, none) -> entries(exchange, Integer.MAX_VALUE));
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.list("", false))
          .isInstanceOf(TransferException.Protocol.class)
          .hasMessageContaining("million");
    }
  }

  private static void entries(FtpExchange exchange, int count) throws IOException {
    exchange.reply("150 here they come");
    try (Socket data = exchange.data();
        OutputStream out = new BufferedOutputStream(data.getOutputStream(), 1 << 16)) {
      for (int i = 0; i < count; i++) {
        out.write(ascii("type=file;size=1; f" + i + "\r\n"));
      }
    }
    exchange.reply("226 done");
  }

  private static void endless(FtpExchange exchange, String beginning) throws IOException {
    exchange.raw(ascii(beginning));
    byte[] more = ascii("x".repeat(8192));
    while (true) {
      exchange.raw(more);
    }
  }

  private FileTransfer connect() {
    return FtpTransfer.connect(settings().build());
  }

  private FtpServer.Builder settings() {
    return FtpServer.builder()
        .host("127.0.0.1")
        .port(server.port())
        .credentials(new Credentials("me", () -> "planted-secret"))
        .connectTimeout(millis(2000))
        .loginTimeout(millis(2000))
        .replyTimeout(millis(2000))
        .sleeper(wait -> {})
        .random(new Random(1))
        .maxReconnects(1);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(millis);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
