package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFtpServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Round trips of data connections that are spared, and servers that do not like it. */
@Timeout(60)
@ExtendWith(Leaks.class)
class FtpAheadIT {
  private static final byte[] CONTENT = {1, 2, 3};

  private ScriptedFtpServer server;
  @TempDir Path local;

  @BeforeEach
  void start() {
    server =
        ScriptedFtpServer.start()
            .features("UTF8", "MLST type*;size*;modify*;", "REST STREAM", "MFMT");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private FileTransfer connect() {
    return FtpTransfer.connect(
        FtpServer.builder()
            .host("127.0.0.1")
            .port(server.port())
            .credentials(new Credentials("me", () -> "planted-secret"))
            .protection(Protection.NONE)
            .sleeper(wait -> {})
            .maxReconnects(2)
            .replyTimeout(Duration.ofMillis(500))
            .build());
  }

  private void upload(FileTransfer ftp, int files) throws IOException {
    Path source = Files.write(local.resolve("source"), CONTENT);
    for (int i = 0; i < files; i++) {
      TransferReceipt receipt = ftp.upload(source, "f" + i);
      assertThat(receipt.reconnects()).isZero();
    }
    assertThat(server.files()).hasSize(files);
    assertThat(server.files().values()).allMatch(each -> Arrays.equals(each, CONTENT));
  }

  private long asked() {
    return Collections.frequency(server.received(), "EPSV");
  }

  @Test
  void thePortOfTheNextUploadIsAskedForWithTheRenamingOfTheLast() throws IOException {
    try (FileTransfer ftp = connect()) {
      upload(ftp, 6);
    }
    List<String> said = server.received();
    int renamed = said.lastIndexOf("EPSV");
    assertThat(said.get(renamed - 1)).startsWith("RNTO");
    assertThat(said.subList(renamed, said.size())).noneMatch(each -> each.startsWith("STOR"));
    assertThat(asked())
        .as("two at their time, and one for each that has been renamed")
        .isEqualTo(7);
  }

  @Test
  void aServerThatForgetsThePortIsAskedAtItsTimeFromThenOn() throws IOException {
    AtomicBoolean isFresh = new AtomicBoolean();
    server.on(
        "EPSV",
        (exchange, argument) -> {
          isFresh.set(true);
          exchange.ordinarily();
        });
    for (String verb : List.of("MFMT", "SIZE", "RNFR", "RNTO", "MLST")) {
      server.on(
          verb,
          (exchange, argument) -> {
            isFresh.set(false);
            exchange.ordinarily();
          });
    }
    server.on(
        "STOR",
        (exchange, name) -> {
          if (isFresh.get()) {
            exchange.ordinarily();
          } else {
            exchange.reply("425 Use EPSV first");
          }
        });
    try (FileTransfer ftp = connect()) {
      upload(ftp, 6);
    }
    long refused = server.received().stream().filter(each -> each.startsWith("STOR")).count() - 6;
    assertThat(refused).as("refused once, if at all").isLessThanOrEqualTo(1);
  }

  @Test
  void aServerThatWaitsAtThePortAndSaysNothingIsAskedAtItsTimeFromThenOn() throws IOException {
    Set<Integer> waiting = ConcurrentHashMap.newKeySet(); // by control connection
    server.on(
        "EPSV",
        (exchange, argument) -> {
          waiting.add(exchange.number());
          exchange.ordinarily();
        });
    server.on(
        "STOR",
        (exchange, name) -> {
          waiting.remove(exchange.number());
          exchange.ordinarily();
        });
    server.on(
        "MLST",
        (exchange, name) -> {
          if (!waiting.contains(exchange.number())) {
            exchange.ordinarily();
          }
        });
    Path source = Files.write(local.resolve("source"), CONTENT);
    int reconnects = 0;
    try (FileTransfer ftp = connect()) {
      for (int i = 0; i < 8; i++) {
        reconnects += ftp.upload(source, "f" + i).reconnects();
      }
    }
    assertThat(reconnects).isEqualTo(1);
    assertThat(server.files()).hasSize(8);
  }

  @Test
  void whatIsRefusedBeforeAnybodyConnectsIsToldInTheServersWords() throws IOException {
    server.file("x", CONTENT);
    try (FileTransfer ftp = connect()) {
      ftp.download("x", local.resolve("x"));
      server.on("RETR", "550 not today");
      assertThatThrownBy(() -> ftp.download("x", local.resolve("y")))
          .isInstanceOf(TransferException.NotFound.class)
          .hasMessageContaining("not today");
      server.on("RETR", (exchange, name) -> exchange.ordinarily());
      ftp.download("x", local.resolve("y"));
    }
    assertThat(local.resolve("y")).hasBinaryContent(CONTENT);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void aDataPortThatIsShutIsTold() throws IOException {
    server.file("x", CONTENT);
    try (FileTransfer ftp = connect()) {
      ftp.download("x", local.resolve("x"));
      server.on("EPSV", "229 come in (|||1|)");
      server.on("RETR", "425 nobody came");
      assertThatThrownBy(() -> ftp.download("x", local.resolve("y")))
          .isInstanceOf(TransferException.Connection.class)
          .hasMessageContaining("refused");
    }
    assertThat(server.received()).doesNotContain("PASV");
  }
}
