package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.tcp.server.TransferServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whichever way a copy goes, what has a strange name is copied or told of. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class CopyNamesIT {
  private static final String KEY = "a-key-of-no-one";

  @TempDir Path directory;
  private Path from;
  private Path served;
  private TransferServer server;

  @BeforeEach
  void serve() throws Exception {
    from = Files.createDirectories(directory.resolve("from"));
    served = Files.createDirectories(directory.resolve("served"));
    // Java cannot write a name that is no text
    String script =
        """
        cd "$1" && echo a >a.txt && echo b >b.wbpart && echo c >.a.txt.0123456789abcdef.wbpart
        mkdir d.wbpart && echo d >d.wbpart/in && echo e >"$(printf 'bad\\377')"
        ln -s a.txt link && mkfifo pipe
        """;
    Process shell = new ProcessBuilder("sh", "-c", script, "sh", from.toString()).start();
    assertThat(shell.waitFor()).isZero();
    server = TransferServer.builder(served).plaintext().user("ann", () -> KEY).build().start();
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void aTreeToAServer() {
    requireAllTold(copy(from + "/", uri("tree/")));
  }

  @Test
  void aTreeFromAServer() throws Exception {
    Files.move(from, served.resolve("tree"));
    requireAllTold(copy(uri("tree/"), directory.resolve("to") + "/"));
    requireAllTold(copy(uri("tree/"), directory.resolve("again") + "/", "--settle", "1ms"));
  }

  @Test
  void aTreeFromServerToServer() throws Exception {
    Files.move(from, served.resolve("tree"));
    requireAllTold(copy(uri("tree/"), uri("to/")));
  }

  @Test
  void byAPlan() {
    requireAllTold(copy(from + "/", uri("tree/"), "--policy", "rename"));
    requireAllTold(copy(from + "/", directory.resolve("to") + "/"));
    requireAllTold(copy(from + "/*", uri("pattern/")));
    CommandLineRun filtered =
        copy(from + "/", uri("f/"), "--exclude", "*.wbpart", "--exclude", "bad*");
    assertThat(filtered.code()).as(filtered.err()).isZero();
  }

  private static void requireAllTold(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isEqualTo(8);
    assertThat(run.out())
        .contains("left out, a symbolic link, not followed: ")
        .contains("left out, neither file nor directory: ")
        .containsPattern("(?m)^copied 1 file,");
    assertThat(run.err())
        .contains(
            "b.wbpart': its name ends in .wbpart, which is reserved for unfinished files; rename it")
        .contains("bad\ufffd': its name is not valid UTF-8; rename it")
        .contains("mend what is said above")
        .doesNotContain("0123456789abcdef");
  }

  private String uri(String path) {
    return "waybill://ann@127.0.0.1:" + server.port() + "/" + path;
  }

  private CommandLineRun copy(String source, String target, String... more) {
    String[] line = new String[more.length + 6];
    System.arraycopy(
        new String[] {"copy", source, target, "--key-env", "K", "--plaintext"}, 0, line, 0, 6);
    System.arraycopy(more, 0, line, 6, more.length);
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", directory.resolve("state").toString(), "K", KEY), line);
  }
}
