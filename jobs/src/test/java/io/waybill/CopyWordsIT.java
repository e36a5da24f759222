package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.json.Json;
import io.waybill.testkit.ForkedJvm;
import io.waybill.transfer.tcp.server.Permission;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.TransferServer;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a copy that cannot be done says: what, where, why and what next. */
@Timeout(120)
class CopyWordsIT {
  private static final String KEY = "a-key-of-no-one-else";

  @TempDir Path directory;
  private Path served;
  private Path file;
  private TransferServer server;

  @BeforeEach
  void serve() throws Exception {
    served = Files.createDirectories(directory.resolve("served"));
    Files.createDirectories(served.resolve("poor"));
    file = Files.writeString(directory.resolve("a.txt"), "some text");
    server =
        TransferServer.builder(served)
            .plaintext()
            .user("ann", () -> KEY)
            .user(
                ServerUser.builder("drop").permissions(Set.of(Permission.WRITE)).build(), () -> KEY)
            .user(
                ServerUser.builder("take").permissions(Set.of(Permission.READ)).build(), () -> KEY)
            .user(ServerUser.builder("poor").root("poor").quotaBytes(10).build(), () -> KEY)
            .build()
            .start();
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void whoMayWriteOnlyPutsAFileAtAName() {
    CommandLineRun up = copy(file.toString(), uri("drop", "in/name.txt"), "--plaintext");

    assertThat(up.code()).as(up.err()).isZero();
    assertThat(served.resolve("in/name.txt")).hasContent("some text");
  }

  @Test
  void whoMayReadOnlyTakesAFileByItsName() throws Exception {
    Files.writeString(served.resolve("there.txt"), "some text");
    Path to = directory.resolve("to.txt");
    CommandLineRun down = copy(uri("take", "there.txt"), to.toString(), "--plaintext");
    assertThat(down.code()).as(down.err()).isZero();
    assertThat(to).hasContent("some text");
    assertThat(copy(uri("take", "none.txt"), to.toString(), "--plaintext").code()).isEqualTo(3);
    assertThat(copy(uri("take", "poor"), to.toString(), "--plaintext").code()).isEqualTo(11);

    CommandLineRun tree = copy(uri("take", "poor/"), directory + "/x/", "--plaintext");
    assertThat(tree.code()).isEqualTo(11);
    assertThat(tree.err()).contains("list");
    CommandLineRun settled =
        copy(uri("take", "there.txt"), to.toString(), "--plaintext", "--settle", "1s");
    assertThat(settled.code()).isEqualTo(2);
    assertThat(settled.err()).contains("permission list");
  }

  @Test
  void everyFileThatAQuotaKeepsOutSaysSoAndWhatFitsGoes() throws Exception {
    Path tree = Files.createDirectories(directory.resolve("tree"));
    for (int i = 0; i < 12; i++) {
      Files.writeString(tree.resolve("f" + i), "some text");
    }

    CommandLineRun up = copy(tree + "/", uri("poor", ""), "--plaintext", "--json");

    assertThat(up.code()).as(up.err()).isEqualTo(8);
    assertThat(up.out() + up.err())
        .contains("or ask for a larger")
        .doesNotContain("QUOTA_EXCEEDED");
    assertThat(up.out().split("ask for a larger", -1)).hasSize(12);
    assertThat(Json.readObject(up.out())).containsEntry("copied", 1L).containsEntry("failed", 11L);
  }

  @Test
  void filesThatAreNotThereAreNamed() {
    String none = directory.resolve("none").toString();
    CommandLineRun authority = copy(file.toString(), uri("ann", "x"), "--ca", none);
    assertThat(authority.code()).isEqualTo(2);
    assertThat(authority.err()).contains(none + " does not exist");
    CommandLineRun key =
        CommandLineRun.of(
            Map.of(), "copy", file.toString(), uri("ann", "x"), "--plaintext", "--key-file", none);
    assertThat(key.code()).isEqualTo(2);
    assertThat(key.err()).contains(none + " does not exist; create it").doesNotContain("job file");
    CommandLineRun trace =
        copy(file.toString(), uri("ann", "x"), "--plaintext", "--trace-file", none + "/x");
    assertThat(trace.code()).isEqualTo(2);
    assertThat(trace.err())
        .contains("the directory " + none + " does not exist; make it")
        .doesNotContain("Exception");
  }

  @Test
  void controlCharactersAreRefusedEarlyAndNeverPrinted() throws Exception {
    for (String path : new String[] {"x%0Ay", "x%00y", "x%1B%5B31m", "x%C2%85"}) {
      for (CommandLineRun run :
          new CommandLineRun[] {
            copy(file.toString(), uri("ann", path), "--plaintext"),
            copy(uri("ann", path), directory + "/", "--plaintext")
          }) {
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(path, "control character").hasLineCount(1);
      }
    }
    assertThat(copy(file.toString(), uri("ann%0A", "x"), "--plaintext").code()).isEqualTo(2);
    assertThat(copy(file.toString(), uri("%C3%A9", "x"), "--plaintext").err()).contains("in ASCII");
    CommandLineRun local = copy(directory.resolve("a\u001b[31m\nb").toString(), uri("ann", "x"));
    assertThat(local.err()).doesNotContain("\u001b").hasLineCount(1);
    CommandLineRun none = copy("a\0b", uri("ann", "x"), "--plaintext");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("not a path on this machine");
  }

  @Test
  void anUnknownOptionIsToldOfBeforeWhatIsMissing() {
    CommandLineRun run = copy("-rf", "a", "b", "--pin");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("waybill: unknown option \"-rf\"").doesNotContain("--pin");
    assertThat(CommandLineRun.of(Map.of(), "copy", "-rf").err()).contains("unknown option \"-rf\"");
    assertThat(CommandLineRun.of(Map.of(), "copy", "-vq").err()).contains("SRC... DST");
  }

  @Test
  void helpIsOfWhatThereIs() {
    assertThat(help("copy"))
        .contains("waybill://", "ftp://", "ftps://", "sftp://", "http://", "https://", "NAME:/");
    assertThat(CommandLineRun.of(Map.of(), "ls", "host:/x").err())
        .contains("no connection is called \"host\"", "sftp://host/PATH", "./host:/x");
    assertThat(help("copy")).contains("SRC... DST").doesNotContain("DST SRC").contains("--proxy");
    for (String[] line : new String[][] {{"serve"}, {"serve", "user"}, {"serve", "user", "add"}}) {
      assertThat(help(line)).doesNotContain("--proxy").contains("--state");
    }
    assertThat(CommandLineRun.of(Map.of(), "serve", "x", "--proxy", "socks5://h:1").code())
        .isEqualTo(2);
    CommandLineRun level =
        copy(file.toString(), uri("ann", "x"), "--plaintext", "--verify", "best");
    assertThat(level.err()).contains("size, size-mtime, digest");
    assertThat(
            copy(file.toString(), uri("ann", "x"), "--plaintext", "--verify", "size-mtime").code())
        .isZero();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkAtTheServerIsCalledOne() throws Exception {
    Files.writeString(Files.createDirectories(served.resolve("real")).resolve("in"), "x");
    Files.createSymbolicLink(served.resolve("link"), Path.of("real"));
    Files.createSymbolicLink(served.resolve("file"), Path.of("real/in"));
    String to = directory + "/to/";
    String tree = served.resolve("real").toString();
    for (String path : List.of("link/in", "link", "link/", "file", "link/sub/")) {
      CommandLineRun down = copy(uri("ann", path), to, "--plaintext");
      assertThat(down.code()).as(down.err()).isIn(3, 11);
      assertThat(down.err())
          .contains("a symbolic link, which the server does not follow; name the path that it")
          .doesNotContain("Too many levels", "there is no");
    }
    for (CommandLineRun up :
        List.of(
            copy(file.toString(), uri("ann", "link/new"), "--plaintext"),
            copy(tree + "/", uri("ann", "link/"), "--plaintext"),
            copy(tree + "/", uri("ann", "link/new/"), "--plaintext"))) {
      assertThat(up.code()).as(up.err()).isEqualTo(11);
      assertThat(up.err()).contains("goes through a symbolic link, which the server does not");
    }
    assertThat(served.resolve("real/new")).doesNotExist();
    assertThat(copy(uri("ann", "none"), to, "--plaintext").err()).contains("there is no ");
  }

  @Test
  void whatMakesNoSenseIsRefusedInItsOwnWords() {
    String target = uri("ann", "x");
    for (String[] each :
        new String[][] {
          {target.replace("/x", ",/x"), ",/x\" names an empty host"},
          {target.replace("/x", ",:33/x"), ",:33/x\" is not of the form"},
          {target.replace("/x", ",a b/x"), ",a b/x\" is no URI"},
          {"a\uFFFDb", "not valid UTF-8"},
          {directory + "/y --deadline 0s", "--deadline must be above 0"},
          {directory + "/y --deadline -5s", "--deadline is not a duration"},
          {directory + "/y --proxy socks5://h:1", "--proxy is for copies from or to a server"},
        }) {
      String[] words = each[0].startsWith("waybill") ? new String[] {each[0]} : each[0].split(" ");
      CommandLineRun run =
          copy(file.toString(), words[0], Arrays.copyOfRange(words, 1, words.length));
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.err()).contains(each[1]).hasLineCount(1);
    }
    CommandLineRun source = copy("a\uFFFDb", target, "--plaintext");
    assertThat(source.code()).isEqualTo(2);
    assertThat(source.err()).contains("not valid UTF-8", "rename the file");
    CommandLineRun probe = CommandLineRun.of(Map.of(), "probe", "--discover", target);
    assertThat(probe.code()).isEqualTo(2);
    assertThat(probe.err()).contains("exclude each other");
    CommandLineRun throughProxy =
        CommandLineRun.of(
            Map.of("WAYBILL_PROXY", "socks5://h:1"),
            "copy",
            file.toString(),
            directory.resolve("copy").toString());
    assertThat(throughProxy.code()).as(throughProxy.err()).isZero();
  }

  @Test
  void aPasswordInWhatIsNoLocationIsNotPrinted() {
    for (String mistyped :
        List.of("ann:s3cret@host:/x", "ann:s3/cr:e@t@host:x/y", "ann:s3cret@host:/x/*/y")) {
      for (String verb : List.of("copy", "sync", "verify", "watch")) {
        CommandLineRun run =
            CommandLineRun.of(Map.of("HOME", directory.toString()), verb, mistyped, "b");
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err())
            .contains("ann:***@host:", "write sftp://ann@host/PATH", "--key-file")
            .doesNotContain("s3", "cret");
      }
    }
    CommandLineRun listed = CommandLineRun.of(Map.of(), "ls", "-o", "json", "ann:s3cret@host:/x");
    assertThat(listed.out() + listed.err()).contains("ann:***@host").doesNotContain("s3cret");
  }

