package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code copy}, {@code move}, {@code sync} and {@code verify} between a waybill and an FTP server.
 */
@Timeout(120)
class MixedServersIT {
  private static final Instant THEN = Instant.parse("2025-01-02T03:04:05Z");
  @TempDir Path here;
  private Path hub;
  private Path home;
  private Sandbox server;
  private Map<String, String> environment;

  @BeforeEach
  void start() throws Exception {
    hub = here.resolve("hub");
    home = here.resolve("ftp");
    server = Sandbox.start(home, hub);
    environment =
        Map.of(
            "HOME",
            here.toString(),
            "HUB_KEY",
            server.chunkLogin().password(),
            "XDG_CONFIG_HOME",
            here.resolve("none").toString());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String waybill(String path) {
    return "waybill://%s@%s:%d%s"
        .formatted(server.chunkLogin().user(), server.host(), server.chunkPort(), path);
  }

  private String ftp(String path) {
    return "ftp://%s:%s@%s:%d%s"
        .formatted(
            server.ftpLogin().user(),
            server.ftpLogin().password(),
            server.host(),
            server.ftpPort(),
            path);
  }

  private CommandLineRun run(String verb, String... words) {
    List<String> all =
        new ArrayList<>(List.of("--state", here.resolve("state").toString(), "-o", "json", verb));
    all.addAll(List.of("--plaintext", "--key-env", "HUB_KEY"));
    all.addAll(List.of(words));
    return CommandLineRun.of(environment, all.toArray(String[]::new));
  }

  @Test
  void whatIsEncodedInADirectoryIsNoPattern() throws IOException {
    Files.createDirectories(hub.resolve("d[1]"));
    Files.writeString(hub.resolve("d[1]/a b. "), "a");
    well(run("copy", waybill("/d%5B1%5D/"), here + "/x/"));
    assertThat(here.resolve("x/a b. ")).hasContent("a");
    well(run("sync", waybill("/d%5B1%5D"), here + "/y"));
    assertThat(here.resolve("y/a b. ")).hasContent("a");
  }

  @Test
  void aMoveWithinAWaybillServerIsARenameWhereTheNameIsFree() throws IOException {
    Files.createDirectories(hub.resolve("in"));
    Files.writeString(hub.resolve("in/a"), "new");
    Object inode = Files.getAttribute(hub.resolve("in/a"), "unix:ino");
    Map<String, Object> moved = well(run("move", waybill("/in/a"), waybill("/out/b")));
    assertThat(moved).containsEntry("moved-by-rename", 1L).containsEntry("sent-bytes", 0L);
    assertThat(Files.getAttribute(hub.resolve("out/b"), "unix:ino")).isEqualTo(inode);
    assertThat(hub.resolve("in/a")).doesNotExist();

    Files.writeString(hub.resolve("in/a"), "newer");
    well(run("move", waybill("/in/a"), waybill("/out/b")));
    assertThat(hub.resolve("out/b")).hasContent("newer");
    assertThat(hub.resolve("in/a")).doesNotExist();
  }

  private static Map<String, Object> well(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    return Json.readObject(run.out());
  }

  private static Path file(Path path, int size) throws IOException {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Files.createDirectories(path.getParent());
    Files.write(path, bytes);
    return Files.setLastModifiedTime(path, FileTime.from(THEN));
  }

  @Test
  void filesAndPatternsAreCopiedBothWays() throws IOException {
    Path big = file(hub.resolve("out/big.bin"), 5_300_000);
    Path small = file(hub.resolve("out/small.bin"), 7);
    file(hub.resolve("out/not.txt"), 8);
    Map<String, Object> down = well(run("copy", waybill("/out/*.bin"), ftp("/in/")));
    assertThat(down)
        .containsEntry("copied", 2L)
        .containsEntry("bytes", 5_300_007L)
        .containsEntry("sent-bytes", 5_300_007L)
        .containsEntry("verification", "digest");
    assertThat(home.resolve("in/big.bin")).hasSameBinaryContentAs(big);
    assertThat(home.resolve("in/small.bin")).hasSameBinaryContentAs(small);
    assertThat(home.resolve("in/not.txt")).doesNotExist();

    Map<String, Object> rehearsed =
        well(run("copy", "--dry-run", ftp("/in/big.bin"), waybill("/back.bin")));
    assertThat(rehearsed).containsEntry("copied", 1L);
    assertThat(hub.resolve("back.bin")).doesNotExist();
    Map<String, Object> up =
        well(
            run(
                "copy",
                "--digest",
                "sha-256",
                "--verify",
                "read-back",
                ftp("/in/big.bin"),
                waybill("/back.bin")));
    assertThat(up).containsEntry("verification", "read-back");
    assertThat(String.valueOf(up.get("digest"))).startsWith("sha-256:");
    assertThat(hub.resolve("back.bin")).hasSameBinaryContentAs(big);

    CommandLineRun there =
        run("copy", "--policy", "fail", ftp("/in/big.bin"), waybill("/back.bin"));
    assertThat(there.code()).isEqualTo(11);
    Map<String, Object> renamed =
        well(run("copy", "--policy", "rename", ftp("/in/big.bin"), waybill("/back.bin")));
    assertThat(String.valueOf(renamed.get("renamed"))).contains("back (2).bin");
    CommandLineRun appended =
        run("copy", "--policy", "append", ftp("/in/big.bin"), waybill("/back.bin"));
    assertThat(appended.code()).isEqualTo(2);
    assertThat(appended.err()).contains("is not appended to");
  }

  @Test
  void treesAreCopiedBothWaysAndWhatIsEqualIsLeftAlone() throws IOException {
    for (int i = 0; i < 12; i++) {
      file(hub.resolve("out/d" + i % 3 + "/deep/f" + i), 100 + i);
    }
    Map<String, Object> down = well(run("copy", "--exclude", "f3", waybill("/out"), ftp("/in/")));
    assertThat(down).containsEntry("copied", 11L).containsEntry("failed", 0L);
    assertThat(home.resolve("in/d2/deep/f11"))
        .hasSameBinaryContentAs(hub.resolve("out/d2/deep/f11"));
    Map<String, Object> again = well(run("copy", waybill("/out"), ftp("/in/")));
    assertThat(again).containsEntry("copied", 1L).containsEntry("skipped", 11L);
    Map<String, Object> up = well(run("copy", ftp("/in"), waybill("/back/")));
    assertThat(up).containsEntry("copied", 12L);
    assertThat(hub.resolve("back/d0/deep/f3"))
        .hasSameBinaryContentAs(hub.resolve("out/d0/deep/f3"));
  }

  @Test
  void aMoveDeletesItsSource() throws IOException {
    Path file = file(hub.resolve("out/a.bin"), 1000);
    byte[] content = Files.readAllBytes(file);
    assertThat(well(run("move", waybill("/out/a.bin"), ftp("/in/")))).containsEntry("moved", 1L);
    assertThat(file).doesNotExist();
    assertThat(home.resolve("in/a.bin")).hasBinaryContent(content);
    assertThat(well(run("move", ftp("/in/a.bin"), waybill("/out/")))).containsEntry("moved", 1L);
    assertThat(home.resolve("in/a.bin")).doesNotExist();
    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void directoriesAreMadeAlikeAndComparedBothWays() throws IOException {
    file(hub.resolve("out/a"), 10);
    file(hub.resolve("out/sub/b"), 2_000_000);
    Map<String, Object> plan = well(run("sync", "--dry-run", waybill("/out"), ftp("/mirror")));
    assertThat(plan).containsEntry("to-copy", 2L);
    assertThat(home.resolve("mirror")).doesNotExist();
    assertThat(well(run("sync", waybill("/out"), ftp("/mirror")))).containsEntry("copied", 2L);
    assertThat(well(run("sync", waybill("/out"), ftp("/mirror"))))
        .containsEntry("copied", 0L)
        .containsEntry("equal", 2L);
    assertThat(well(run("verify", waybill("/out"), ftp("/mirror")))).containsEntry("equal", true);

    file(home.resolve("mirror/sub/b"), 2_000_001);
    file(home.resolve("mirror/more"), 5);
    CommandLineRun differ = run("verify", ftp("/mirror"), waybill("/out"));
    assertThat(differ.code()).isEqualTo(7);
    assertThat(well(run("sync", "--delete", "--digest", ftp("/mirror"), waybill("/out"))))
        .containsEntry("copied", 2L)
        .containsEntry("equal", 1L);
    assertThat(hub.resolve("out/sub/b")).hasSize(2_000_001);
    Files.delete(home.resolve("mirror/more"));
    assertThat(well(run("sync", "--delete", ftp("/mirror"), waybill("/out"))))
        .containsEntry("deleted", 1L);
    assertThat(hub.resolve("out/more")).doesNotExist();
  }

  @Test
  void aStepOfAJobCopiesBetweenThem() throws IOException {
    Path file = file(hub.resolve("out/a.bin"), 1_500_000);
    Files.writeString(here.resolve("hub-key"), server.chunkLogin().password());
    Files.writeString(here.resolve("ftp-key"), server.ftpLogin().password());
    Path job = here.resolve("waybill.yml");
    Files.writeString(
        job,
        """
        version: 1
        timezone: UTC
        secrets:
          hub: { file: "%1$s/hub-key" }
          ftp: { file: "%1$s/ftp-key" }
        connections:
          hub: { type: waybill, host: 127.0.0.1, port: %2$d, tls: off, user: demo, key: "${secrets.hub}" }
          partner: { type: ftp, host: 127.0.0.1, port: %3$d, tls: off, user: demo, password: "${secrets.ftp}" }
        jobs:
          there-and-back:
            steps:
              - copy: { from: "hub:/out/*.bin", to: "partner:/in/", verify: digest }
              - copy: { from: "partner:/in/", to: "hub:/back/", verify: digest }
        """
            .formatted(here, server.chunkPort(), server.ftpPort()));
    CommandLineRun run =
        CommandLineRun.of(
            environment,
            "--state",
            here.resolve("state").toString(),
            "-c",
            job.toString(),
            "run",
            "there-and-back");
    assertThat(run.code()).as(run.err() + run.out()).isZero();
    assertThat(home.resolve("in/a.bin")).hasSameBinaryContentAs(file);
    assertThat(hub.resolve("back/a.bin")).hasSameBinaryContentAs(file);
  }
}
