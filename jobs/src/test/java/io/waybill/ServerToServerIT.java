package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.json.Json;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.tls.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code waybill copy} does between servers, and its options, with two servers over TLS. */
@Timeout(120)
class ServerToServerIT {
  @TempDir Path directory;
  private Path here;
  private Path there;
  private Identity first;
  private Identity second;
  private TransferServer source;
  private TransferServer target;

  @BeforeEach
  void serve() throws Exception {
    here = Files.createDirectories(directory.resolve("here"));
    there = Files.createDirectories(directory.resolve("there"));
    first = Identity.loadOrMake(directory.resolve("first"), "waybill", InstantSource.system());
    second = Identity.loadOrMake(directory.resolve("second"), "waybill", InstantSource.system());
    source =
        TransferServer.builder(here).identity(first).user("ann", () -> "key-1").build().start();
    target =
        TransferServer.builder(there).identity(second).user("bob", () -> "key-2").build().start();
  }

  @AfterEach
  void end() {
    source.close();
    target.close();
  }

  @Test
  void aFileGoesFromServerToServer() throws Exception {
    Path file = write(here.resolve("a.bin"), 9_000_000);

    CommandLineRun run = relay("a.bin", "in/b.bin", "--json");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(there.resolve("in/b.bin")).hasSameBinaryContentAs(file);
    assertThat(Json.readObject(run.out())).containsEntry("bytes", 9_000_000L);
  }

