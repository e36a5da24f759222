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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code kill -9} of the daemon while it works on items: those that were over are not begun again,
 * the others go on, and each is done once.
 */
@Timeout(240)
class EachKillIT {
  private static final int FILES = 60;

  @TempDir Path directory;

  @ParameterizedTest(name = "{0} at a time, seed {1}")
  @CsvSource({"1, 1", "4, 2"})
  void eachItemIsDoneOnce(int concurrency, long seed) throws Exception {
    try (FileJob job = new FileJob(directory)) {
      for (int i = 0; i < FILES; i++) {
        job.write("src/f" + i, "content of " + i);
      }
      Path file = jobFile(job, concurrency);
      int enough = 5 + new Random(seed).nextInt(FILES / 2);

      String id = killedWhen(job, file, enough);
      List<String> before = job.filesIn("partner/in");
      assertThat(before).as("killed in the middle").hasSizeBetween(enough, FILES - 1);
      try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
        ControlClient client = client(job);
        await()
            .atMost(Duration.ofSeconds(90))
            .untilAsserted(() -> assertThat(client.run(id)).containsEntry("state", "partial"));
        Map<String, Object> run = client.run(id);
        assertThat(run).containsEntry("recovered", true);
        Map<String, Object> items = Plain.map(run, "items");
        assertThat(items)
            .containsEntry("total", FILES + 1L)
            .containsEntry("succeeded", (long) FILES)
            .containsEntry("failed", 1L);
        assertThat(Plain.maps(items, "open").get(0)).containsEntry("name", "gone");
        daemon.terminate();
        daemon.awaitExit(Duration.ofSeconds(30));
      }
      assertThat(job.filesIn("partner/in")).hasSize(FILES);
      // one line for each item that was over: none of them was begun again afterwards
      List<String> lines = Files.readAllLines(job.at("done.log"));
      assertThat(lines).hasSizeBetween(FILES, FILES + concurrency).contains("f0", "f59");
      assertThat(lines.stream().distinct()).hasSize(FILES);
    }
  }

  private static Path jobFile(FileJob job, int concurrency) throws Exception {
    job.write("src/gone", "listed, and not there any more");
    Path file =
        job.jobFile("{ id: found, list: { from: DIR/src/ } }", "delete: { from: DIR/src/gone }");
    String each =
        """
            each:
              in: "${steps.found.files}"
              concurrency: %d
              steps: { copy: { from: "${item}", to: "partner:/in/" } }
              on-success:
                - exec: { command: [sh, -c, "echo \\"$1\\" >> DIR/done.log", sh, "${item.name}"] }
        """
            .replace("DIR", job.directory.toString())
            .formatted(concurrency);
    return Files.writeString(file, Files.readString(file) + each);
  }

  private static String killedWhen(FileJob job, Path file, int there) throws Exception {
    try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
      daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
      String id = String.valueOf(client(job).trigger("files", Map.of()).get("id"));
      await()
          .pollInterval(Duration.ofMillis(2))
          .pollDelay(Duration.ZERO)
          .atMost(Duration.ofSeconds(90))
          .until(() -> files(job.at("partner/in")) >= there);
      daemon.kill();
      return id;
    }
  }

  private static long files(Path directory) throws Exception {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (var list = Files.list(directory)) {
      return list.filter(each -> !each.getFileName().toString().startsWith(".")).count();
    }
  }

  private static ControlClient client(FileJob job) {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(job.at("state")).daemonFile()).orElseThrow());
  }
}
