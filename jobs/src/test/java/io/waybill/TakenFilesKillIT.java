package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} of the daemon while a step takes files away: the run goes on, and every file is
 * where it belongs, whole, and counted once.
 */
@Timeout(240)
class TakenFilesKillIT {
  private static final int FILES = 120;

  @TempDir Path directory;

  @ParameterizedTest(name = "{0} with seed {1}")
  @CsvSource({"after-copy, 1", "move, 2", "delete, 3"})
  void noFileIsLostAndNoneIsForgotten(String what, long seed) throws Exception {
    try (FileJob job = new FileJob(directory)) {
      for (int i = 0; i < FILES; i++) {
        job.write("partner/out/f" + i, "content of " + i);
      }
      Path file = job.jobFile("{ id: take, " + step(what) + " }");
      int enough = 10 + new Random(seed).nextInt(FILES - 60);

      String id = killedWhen(job, file, enough);
      int left = job.filesIn("partner/out").size();
      assertThat(left).as("killed in the middle").isBetween(1, FILES - enough);
      try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
        ControlClient client = client(job);
        await()
            .atMost(Duration.ofSeconds(90))
            .untilAsserted(() -> assertThat(client.run(id)).containsEntry("state", "succeeded"));
        Map<String, Object> step = Plain.maps(client.run(id), "steps").get(0);
        List<String> names =
            Plain.maps(Plain.map(step, "outputs"), "files").stream()
                .map(each -> Plain.text(each, "name"))
                .toList();
        assertThat(names).hasSize(FILES);
        assertThat(new TreeSet<>(names)).hasSize(FILES);
        daemon.terminate();
        daemon.awaitExit(Duration.ofSeconds(30));
      }
      assertThat(job.filesIn("partner/out")).isEmpty();
      if (!what.equals("delete")) {
        assertWhole(job, "in");
      }
      if (what.equals("after-copy")) {
        assertWhole(job, "partner/done");
      }
    }
  }

  private static String step(String what) {
    return switch (what) {
      case "after-copy" ->
          "copy: { from: 'partner:/out/', to: DIR/in/, expect: { min-files: 120 }, after-copy: { move-to: 'partner:/done/' } }";
      case "move" -> "move: { from: DIR/partner/out/, to: DIR/in/, expect: { min-files: 120 } }";
      default -> "delete: { from: 'partner:/out/', expect: { min-files: 120 } }";
    };
  }

  private static void assertWhole(FileJob job, String name) throws Exception {
    assertThat(job.filesIn(name)).hasSize(FILES);
    for (int i = 0; i < FILES; i++) {
      assertThat(job.at(name + "/f" + i)).hasContent("content of " + i);
    }
  }

  private static String killedWhen(FileJob job, Path file, int gone) throws Exception {
    try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
      daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
      String id = String.valueOf(client(job).trigger("files", Map.of()).get("id"));
      await()
          .pollInterval(Duration.ofMillis(2))
          .pollDelay(Duration.ZERO)
          .atMost(Duration.ofSeconds(90))
          .until(() -> files(job.at("partner/out")) <= FILES - gone);
      daemon.kill();
      return id;
    }
  }

  private static long files(Path directory) throws Exception {
    try (var list = Files.list(directory)) {
      return list.count();
    }
  }

  private static ControlClient client(FileJob job) {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(job.at("state")).daemonFile()).orElseThrow());
  }
}
