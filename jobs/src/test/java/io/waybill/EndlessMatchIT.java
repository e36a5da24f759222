package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A regular expression that a partner's file name makes last longer than anybody waits. */
@Timeout(180)
class EndlessMatchIT {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @TempDir Path directory;

  @BeforeEach
  void offer() throws Exception {
    Files.createDirectories(directory.resolve("in"));
    Files.createFile(directory.resolve("in").resolve("_".repeat(240) + "!"));
  }

  private String job(String timeout) {
    return """
        jobs:
          j:
            retry: { attempts: 1 }
            steps:
              - id: l
                timeout: %s
                list: { from: "%s/in/", match: { regex: "^(_*_*_*_*_*_*)*[.]csv$" } }
        """
        .formatted(timeout, directory);
  }

  @Test
  void itEndsWithItsStepsTimeout() throws Exception {
    JobFileRun run = JobFileRun.of(directory, Map.of(), job("1s"));

    assertThat(run.code()).as(run.log()).isEqualTo(10);
    assertThat(run.message()).startsWith("step \"l\" took longer than its timeout of 1s");
  }

  @Test
  void itEndsWhenItIsCancelledAndWhenTheDaemonEnds() throws Exception {
    Path file = JobFileRun.write(directory, job("1h"));
    try (ForkedJvm daemon =
        ForkedJvm.running(Main.class)
            .args("daemon", "-c", file.toString())
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .start()) {
      daemon.awaitLine(".*control channel.*", LONGEST);
      String id = begun();

      client().cancel(id);

      await().atMost(LONGEST).until(() -> "cancelled".equals(client().run(id).get("state")));

      begun();
      daemon.terminate();

      assertThat(daemon.awaitExit(LONGEST)).as(daemon.output()).isEqualTo(143);
    }
  }

  private String begun() throws InterruptedException {
    String id = Plain.text(client().trigger("j", Map.of()), "id");
    await()
        .atMost(LONGEST)
        .until(() -> String.valueOf(client().run(id).get("steps")).contains("running"));
    return id;
  }

  private ControlClient client() {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(directory.resolve("state/daemon.json")).orElseThrow());
  }
}
