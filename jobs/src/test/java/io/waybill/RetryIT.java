package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that failed and are gone on with, and runs that begin in the middle. */
@Timeout(180)
class RetryIT {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int SIZE = 40 << 20;
  private static final long HELD_AT = 24L << 20;

  @TempDir Path directory;

  @Test
  void aJobThatWasKilledInTheMiddleIsFinishedByRetry() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path offered = spine.offer("big.bin", SIZE);
      Path file = spine.jobFile("description: on demand");
      spine.hubProxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, HELD_AT).holding(Duration.ofSeconds(5)));
      try (ForkedJvm run = spine.waybill("run", "spine", "-c", file.toString())) {
        await()
            .atMost(LONGEST)
            .until(() -> spine.hubProxy.strikes() == 1 && partHolds(spine, 8 << 20));
        run.kill();
      }
      spine.hubProxy.disarm();
      Map<String, Object> killed = only(runs("-c", file.toString()));
      assertThat(killed).containsEntry("state", "failed");

      CommandLineRun retried =
          run("retry", Plain.text(killed, "id"), "-c", file.toString(), "-o", "json");

      assertThat(retried.code()).as(retried.err()).isZero();
      Map<String, Object> run = Json.readObject(retried.out());
      assertThat(run).containsEntry("state", "succeeded").containsEntry("id", killed.get("id"));
      assertThat(attempts(run, "pull")).containsExactly("succeeded");
      assertThat(attempts(run, "push")).containsExactly("interrupted", "succeeded");
      Map<String, Object> pushed =
          Plain.maps(Plain.map(step(run, "push"), "outputs"), "files").get(0);
      assertThat(Plain.number(pushed, "resumed")).isBetween(1L, SIZE - 1L);
      assertThat(SpineFixture.sha256(spine.inHub("big.bin")))
          .isEqualTo(SpineFixture.sha256(offered));
      assertThat(only(runs("-c", file.toString()))).containsEntry("state", "succeeded");
      assertThat(run("audit", "-n", "1").out()).contains("retry", Plain.text(killed, "id"));
    }
  }

  private static boolean partHolds(SpineFixture spine, long bytes) throws Exception {
    try (var parts = Files.walk(spine.inHub(""))) {
      return parts
          .filter(path -> path.getFileName().toString().endsWith(".wbpart"))
          .anyMatch(path -> path.toFile().length() >= bytes);
    }
  }

  private Path twoSteps() throws Exception {
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        jobs:
          two:
            params:
              who: { type: text, default: nobody }
            retry: { attempts: 1 }
            steps:
              - id: first
                exec: { command: [sh, -c, "echo x >> %1$s/first; printf done-%%s $WHO"], env: { WHO: "${params.who}" } }
              - id: second
                exec: { command: [cat, %1$s/needed] }
              - id: third
                exec: { command: [printf, "%%s", "${steps.first.stdout} ${steps.second.stdout}"] }
            on-failure:
              - exec: { command: [sh, -c, "echo x >> %1$s/failed"] }
            on-success:
              - exec: { command: [sh, -c, "echo x >> %1$s/succeeded"] }
        """
            .formatted(directory));
  }

  @Test
  void aDaemonGoesOnFromTheStepThatFailedAndOnlyOnce() throws Exception {
    Path file = twoSteps();
    try (ForkedJvm daemon =
        ForkedJvm.running(Main.class)
            .args("daemon", "-c", file.toString())
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .start()) {
      daemon.awaitLine(".*control channel.*", LONGEST);
      CommandLineRun failed = run("trigger", "two", "--follow", "-p", "who=ada", "-o", "json");
      assertThat(failed.code()).isEqualTo(1);
      String id = Plain.text(Json.readObject(failed.out()), "id");
      assertThat(run("retry", id, "--follow").code()).isEqualTo(1); // nothing was mended
      Files.writeString(directory.resolve("needed"), "mended");

      CommandLineRun retried = run("retry", id, "--follow", "-o", "json");

      assertThat(retried.code()).as(retried.err()).isZero();
      Map<String, Object> run = Json.readObject(retried.out());
      assertThat(run).containsEntry("id", id);
      assertThat(attempts(run, "first")).containsExactly("succeeded");
      assertThat(attempts(run, "second")).containsExactly("failed", "failed", "succeeded");
      assertThat(Plain.map(step(run, "third"), "outputs"))
          .containsEntry("stdout", "done-ada mended");
      assertThat(directory.resolve("first")).hasContent("x");
      assertThat(directory.resolve("failed")).hasContent("x\nx");
      assertThat(directory.resolve("succeeded")).hasContent("x");
      assertThat(client().audit(java.time.Instant.EPOCH, 5))
          .extracting(row -> row.get("action") + " " + row.get("subject"))
          .startsWith("retry " + id, "retry " + id);

      assertThat(run("retry", id).err()).contains("has succeeded, there is nothing to do again");
      assertThat(run("retry", id).code()).isEqualTo(2);
      assertThat(run("retry", "01ARZ3NDEKTSV4RRFFQ69G5FAV").code()).isEqualTo(3);
      daemon.terminate();
      daemon.awaitExit(LONGEST);
    }
  }

  @Test
  void aRunBeginsAtAStepWithTheResultsOfAnEarlierOne() throws Exception {
    Path file = twoSteps();
    CommandLineRun early = run("run", "two", "--from-step", "second", "-c", file.toString());
    assertThat(early.code()).isEqualTo(2);
    assertThat(early.err())
        .contains("no run has done the steps before it (first), whose results it needs");
    assertThat(run("run", "two", "-p", "who=ada", "-c", file.toString()).code()).isEqualTo(1);
    Files.writeString(directory.resolve("needed"), "mended");

    CommandLineRun run =
        run("run", "two", "--from-step", "second", "-c", file.toString(), "-o", "json");

    assertThat(run.code()).as(run.err()).isZero();
    Map<String, Object> form = Json.readObject(run.out());
    assertThat(Plain.maps(form, "steps"))
        .extracting(step -> step.get("id"))
        .startsWith("second", "third")
        .doesNotContain("first");
    assertThat(Plain.map(step(form, "third"), "outputs"))
        .containsEntry("stdout", "done-ada mended");
    assertThat(directory.resolve("first")).hasContent("x");
    assertThat(runs("-c", file.toString())).hasSize(2);

    CommandLineRun other =
        run("run", "two", "--from-step", "third", "-p", "who=bob", "-c", file.toString());
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("no run with these parameters has done the steps before it");
    assertThat(run("run", "two", "--from-step", "fourth", "-c", file.toString()).err())
        .contains("has no step \"fourth\" to begin at; its steps are first, second, third");
    assertThat(
            run("run", "two", "--from-step", "third", "-p", "who=ada", "-c", file.toString())
                .code())
        .isZero();
    assertThat(directory.resolve("first")).hasContent("x");
  }

  private CommandLineRun run(String... line) {
    return CommandLineRun.of(Map.of("WAYBILL_STATE", directory.resolve("state").toString()), line);
  }

  private List<Map<String, Object>> runs(String... more) {
    String[] line = new String[more.length + 3];
    line[0] = "runs";
    line[1] = "-o";
    line[2] = "json";
    System.arraycopy(more, 0, line, 3, more.length);
    return Plain.maps(Json.readObject(run(line).out()), "runs");
  }

  private static Map<String, Object> only(List<Map<String, Object>> runs) {
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  private ControlClient client() {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(directory.resolve("state")).daemonFile())
            .orElseThrow());
  }

  private static List<Object> attempts(Map<String, Object> run, String step) {
    return Plain.maps(step(run, step), "attempts").stream()
        .<Object>map(each -> Plain.text(each, "state"))
        .toList();
  }

  private static Map<String, Object> step(Map<String, Object> run, String id) {
    return Plain.maps(run, "steps").stream()
        .filter(step -> id.equals(step.get("id")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step " + id + " in " + run));
  }
}
