package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.RunRecord;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.testkit.RealServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole path with its records in PostgreSQL: runs, schedules, outbox. */
@Timeout(120)
class PostgresRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("../scheduler/src/test/servers/postgres.sh"))
          .needing("pg_createcluster")
          .listeningOn("POSTGRES");

  private static final Duration GUARD = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void theMainJobRunsByItsScheduleAndByHandAndTheRecordsOutliveTheProcess() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path offered = spine.offer("a.bin", 3_000_000);
      Path file = spine.jobFile("schedule: { every: 2s }");
      Files.writeString(
          file,
          Files.readString(file)
              .replace("secrets:\n", "secrets:\n  postgres: { file: \"%s/secrets/postgres\" }\n")
              .replace(
                  "connections:\n",
                  "daemon: { store: { url: \"jdbc:postgresql://127.0.0.1:%d/postgres\", user: postgres, password: \"${secrets.postgres}\" } }\nconnections:\n")
              .formatted(directory, SERVERS.port("POSTGRES")));
      Files.writeString(directory.resolve("secrets/postgres"), SERVERS.password());

      String id;
      try (Waybill waybill = open(spine, file)) {
        assertThat(waybill.run("spine").run().message()).isEmpty();
        waybill.start();
        id = succeedByHand(waybill);
        await().atMost(GUARD).until(() -> waybill.runs(100).size() >= 3);
      }
      assertThat(SpineFixture.sha256(spine.inHub("a.bin"))).isEqualTo(SpineFixture.sha256(offered));
      try (Waybill waybill = open(spine, file)) {
        assertThat(waybill.find(id)).map(RunRecord::isSuccess).contains(true);
        assertThat(waybill.runs(100)).extracting(Run::job).containsOnly("spine");
        assertThat(spine.state().store()).isEmptyDirectory();
      }
    }
  }

  /** Triggers the job until it is not skipped because the schedule's own run is still going on. */
  private static String succeedByHand(Waybill waybill) {
    List<String> triggered = new ArrayList<>();
    await()
        .atMost(GUARD)
        .until(
            () -> {
              triggered.add(waybill.trigger("spine", Map.of()));
              return finished(waybill, triggered.get(triggered.size() - 1)).state();
            },
            state -> state != RunState.SKIPPED);
    String last = triggered.get(triggered.size() - 1);
    assertThat(waybill.find(last)).map(RunRecord::isSuccess).contains(true);
    return last;
  }

  private static Run finished(Waybill waybill, String id) {
    return await()
        .atMost(GUARD)
        .until(() -> waybill.find(id).orElseThrow().run(), run -> run.state().isFinished());
  }

  private static Waybill open(SpineFixture spine, Path file) {
    return Waybill.builder(JobFiles.load(file)).state(spine.state()).open();
  }
}