  @Test
  void aServerThatIsAwaySaysHowLongItWasTried() throws Exception {
    String away;
    try (ServerSocket taken = new ServerSocket(0)) {
      away = "waybill://ann@127.0.0.1:" + taken.getLocalPort() + "/x";
    }
    CommandLineRun quiet = copy(file.toString(), away, "--plaintext", "-q", "--deadline", "4s");
    assertThat(quiet.code()).isEqualTo(10);
    assertThat(quiet.err()).hasLineCount(1).contains("--deadline", "127.0.0.1");
  }

  @Test
  void aDirectoryThatIsNotThereAtTheServerIsTriedAgainAndTold() throws Exception {
    Files.delete(served.resolve("poor"));
    CommandLineRun run = copy(file.toString(), uri("poor", "x"), "--plaintext", "--deadline", "3s");
    assertThat(run.code()).isEqualTo(10);
    assertThat(run.err())
        .contains("the directory of user poor is not there", "try 2 of 8 follows in");
  }

  private static String help(String... line) {
    String[] all = Arrays.copyOf(line, line.length + 1);
    all[line.length] = "--help";
    return CommandLineRun.of(Map.of(), all).out();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aNameThatTheLocaleCannotWriteIsAFailureOfItsOwn() throws Exception {
    Files.createDirectories(served.resolve("tree"));
    Files.writeString(served.resolve("tree/größe"), "x");
    Files.writeString(served.resolve("tree/plain"), "x");
    Path to = directory.resolve("to");
    try (ForkedJvm posix =
        ForkedJvm.running(Main.class)
            .args("copy", uri("ann", "tree/"), to + "/", "--key-env", "K", "--plaintext")
            .environment("K", KEY)
            .environment("LC_ALL", "POSIX")
            .start()) {
      assertThat(posix.awaitExit(Duration.ofSeconds(60))).as(posix.output()).isEqualTo(8);
      assertThat(posix.output()).contains("set LC_ALL=C.UTF-8", "1 of 2 files");
    }
    assertThat(to.resolve("plain")).hasContent("x");
  }

  private String uri(String user, String path) {
    return "waybill://" + user + "@127.0.0.1:" + server.port() + "/" + path;
  }

  private CommandLineRun copy(String source, String target, String... more) {
    String[] line = new String[more.length + 5];
    System.arraycopy(new String[] {"copy", source, target, "--key-env", "K"}, 0, line, 0, 5);
    System.arraycopy(more, 0, line, 5, more.length);
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", directory.resolve("state").toString(), "K", KEY), line);
  }
}
