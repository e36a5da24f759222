package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} of the daemon while it packs and unpacks: an archive, or a directory, is there
 * whole or not at all, the run goes on, and nothing unfinished is left.
 */
@Timeout(240)
class ArchiveKillIT {
  private static final int FILES = 40;
  private static final int FILE_BYTES = 1 << 20;

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}, seed {1}")
  @CsvSource({"zip, 1", "tar.zst, 2"})
  void archivesAreWholeOrNotThere(String kind, long seed) throws Exception {
    Random random = new Random(seed);
    try (FileJob job = new FileJob(directory)) {
      byte[] noise = new byte[FILE_BYTES];
      Files.createDirectories(job.at("out/sub"));
      for (int i = 0; i < FILES; i++) {
        random.nextBytes(noise);
        Files.write(job.at("out/sub/f" + i), noise);
      }
      Path file =
          job.jobFile(
              "archive: { from: DIR/out/, to: DIR/packed/all.%s }".formatted(kind),
              "unarchive: { from: DIR/packed/all.%s, to: DIR/opened/ }".formatted(kind));
      String id = killed(job, file, true, job.at("packed"), random);
      if (Files.exists(job.at("packed/all." + kind))) {
        assertThat(job.at("packed/all." + kind).toFile().length())
            .isGreaterThan((long) FILES * FILE_BYTES);
      }
      killed(job, file, false, job.at("opened"), random);
      if (Files.exists(job.at("opened/all"))) {
        assertWhole(job);
      }
      try (ForkedJvm daemon = started(job, file)) {
        ControlClient client = client(job);
        await()
            .atMost(Duration.ofSeconds(90))
            .untilAsserted(() -> assertThat(client.run(id)).containsEntry("state", "succeeded"));
        daemon.terminate();
        daemon.awaitExit(Duration.ofSeconds(30));
      }
      assertWhole(job);
      assertThat(everything(job.at("packed"))).containsExactly("all." + kind);
      assertThat(everything(job.at("opened"))).containsExactly("all");
    }
  }

  // in the middle of what makes a part in that directory, or a little later
  private static String killed(FileJob job, Path file, boolean triggers, Path where, Random random)
      throws Exception {
    try (ForkedJvm daemon = started(job, file)) {
      String id = triggers ? String.valueOf(client(job).trigger("files", Map.of()).get("id")) : "";
      await()
          .pollInterval(Duration.ofMillis(2))
          .pollDelay(Duration.ZERO)
          .atMost(Duration.ofSeconds(90))
          .until(() -> Files.isDirectory(where) && !everything(where).isEmpty());
      TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
      daemon.kill();
      return id;
    }
  }

  private static void assertWhole(FileJob job) throws IOException {
    assertThat(job.filesIn("opened/all")).isEqualTo(job.filesIn("out"));
    for (String each : job.filesIn("out")) {
      assertThat(job.at("opened/all/" + each)).hasSameBinaryContentAs(job.at("out/" + each));
    }
  }

  private static List<String> everything(Path directory) throws IOException {
    try (var list = Files.list(directory)) {
      return list.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  private static ForkedJvm started(FileJob job, Path file) throws Exception {
    ForkedJvm daemon = job.waybill("daemon", "-c", file.toString());
    daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
    return daemon;
  }

  private static ControlClient client(FileJob job) {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(job.at("state")).daemonFile()).orElseThrow());
  }
}
