package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.JobState;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill logs} and {@code waybill audit}, with a daemon and without one. */
@Timeout(180)
class HistoryVerbsIT {
  private static final Duration GUARD = Duration.ofSeconds(60);

  @TempDir Path directory;

  private CommandLineRun waybill(String... arguments) {
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", directory.resolve("state").toString()), arguments);
  }

  @Test
  void aLiveRunIsFollowedToItsEndAndWhoTriggeredItIsKnown() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("big.bin", 8 << 20);
      Path file = spine.jobFile("description: on demand");
      spine.hubProxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 1 << 20)
              .holding(Duration.ofSeconds(60)));
      var configuration = JobFiles.load(file);
      try (Daemon daemon =
          Daemon.start(
              configuration,
              Waybill.builder(configuration).state(spine.state()),
              spine.state().daemonFile())) {
        String id = Plain.text(client(spine).trigger("spine", Map.of()), "id");
        await().atMost(GUARD).until(() -> spine.hubProxy.strikes() == 1);
        CompletableFuture<CommandLineRun> following =
            CompletableFuture.supplyAsync(() -> waybill("logs", id, "-f"));
        CommandLineRun now = waybill("logs", id);
        assertThat(now.out()).contains("event=run-started").doesNotContain("event=run-ended");
        assertThat(following).isNotDone();

        assertThat(waybill("cancel", id).code()).isZero();

        CommandLineRun followed = following.get();
        assertThat(followed.code()).isZero();
        assertThat(followed.out()).contains("event=run-started", "event=run-ended state=CANCELLED");
        assertThat(followed.out()).isEqualTo(waybill("logs", id.toLowerCase(Locale.ROOT)).out());
        assertThat(waybill("audit", "-n", "2").out())
            .containsPattern("3 +\\S+ +api:daemon.json +cancel " + id)
            .containsPattern("2 +\\S+ +api:daemon.json +trigger spine +.\"run\":\"" + id);
        assertThat(waybill("audit", "--verify").out()).startsWith("the audit is whole: 3 rows");
        assertThat(waybill("audit", "--since", "2999-01-01").out()).isEmpty();
        CommandLineRun unknown = waybill("logs", "01KB0000000000000000000000");
        assertThat(unknown.code()).isEqualTo(3);
        assertThat(unknown.err()).contains("there is no run 01KB0000000000000000000000");
        assertThat(daemon.waybill().liveRuns()).isEmpty();
      }
    }
  }

  @Test
  void whoPausedAJobIsKnownWithADaemonAndWithoutOne() throws Exception {
    Path file = copyJob("schedule: { every: 1h }");
    assertThat(waybill("pause", "copy", "-c", file.toString()).code()).isZero();
    var configuration = JobFiles.load(file);
    Path state = directory.resolve("state");
    try (Daemon daemon =
        Daemon.start(
            configuration,
            Waybill.builder(configuration).state(state),
            state.resolve("daemon.json"))) {
      assertThat(waybill("resume", "copy", "-c", file.toString()).code()).isZero();
      assertThat(waybill("resume", "none", "-c", file.toString()).code()).isEqualTo(3);
      assertThat(daemon.waybill().job("copy").state()).isEqualTo(JobState.ENABLED);
    }
    assertThat(waybill("audit").out().lines())
        .hasSize(3)
        .anyMatch(
            line -> line.matches("1 .* " + System.getProperty("user.name") + " +pause copy.*"))
        .anyMatch(line -> line.matches("2 .* job.created copy.*"))
        .anyMatch(line -> line.matches("3 .* api:daemon.json +resume copy.*"));
  }

  private static ControlClient client(SpineFixture spine) {
    return new ControlClient(DaemonFile.ofLiveDaemon(spine.state().daemonFile()).orElseThrow());
  }

  @Test
  void withoutADaemonTheFileOrTheStoreIsReadAndTamperingIsSeen() throws Exception {
    Path file = copyJob("");
    CommandLineRun run = waybill("run", "copy", "-c", file.toString(), "-o", "json");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).doesNotContain("event=run-started"); // at WARN, as always
    String id = Plain.text(Json.readObject(run.out()), "id");

    String text = waybill("logs", id).out();
    assertThat(text).contains("event=run-started", "event=run-ended state=SUCCEEDED");
    assertThat(Json.readObject(waybill("logs", id, "-o", "json").out()))
        .containsEntry("schema", "waybill.log/1")
        .containsEntry("text", text);
    assertThat(waybill("logs", id, "-o", "ndjson").out().lines())
        .hasSameSizeAs(text.lines().toList())
        .allMatch(line -> line.startsWith("{\"schema\":\"waybill.log-line/1\",\"line\":\"20"));
    Files.delete(logFile());
    assertThat(waybill("logs", id, "-f").out()).isEqualTo(text);

    assertThat(waybill("logs", "nonsense").code()).isEqualTo(3);
    assertThat(waybill("audit", "--since", "yesterday").code()).isEqualTo(2);
    assertThat(waybill("audit", "-n", "0").code()).isEqualTo(2);
    assertThat(waybill("audit", "--verify", "--since", "2026-01-01").code()).isEqualTo(2);
    CommandLineRun audit = waybill("audit", "-o", "json");
    assertThat(Plain.maps(Json.readObject(audit.out()), "entries"))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry).containsEntry("who", System.getProperty("user.name"));
              assertThat(entry).containsEntry("action", "run").containsEntry("subject", "copy");
              assertThat(Plain.map(entry, "detail")).containsEntry("run", id);
            });

    execute("update wb_audit set who = 'nobody'");
    CommandLineRun verdict = waybill("audit", "--verify");
    assertThat(verdict.code()).isEqualTo(7);
    assertThat(verdict.out()).startsWith("the audit is broken at row 1: its content was changed");
    assertThat(Json.readObject(waybill("audit", "--verify", "-o", "json").out()))
        .containsEntry("whole", false)
        .containsEntry("number", 1L);
  }

  @Test
  void aRunOfTheCommandLineForgetsWhatIsBeyondTheBounds() throws Exception {
    Path file = copyJob("history: { runs: 2 }");
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ids.add(
          Plain.text(
              Json.readObject(waybill("run", "copy", "-c", file.toString(), "-o", "json").out()),
              "id"));
    }
    assertThat(waybill("runs", "-o", "ndjson").out().lines()).hasSize(4); // they are fresh
    execute("update wb_run set ended_at = dateadd('hour', -2, ended_at)");

    waybill("run", "copy", "-c", file.toString());

    assertThat(waybill("runs", "-o", "ndjson").out().lines()).hasSize(2);
    assertThat(waybill("runs", ids.get(0)).code()).isEqualTo(3);
    assertThat(waybill("logs", ids.get(0)).code()).isEqualTo(3);
  }

  @Test
  void aKilledProcessLosesNoMoreThanTheLastSecondOfALog() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("big.bin", 8 << 20);
      Path file = spine.jobFile("description: on demand");
      spine.hubProxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 1 << 20)
              .holding(Duration.ofSeconds(60)));
      String id;
      try (ForkedJvm daemon = spine.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", GUARD);
        id = Plain.text(client(spine).trigger("spine", Map.of()), "id");
        await().atMost(GUARD).until(() -> spine.hubProxy.strikes() == 1);
        await().atMost(GUARD).until(() -> !logs(spine).isEmpty());
        daemon.kill();
      }
      CommandLineRun killed = waybill("logs", id, "-f"); // which nobody goes on with
      assertThat(killed.out()).contains("event=run-started recovered=false");
      spine.hubProxy.disarm();
      try (ForkedJvm daemon = spine.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", GUARD);
        assertThat(waybill("logs", id, "--follow").out())
            .startsWith(killed.out())
            .contains("event=run-started recovered=true", "event=run-ended state=SUCCEEDED");
        daemon.terminate();
        daemon.awaitExit(GUARD);
      }
    }
  }

  private static List<Path> logs(SpineFixture spine) throws Exception {
    try (Stream<Path> files = Files.walk(spine.state().runs())) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private Path copyJob(String keys) throws Exception {
    Files.createDirectories(directory.resolve("from"));
    Files.writeString(directory.resolve("from/a.txt"), "a");
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        jobs:
          copy:
            %2$s
            steps:
              - copy: { from: "%1$s/from/", to: "%1$s/to/" }
        """
            .formatted(directory, keys));
  }

  private Path logFile() throws Exception {
    try (Stream<Path> files = Files.walk(directory.resolve("state/runs"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  private void execute(String sql) throws Exception {
    String url = "jdbc:h2:file:" + directory.resolve("state/store/waybill") + ";IFEXISTS=TRUE";
    try (Connection connection = DriverManager.getConnection(url, "waybill", "")) {
      connection.createStatement().executeUpdate(sql);
    }
  }
}
