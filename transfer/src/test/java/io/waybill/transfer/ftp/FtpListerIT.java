package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.waybill.testkit.FtpExchange;
import io.waybill.testkit.Leaks;
import io.waybill.testkit.Script;
import io.waybill.testkit.ScriptedFtpServer;
import io.waybill.testkit.ScriptedServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.sync.LocalSide;
import io.waybill.transfer.sync.RemoteSide;
import io.waybill.transfer.sync.Sync;
import io.waybill.transfer.sync.SyncOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class FtpListerIT {
  private static final String FILE = "-rw-r--r-- 1 me me 5 Nov 20 2025 ";
  private static final String ITSELF = "drwxr-xr-x 1 me me 5 Nov 20 2025 .";
  private static final Script NOTHING = Script.start().drop();
  private static final String CRLF = "\r\n";
  private static final String LOCKED = "drwx------ 2 0 0 4096 Nov 20 2025 locked" + CRLF;
  private static final String SUB = "drwxr-xr-x 2 0 0 4096 Nov 20 2025 sub" + CRLF;

  @TempDir Path local;

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"150 here it comes", "550 -a: no such file"})
  void serverThatTakesTheOptionForANameIsAskedWithoutItFromThenOn(String answer) {
    Script listing = Script.start().reply(FILE + "seen").drop();
    try (ScriptedServer data = ScriptedServer.playing(NOTHING, listing)) {
      Script hello = listed(login(), data, "LIST -a", answer);
      Script first = untimed(listed(hello, data, "LIST", "150 x"), "seen");
      Script all = listed(first, data, "LIST", "150 x");
      try (ScriptedServer control = ScriptedServer.playing(all.expect("QUIT").reply("221 bye"))) {
        try (FileTransfer ftp = connect(control)) {
          assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly("seen");
          assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly("seen");
        }
        assertThat(control.problems()).isEmpty();
      }
    }
  }

  @Test
  void emptyListingDoesNotSpeakAgainstTheOption() {
    Script listing = Script.start().reply(ITSELF, FILE + ".hidden").drop();
    try (ScriptedServer data = ScriptedServer.playing(NOTHING, NOTHING, listing)) {
      Script none = listed(listed(login(), data, "LIST -a", "150 x"), data, "LIST", "150 x");
      Script all = untimed(listed(none, data, "LIST -a", "150 x"), ".hidden");
      try (ScriptedServer control = ScriptedServer.playing(all.expect("QUIT").reply("221 bye"))) {
        try (FileTransfer ftp = connect(control)) {
          assertThat(ftp.list("", false)).isEmpty();
          assertThat(ftp.list("", false)).extracting(FileEntry::path).containsExactly(".hidden");
        }
        assertThat(control.problems()).isEmpty();
      }
    }
  }

  @Test
  void directoryThatCannotBeReadIsAFailureAndCostsNoFileOfTheOtherSide() throws IOException {
    Path target = local.resolve("target");
    Files.createDirectories(target.resolve("locked"));
    Files.writeString(target.resolve("locked/y"), "hi");
    try (ScriptedFtpServer server = vsftpd("");
        FileTransfer ftp = connect(server.port())) {
      assertThatThrownBy(() -> ftp.list("", true))
          .isInstanceOf(TransferException.Refused.class)
          .hasMessageContaining("'locked'");
      Sync sync =
          new Sync(
              RemoteSide.of(ftp, ""),
              LocalSide.of(target),
              SyncOptions.builder().delete(true).build(),
              InstantSource.system());
      assertThatThrownBy(sync::plan)
          .as("without the whole source, nothing is planned")
          .isInstanceOf(TransferException.Refused.class);
      TreeReceipt tree = ftp.downloadTree("", local.resolve("copy"), TreeOptions.defaults());
      assertThat(tree.failures()).isNotEmpty();
    }
    assertThat(local.resolve("copy/locked/locked")).doesNotExist();
  }

  @Test
  void directoryThatMayBeEnteredButNotReadIsRefused() {
    try (ScriptedFtpServer server = vsftpd("locked");
        FileTransfer ftp = connect(server.port())) {
      assertThatThrownBy(() -> ftp.list("locked", false))
          .as("before the server has shown that directories list themselves")
          .isInstanceOf(TransferException.Refused.class)
          .hasMessageContaining("'locked'");
      assertThat(server.received()).contains("CWD locked/locked");
      assertThat(ftp.list("", false))
          .as("that one says nothing of hidden names elsewhere")
          .extracting(FileEntry::path)
          .containsExactlyInAnyOrder(".hidden", "locked");
      assertThatThrownBy(() -> ftp.list("locked", false))
          .isInstanceOf(TransferException.Refused.class);
    }
  }

  @Test
  void directoryThatHoldsOneOfItsOwnNameIsListedWhereNoneListsItself() {
    try (ScriptedFtpServer server = vsftpd("locked", "locked/locked");
        FileTransfer ftp = connect(server.port())) {
      assertThat(ftp.list("locked", false))
          .extracting(FileEntry::path, FileEntry::kind)
          .containsExactly(tuple("locked", FileEntry.Kind.DIRECTORY));
    }
  }

  @Test
  void emptyListingIsBelievedOfWhatCanBeEntered() {
    try (ScriptedFtpServer server = vsftpd("sub/empty");
        FileTransfer ftp = connect(server.port())) {
      server.on("LIST", (exchange, argument) -> send(exchange, argument.isEmpty() ? SUB : ""));
      server.on("CWD", (exchange, path) -> exchange.reply(path.equals("/") ? "250 ok" : "550 no"));
      assertThatThrownBy(() -> ftp.list("", true)).isInstanceOf(TransferException.NotFound.class);
      server.on("CWD", "250 ok");
      assertThat(ftp.list("", true)).extracting(FileEntry::path).containsExactly("sub");
    }
  }

  /** What vsftpd 3.0.3 says of a home with one directory, which it cannot read. */
  private static ScriptedFtpServer vsftpd(String... enterable) {
    ScriptedFtpServer server = ScriptedFtpServer.start();
    server.on(
        "LIST",
        (exchange, argument) ->
            send(
                exchange,
                argument.endsWith("locked")
                    ? LOCKED
                    : ITSELF + CRLF + ITSELF + "." + CRLF + FILE + ".hidden" + CRLF + LOCKED));
    server.on(
        "CWD",
        (exchange, path) ->
            exchange.reply(
                path.equals("/") || List.of(enterable).contains(path) ? "250 ok" : "550 no"));
    return server;
  }

  private static void send(FtpExchange exchange, String lines) throws IOException {
    exchange.send(lines.getBytes(StandardCharsets.US_ASCII));
  }

  private static Script login() {
    return Script.start()
        .reply("220 hello")
        .expect("USER me")
        .reply("331 secret?")
        .expect("PASS secret")
        .reply("230 in")
        .expect("FEAT")
        .reply("502 no")
        .expect("TYPE I")
        .reply("200 ok")
        .expect("SYST")
        .reply("215 UNIX Type: L8");
  }

  private static Script listed(
      Script before, ScriptedServer data, String command, String firstReply) {
    Script asked =
        before
            .expect("EPSV")
            .reply("229 come in (|||" + data.port() + "|)")
            .expect(command)
            .reply(firstReply);
    return firstReply.startsWith("1") ? asked.reply("226 done") : asked;
  }

  // asked for once
  private static Script untimed(Script before, String name) {
    return before.expect("MDTM " + name).reply("500 what?");
  }

  private static FileTransfer connect(ScriptedServer control) {
    return connect(control.port());
  }

  private static FileTransfer connect(int port) {
    return FtpTransfer.connect(
        FtpServer.builder()
            .host("127.0.0.1")
            .port(port)
            .credentials(new Credentials("me", () -> "secret"))
            .build());
  }
}
