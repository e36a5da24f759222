package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.testkit.Leaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Source and target at one server, or one directory in the other. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(Leaks.class)
class OneServerIT {
  private static final int MANY = 42;
  @TempDir Path home;
  @TempDir Path here;
  private Sandbox server;

  @BeforeEach
  void start() throws Exception {
    server = Sandbox.start(home, here.resolve("hub"));
    Files.createDirectories(home.resolve("in/sub"));
    for (int i = 0; i < MANY; i++) {
      write(home.resolve("in/f" + i), "content " + i);
    }
    write(home.resolve("in/sub/s"), "s");
  }

  // to the second: so FTP servers keep it, and a copy's time is its source's
  private static void write(Path file, String content) throws IOException {
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String ftp(String path) {
    return "ftp://%s@%s:%d%s"
        .formatted(server.ftpLogin().user(), server.host(), server.ftpPort(), path);
  }

  private CommandLineRun run(String... words) {
    List<String> all = new ArrayList<>(List.of("--state", here.resolve("state").toString()));
    all.addAll(List.of(words));
    Map<String, String> environment =
        Map.of(
            "HOME", here.toString(),
            "FTP_KEY", server.ftpLogin().password(),
            "XDG_CONFIG_HOME", here.resolve("none").toString());
    return CommandLineRun.of(environment, all.toArray(String[]::new));
  }

  private CommandLineRun atServer(String verb, String from, String to, String... more) {
    List<String> words = new ArrayList<>(List.of(verb, "--key-env", "FTP_KEY"));
    words.addAll(List.of(more));
    words.addAll(List.of(ftp(from), ftp(to)));
    return run(words.toArray(String[]::new));
  }

  @Test
  void aFileThatIsMovedToItselfStays() {
    for (String to : List.of("/in/f1", "/in/sub/../f1", "//in/./f1")) {
      CommandLineRun moved = atServer("move", "/in/f1", to);
      assertThat(moved.code()).as(moved.err()).isEqualTo(2);
      assertThat(moved.err()).contains("the same file");
    }
    assertThat(atServer("move", "/in", "/in/").code()).isEqualTo(2);
    assertThat(atServer("copy", "/in/f1", "/in/f1").code()).isEqualTo(2);
    assertThat(home.resolve("in/f1")).hasContent("content 1");
    assertThat(home.resolve("in/sub/s")).hasContent("s");
  }

  @Test
  void aMoveWithinTheServerIsARename() throws IOException {
    Object inode = Files.getAttribute(home.resolve("in/f1"), "unix:ino");
    write(home.resolve("old"), "an older target");
    CommandLineRun moved = atServer("move", "/in/f1", "/old");
    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(moved.out()).contains("by renaming");
    assertThat(home.resolve("old")).hasContent("content 1");
    assertThat(Files.getAttribute(home.resolve("old"), "unix:ino")).isEqualTo(inode);
    assertThat(home.resolve("in/f1")).doesNotExist();

    write(home.resolve("there"), "kept");
    CommandLineRun failed = atServer("move", "/old", "/there", "--policy", "fail");
    assertThat(failed.code()).isNotZero();
    assertThat(home.resolve("there")).hasContent("kept");
    assertThat(home.resolve("old")).hasContent("content 1");
  }

  @Test
  @Timeout(value = 50, unit = TimeUnit.SECONDS)
  void aTreeIsSyncedWithinTheServer() {
    CommandLineRun synced = atServer("sync", "/in", "/out");
    assertThat(synced.code()).as(synced.err()).isZero();
    assertThat(synced.out()).contains("copied " + (MANY + 1));
    assertThat(home.resolve("out/f41")).hasContent("content 41");
    assertThat(home.resolve("out/sub/s")).hasContent("s");
  }

  @Test
  void aStarOfANameIsNoPattern() throws IOException {
    write(home.resolve("in/*.x"), "star");
    write(home.resolve("in/a.x"), "a");
    CommandLineRun moved = atServer("move", "/in/%2A.x", "/out/");
    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(home.resolve("out").toFile().list()).containsExactly("*.x");
    assertThat(home.resolve("in/a.x")).hasContent("a");
    assertThat(atServer("move", "/in/%2A.x", "/out/").code()).isEqualTo(3);
    assertThat(atServer("move", "/in/%3F*.x", "/out/").code()).isEqualTo(2);
  }

  @Test
  void bracketsOfANameAreNoPattern() throws IOException {
    write(home.resolve("in/f1.x"), "other");
    assertThat(atServer("move", "/in/f%5B1%5D.x", "/out/").code()).isEqualTo(3);
    assertThat(home.resolve("in/f1.x")).hasContent("other");
    write(home.resolve("in/f[1].x"), "this");
    CommandLineRun moved = atServer("move", "/in/f%5B1%5D.x", "/out/");
    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(home.resolve("out").toFile().list()).containsExactly("f[1].x");
  }

  @Test
  void aTargetWithinItsSourceIsRefused() {
    assertThat(atServer("sync", "/in", "/in/deep").err()).contains("one lies in the other");
    assertThat(atServer("sync", "/in/sub", "/in", "--delete").err()).contains("lies in the other");
    assertThat(atServer("watch", "/in", "/in/sub/x/", "-r", "--once").err()).contains("lies in");
    String local = here.toString();
    assertThat(run("sync", local, local + "/x").err()).contains("one lies in the other");
    assertThat(home.resolve("in/deep")).doesNotExist();
  }

  @Test
  void whatAWatchFindsIsComparedWithItsSidecar() throws IOException {
    Path from = Files.createDirectories(here.resolve("from"));
    Files.writeString(from.resolve("forged"), "forged");
    Files.writeString(from.resolve("forged.sha256"), "0".repeat(64) + "  forged\n");
    CommandLineRun watched =
        run(
            "watch",
            "--once",
            "--settle",
            "10ms",
            "--check-sidecar",
            from.toString(),
            here + "/to/");
    assertThat(watched.err()).contains("nothing was published");
    assertThat(here.resolve("to/forged")).doesNotExist();
  }

  @Test
  void aSyncTakesOnlyWhatItsFiltersDoAndSaysWhatItLeaves() throws IOException {
    Path from = Files.createDirectories(here.resolve("from"));
    Path to = here.resolve("to");
    Files.createDirectories(to.resolve("clash"));
    write(from.resolve("small"), "1");
    write(from.resolve("large"), "1".repeat(5000));
    write(from.resolve("clash"), "1".repeat(5000));
    Files.writeString(from.resolve("new"), "1".repeat(5000));
    Files.createSymbolicLink(from.resolve("link"), from.resolve("small"));
    CommandLineRun synced =
        run("sync", "--older", "1d", "--larger", "4KiB", from.toString(), to.toString());
    assertThat(synced.code()).as(synced.err()).isEqualTo(8);
    assertThat(to.toFile().list()).containsExactlyInAnyOrder("large", "clash");
    assertThat(synced.err()).contains("clash is a file at the source", "link is a link or special");
    assertThat(run("sync", "--newer", "2026-13-01", from.toString(), here + "/x").err())
        .contains("--newer", "no time");
  }

  @Test
  void aDeviceIsNotReplaced() throws IOException {
    Path pipe = here.resolve("pipe");
    assertThat(exitOf("mkfifo", pipe.toString())).isZero();
    Files.writeString(here.resolve("x"), "x");
    CommandLineRun copied = run("copy", here.resolve("x").toString(), pipe.toString());
    assertThat(copied.code()).isNotZero();
    assertThat(copied.err()).contains("a device, a pipe or a socket");
    assertThat(Files.readAttributes(pipe, "isOther")).containsEntry("isOther", true);
  }

  private static int exitOf(String... command) throws IOException {
    try {
      return new ProcessBuilder(command).start().waitFor();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
