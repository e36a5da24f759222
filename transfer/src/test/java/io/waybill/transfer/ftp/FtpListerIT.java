package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.Script;
import io.waybill.testkit.ScriptedServer;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@ExtendWith(Leaks.class)
class FtpListerIT {
  private static final String FILE = "-rw-r--r-- 1 me me 5 Nov 20 2025 ";
  private static final String ITSELF = "drwxr-xr-x 1 me me 5 Nov 20 2025 .";
  private static final Script NOTHING = Script.start().drop();

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
    return FtpTransfer.connect(
        FtpServer.builder()
            .host("127.0.0.1")
            .port(control.port())
            .credentials(new Credentials("me", () -> "secret"))
            .build());
  }
}
