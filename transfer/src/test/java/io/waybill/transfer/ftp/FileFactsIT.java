package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.ScriptedFtpServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@ExtendWith(Leaks.class)
class FileFactsIT {
  private ScriptedFtpServer server;
  @TempDir Path local;

  @BeforeEach
  void start() {
    server = ScriptedFtpServer.start().on("MFMT", "500 what?");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void timeIsSetByMdtmWhereThatWorks() throws IOException {
    server.features("MDTM", "REST STREAM");
    server.on(
        "MDTM",
        (exchange, argument) -> {
          if (argument.matches("[0-9]{14} .+")) {
            exchange.reply("253 set");
          } else {
            exchange.ordinarily();
          }
        });
    uploadTwo();
    assertThat(sent("MDTM 20200101000000 ")).hasSize(2);
    assertThat(sent("SITE UTIME")).isEmpty();
  }

  @Test
  void wayToSetTimesIsLearnt() throws IOException {
    server.on(
        "SITE",
        (exchange, argument) ->
            exchange.reply(argument.endsWith(" UTC") ? "200 ok" : "500 Syntax error"));
    uploadTwo();
    assertThat(sent("MDTM 20200101000000 ")).hasSize(1);
    assertThat(sent("SITE UTIME 20200101000000 ")).hasSize(1);
    assertThat(sent("SITE UTIME ").stream().filter(each -> each.endsWith(" UTC"))).hasSize(2);
  }

  @Test
  void serverThatSetsNoModesIsAskedOnce() throws IOException {
    server.on("SITE", "502 no");
    uploadTwo();
    assertThat(sent("SITE CHMOD 640 ")).hasSize(1);
  }

  @Test
  void modeIsSetByMffWhereItIsOffered() throws IOException {
    server.features("MFF modify;UNIX.mode;").on("MFF", "213 ok");
    uploadTwo();
    assertThat(sent("MFF UNIX.mode=0640; ")).hasSize(2);
    assertThat(sent("SITE CHMOD")).isEmpty();
  }

  @Test
  void directoryIsTriedWhereThereAreNoFacts() {
    server.on("PWD", "257 \"/home of \"\"me\"\"\" is here");
    server.on(
        "CWD",
        (exchange, argument) ->
            exchange.reply(
                List.of("sub", "/home of \"me\"").contains(argument) ? "250 ok" : "550 no"));
    try (FileTransfer ftp = connect()) {
      assertThat(ftp.stat("sub").orElseThrow().kind()).isEqualTo(FileEntry.Kind.DIRECTORY);
      assertThat(ftp.stat("none")).isEmpty();
    }
    assertThat(server.received())
        .containsSubsequence("PWD", "CWD sub", "CWD /home of \"me\"", "CWD none")
        .containsOnlyOnce("PWD")
        .noneMatch(each -> each.startsWith("LIST"));
  }

  @Test
  void factsThatAreNotToldByThemselvesAreAskedFor() {
    server.features("MLST type*;size*;modify;perm*;UNIX.mode;");
    connect().close();
    assertThat(server.received()).contains("OPTS MLST type;size;modify;unix.mode;");
  }

  @Test
  void serverThatLosesWhatComesTooEarlyIsAskedOneByOne() throws IOException {
    server.features("UTF8", "MLST type*;size*;modify*;unix.mode*;").losingWhatComesTooEarly();
    uploadTwo();
    assertThat(server.connections()).as("the first is given up").isEqualTo(2);
    assertThat(sent("SIZE ")).isNotEmpty();
  }

  @Test
  void whatAFileIsGivenGoesOutTogetherWhereThatWorks() throws IOException {
    AtomicBoolean hadMore = new AtomicBoolean();
    server.features("UTF8", "MFMT").on("MFMT", "213 ok");
    server.on(
        "SITE",
        (exchange, argument) -> {
          hadMore.set(exchange.hasMore());
          exchange.reply("200 ok");
        });
    uploadTwo();
    assertThat(hadMore).as("MFMT and SIZE wait behind SITE CHMOD").isTrue();
  }

  private void uploadTwo() throws IOException {
    Path source = Files.write(local.resolve("source"), new byte[100]);
    Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r-----"));
    try (FileTransfer ftp = connect()) {
      ftp.upload(source, "one");
      ftp.upload(source, "two");
    }
    assertThat(server.files()).containsOnlyKeys("one", "two");
  }

  private List<String> sent(String beginning) {
    return server.received().stream().filter(each -> each.startsWith(beginning)).toList();
  }

  private FileTransfer connect() {
    return FtpTransfer.connect(
        FtpServer.builder()
            .host("127.0.0.1")
            .port(server.port())
            .credentials(new Credentials("me", () -> "secret"))
            .replyTimeout(Duration.ofSeconds(2))
            .build());
  }
}