  @Test
  void aTreeGoesFromServerToServerAndWhatIsEqualIsLeftAlone() throws Exception {
    for (int i = 0; i < 60; i++) {
      write(here.resolve("out/d" + i % 3 + "/deep/f" + i), 100 + i);
    }
    write(here.resolve("out/skip.tmp"), 5);

    CommandLineRun run = relay("out", "in/", "--exclude", "*.tmp", "--json");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Json.readObject(run.out()))
        .containsEntry("files", 60L)
        .containsEntry("skipped", 0L)
        .containsEntry("failed", 0L);
    assertThat(there.resolve("in/d2/deep/f59"))
        .hasSameBinaryContentAs(here.resolve("out/d2/deep/f59"));
    assertThat(there.resolve("in/skip.tmp")).doesNotExist();
    CommandLineRun again = relay("out", "in/", "--exclude", "*.tmp", "--json");
    assertThat(Json.readObject(again.out())).containsEntry("skipped", 60L);
  }

  @Test
  void aDirectoryThatCannotBeListedDoesNotStopTheOthersAndIsTold() throws Exception {
    write(here.resolve("out/slow"), 3 << 20);
    write(here.resolve("out/gone/f"), 10);
    write(here.resolve("out/kept/f"), 10);
    FutureTask<Boolean> taken =
        new FutureTask<>(
            () -> {
              // under way: the root was listed, what is below it was not
              await().until(() -> !files(there).isEmpty());
              Files.delete(here.resolve("out/gone/f"));
              Files.delete(here.resolve("out/gone"));
              return true;
            });
    new Thread(taken, "taker").start();

    CommandLineRun run = relay("out", "in/", "--rate", "1MiB", "--json");

    assertThat(taken.get()).isTrue();
    assertThat(run.code()).as(run.err()).isEqualTo(8);
    assertThat(Json.readObject(run.out()))
        .containsEntry("files", 2L)
        .containsEntry("failed", 0L)
        .containsEntry("failed-directories", 1L);
    assertThat(run.err()).contains("gone");
    assertThat(there.resolve("in/kept/f")).exists();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aFileThatFailsDoesNotStopTheOthersAndIsTold() throws Exception {
    write(directory.resolve("out/a"), 10);
    write(directory.resolve("out/b"), 10);
    Files.createDirectories(here.resolve("in/a/is a directory here"));

    CommandLineRun run = up(directory.resolve("out"), "in/", "--json");

    assertThat(run.code()).as(run.err()).isEqualTo(8);
    Map<String, Object> form = Json.readObject(run.out());
    assertThat(form).containsEntry("files", 1L).containsEntry("failed", 1L);
    assertThat((List<?>) form.get("causes")).hasSize(1);
    assertThat(String.valueOf(form.get("causes"))).contains("out/a");
    assertThat(here.resolve("in/b")).exists();
  }

  @Test
  void anotherHostIsUsedWhereTheFirstDoesNotAnswer() throws Exception {
    Path file = write(directory.resolve("a.bin"), 10);

    CommandLineRun run =
        run(
            "copy",
            file.toString(),
            "waybill://ann@127.0.0.1:1,127.0.0.1:" + source.port() + "/",
            "--key-env",
            "ONE",
            "--pin",
            first.pin().toString());

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(here.resolve("a.bin")).hasSameBinaryContentAs(file);
  }

  @Test
  void aDeadlineEndsItAndTheSameCommandGoesOn() throws Exception {
    Path file = write(directory.resolve("a.bin"), 12 << 20);

    CommandLineRun late = up(file, "", "--rate", "2MiB/s", "--deadline", "4s");

    assertThat(late.code()).as(late.err()).isEqualTo(10);
    assertThat(late.err()).contains("--deadline", "the same command goes on");
    CommandLineRun again = up(file, "", "--rate", "02:00,off", "--deadline", "60s", "--json");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat((Long) Json.readObject(again.out()).get("resumed-bytes")).isPositive();
    assertThat(here.resolve("a.bin")).hasSameBinaryContentAs(file);
  }

  @Test
  void renameAppendCrcDigestCompressionDeltaAndStreamsAreDone() throws Exception {
    Path file = write(directory.resolve("a.log"), 1000);

    assertThat(up(file, "").code()).isZero();
    Files.writeString(file, "changed");
    CommandLineRun renamed = up(file, "", "--policy", "rename", "--json");
    assertThat(renamed.code()).as(renamed.err()).isZero();
    assertThat(Json.readObject(renamed.out()))
        .containsEntry("copied", 1L)
        .containsEntry("sent-bytes", 7L)
        .containsEntry(
            "renamed", List.of(Map.of("source", file.toString(), "target", "a (2).log")));
    assertThat(here).isDirectoryContaining(path -> size(path) == 1000);
    assertThat(here).isDirectoryContaining(path -> size(path) == 7);
    assertThat(up(file, "", "--policy", "append").code()).isZero();
    assertThat(here.resolve("a.log")).hasSize(1007);
    assertThat(up(file, "", "--policy", "fail").code()).isEqualTo(11);
    CommandLineRun crc = up(file, "b", "--verify", "crc32c", "--json");
    assertThat(crc.code()).as(crc.err()).isZero();
    assertThat(String.valueOf(Json.readObject(crc.out()).get("digest"))).startsWith("crc32c:");
    CommandLineRun all =
        up(
            file,
            "c",
            "--digest",
            "sha-512",
            "--compress",
            "always",
            "--delta",
            "always",
            "--streams",
            "2",
            "--no-mode");
    assertThat(all.code()).as(all.err()).isZero();
    assertThat(all.out()).contains("sha-512:");
  }

  @Test
  void whatAnOptionCannotBeIsSaid() throws Exception {
    Path file = write(directory.resolve("a"), 10);

    assertThat(up(file, "", "--streams", "17").err()).contains("--streams", "1 to 16");
    assertThat(up(file, "", "--compress", "maybe").err()).contains("auto, always, never");
    assertThat(up(file, "", "--rate", "fast").code()).isEqualTo(2);
    CommandLineRun local =
        run("copy", file.toString(), directory.resolve("b").toString(), "--rate", "1MiB/s");
    assertThat(local.code()).isEqualTo(2);
    assertThat(local.err()).contains("--rate", "from or to a server only");
  }

  @Test
  void syncAndVerifyHaveKeysForBothEnds() throws Exception {
    write(here.resolve("t/a.bin"), 9_000);
    String[] keys = {
      "--key-env", "ONE", "--pin", first.pin().toString(),
      "--target-key-env", "TWO", "--target-pin", second.pin().toString()
    };
    for (String verb : List.of("sync", "verify")) {
      List<String> line = new ArrayList<>(List.of(verb));
      line.add("waybill://ann@127.0.0.1:" + source.port() + "/t");
      line.add("waybill://bob@127.0.0.1:" + target.port() + "/t");
      line.addAll(List.of(keys));
      CommandLineRun run = run(line.toArray(String[]::new));
      assertThat(run.code()).as(run.err()).isZero();
    }
    assertThat(there.resolve("t/a.bin")).hasSize(9_000);
  }

  @Test
  void aPinAndKnownHostsMayBeOfTwoServers() throws Exception {
    write(here.resolve("a.bin"), 10);
    String hub = "waybill://ann@127.0.0.1:" + source.port() + "/a.bin";
    String ssh = "sftp://bob@127.0.0.1:1/b.bin"; // nobody is there
    String hosts = directory.resolve("known").toString();
    String pin = first.pin().toString();
    String sshPin = "SHA256:" + "A".repeat(43);
    for (String[] more :
        new String[][] {
          {"--pin", pin, "--known-hosts", hosts},
          {"--pin", pin, "--accept-new"},
          {"--pin", pin, "--pin", sshPin}
        }) {
      CommandLineRun both = keyed(hub, ssh, more);
      assertThat(both.code()).as(both.err()).isEqualTo(4);
      assertThat(both.err()).contains("127.0.0.1:1");
    }
    CommandLineRun alone = keyed("a", ssh, "--pin", pin, "--known-hosts", hosts);
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.err()).contains("exclude each other");
    CommandLineRun unpinned = keyed(hub, ssh, "--pin", sshPin);
    assertThat(unpinned.code()).isEqualTo(2);
    assertThat(unpinned.err()).contains("one more --pin", "--target-pin");
  }

  private CommandLineRun keyed(String from, String to, String... more) {
    List<String> line = new ArrayList<>(List.of("copy", from, to, "--key-env", "ONE"));
    line.addAll(List.of(more));
    return run(line.toArray(String[]::new));
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private CommandLineRun relay(String from, String to, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "copy",
                "waybill://ann@127.0.0.1:" + source.port() + "/" + from,
                "waybill://bob@127.0.0.1:" + target.port() + "/" + to,
                "--key-env",
                "ONE",
                "--pin",
                first.pin().toString(),
                "--target-key-env",
                "TWO",
                "--target-pin",
                second.pin().toString()));
    line.addAll(Arrays.asList(more));
    return run(line.toArray(String[]::new));
  }

  private CommandLineRun up(Path from, String to, String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "copy",
                from.toString(),
                "waybill://ann@127.0.0.1:" + source.port() + "/" + to,
                "--key-env",
                "ONE",
                "--pin",
                first.pin().toString()));
    line.addAll(Arrays.asList(more));
    return run(line.toArray(String[]::new));
  }

  private CommandLineRun run(String... line) {
    return CommandLineRun.of(
        Map.of(
            "WAYBILL_STATE",
            directory.resolve("state").toString(),
            "HOME",
            directory.toString(),
            "ONE",
            "key-1",
            "TWO",
            "key-2"),
        line);
  }

  private static Path write(Path file, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }
}
