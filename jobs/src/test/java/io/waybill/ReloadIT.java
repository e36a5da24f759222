package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose files are edited while it runs. */
@Timeout(180)
class ReloadIT {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String ONE =
      """
      version: 1
      timezone: UTC
      jobs:
        first:
          schedule: { cron: "0 2 * * *" }
          steps: { list: { from: /tmp/ } }
      """;
  private static final String TWO =
      ONE.replace("0 2 * * *", "0 3 * * *")
          + """
            second:
              steps: { list: { from: /tmp/ } }
          """;
  private static final String BAD = ONE.replace("schedule:", "scedule:");

  @TempDir Path directory;

  @Test
  void aChangedFileIsTakenAtSighup() throws Exception {
    Path file = Files.writeString(directory.resolve("waybill.yml"), ONE);
    try (ForkedJvm daemon = daemon(file)) {
      assertThat(reload(client())).containsEntry("by", "start").containsEntry("outcome", "taken");
      Files.writeString(file, TWO);
      hangUp(daemon);

      await()
          .atMost(LONGEST)
          .untilAsserted(() -> assertThat(names(client())).containsExactly("first", "second"));

      assertThat(reload(client())).containsEntry("outcome", "taken");
      assertThat(client().audit(Instant.EPOCH, 10))
          .extracting(row -> row.get("action") + " " + row.get("subject"))
          .containsExactly("job.created second", "job.changed first", "job.created first");
      hangUp(daemon);
      await()
          .atMost(LONGEST)
          .untilAsserted(() -> assertThat(reload(client())).containsEntry("by", "signal"));
      end(daemon);
    }
  }

  @Test
  void aChangedFileIsTakenByItselfAndPlanToldItBefore() throws Exception {
    Path file = Files.writeString(directory.resolve("waybill.yml"), ONE);
    try (ForkedJvm daemon = daemon(file)) {
      Path edited = Files.writeString(directory.resolve("edited.yml"), TWO);

      assertThat(run("plan", "--exit-code", "-c", file.toString()).code()).isZero();
      CommandLineRun plan = run("plan", "--exit-code", "-c", edited.toString());
      assertThat(plan.code()).as(plan.err()).isEqualTo(1);
      assertThat(plan.out())
          .containsPattern("~ first +changes, next .+ 03:00 \\S+ instead of .+ 02:00")
          .contains("    schedule.cron\n")
          .containsPattern("\\+ second +new, next never");
      assertThat(run("plan", "-c", edited.toString()).code()).isZero();
      Path risky = Files.writeString(directory.resolve("risky.yml"), TWO.replace("0 3 ", "* 3 "));
      assertThat(run("plan", "-c", risky.toString()).err())
          .startsWith(risky + ":"); // for people, as validate tells it, and no line of a log

      Files.write(file, new byte[0]); // as an editor does that empties a file before it writes
      Files.writeString(file, TWO);
      await()
          .atMost(LONGEST)
          .untilAsserted(() -> assertThat(reload(client())).containsEntry("by", "change"));
      assertThat(names(client())).containsExactly("first", "second");
      assertThat(run("plan", "--exit-code", "-c", edited.toString()).code()).isZero();
      end(daemon);
    }
  }

  @Test
  void aPipeIsReadOnceAndTheDaemonSaysThatItCannotBeWatched() throws Exception {
    assumeThat(Path.of("/usr/bin/mkfifo")).exists();
    Path pipe = directory.resolve("pipe.yml");
    Process mkfifo = new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start();
    assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
    Thread writer = writer(pipe);
    try (ForkedJvm daemon =
        ForkedJvm.running(Main.class)
            .args("daemon", "-c", pipe.toString())
            .environment("WAYBILL_STATE", state().path().toString())
            .start()) {
      daemon.awaitLine(".*event=job-files-not-watched.*can be read only once.*", LONGEST);
      writer.join();
      daemon.awaitLine(".*control channel.*", LONGEST);
      hangUp(daemon);
      daemon.awaitLine(".*event=job-files-not-taken by=signal.*can be read only once.*", LONGEST);
      assertThat(names(client())).containsExactly("first");
      end(daemon);
    }
  }

  private static Thread writer(Path pipe) {
    Thread writer =
        new Thread(
            () -> {
              try {
                Files.writeString(pipe, ONE);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.start();
    return writer;
  }

  @Test
  void aLinkThatIsTurnedToOtherFilesIsAChange() throws Exception {
    Path old = Files.createDirectories(directory.resolve("files/..2026_01"));
    Path next = Files.createDirectories(directory.resolve("files/..2026_02"));
    Files.writeString(old.resolve("waybill.yml"), ONE);
    Files.writeString(next.resolve("waybill.yml"), TWO);
    Path data = directory.resolve("files/..data");
    Files.createSymbolicLink(data, Path.of("..2026_01"));
    Files.createSymbolicLink(directory.resolve("files/waybill.yml"), Path.of("..data/waybill.yml"));
    try (ForkedJvm daemon = daemon(directory.resolve("files"))) {
      assertThat(names(client())).containsExactly("first");
      Path turned = directory.resolve("files/..data_tmp");
      Files.createSymbolicLink(turned, Path.of("..2026_02"));
      Files.move(turned, data, StandardCopyOption.ATOMIC_MOVE);

      await()
          .atMost(LONGEST)
          .untilAsserted(() -> assertThat(names(client())).containsExactly("first", "second"));
      end(daemon);
    }
  }

  @Test
  void aBadEditKeepsTheOldJobsAndStatusSaysSoUntilItIsMended() throws Exception {
    Path file = Files.writeString(directory.resolve("waybill.yml"), ONE);
    try (ForkedJvm daemon = daemon(file)) {
      CommandLineRun well = run("status");
      assertThat(well.code()).as(well.out() + well.err()).isZero();
      assertThat(well.out()).contains("health  ok", file + "  sha-256:", "1 enabled");
      Files.writeString(file, BAD);

      await().atMost(LONGEST).untilAsserted(() -> assertThat(run("status").code()).isEqualTo(1));

      CommandLineRun status = run("status");
      assertThat(status.out())
          .contains(
              "health  degraded",
              "the job files have a mistake since ",
              file + ":5:5: error: unknown key \"scedule\" in job \"first\"");
      assertThat(names(client())).containsExactly("first");
      Map<String, Object> form = Json.readObject(run("status", "-o", "json").out());
      assertThat(form).containsEntry("schema", "waybill.status/1").containsEntry("alive", true);
      String since = Plain.text(Plain.map(form, "reload"), "since");
      Files.writeString(file, BAD + "\n");
      await()
          .atMost(LONGEST)
          .untilAsserted(
              () ->
                  assertThat(reload(client()).get("at"))
                      .isNotEqualTo(Plain.map(form, "reload").get("at")));
      assertThat(reload(client())).containsEntry("since", since);

      Files.writeString(file, ONE);
      await().atMost(LONGEST).untilAsserted(() -> assertThat(run("status").code()).isZero());
      end(daemon);
      assertThat(run("status").code()).isEqualTo(3);
    }
  }

  @Test
  void aRunAtWorkGoesOnAsItBeganAndTheNextDoesWhatTheFileSays() throws Exception {
    String jobs =
        """
        version: 1
        timezone: UTC
        jobs:
          slow:
            steps:
              - exec: { command: [sh, -c, "until test -e %s/go; do sleep 0.1; done"] }
              - id: said
                exec: { command: [printf, old] }
        """
            .formatted(directory);
    Path file = Files.writeString(directory.resolve("waybill.yml"), jobs);
    try (ForkedJvm daemon = daemon(file)) {
      String run = Plain.text(client().trigger("slow", Map.of()), "id");
      await()
          .atMost(LONGEST)
          .untilAsserted(() -> assertThat(client().run(run)).containsEntry("state", "running"));
      Files.writeString(
          file, jobs.replace("printf, old", "printf, new") + "daemon: { threads: 3 }\n");
      await()
          .atMost(LONGEST)
          .untilAsserted(() -> assertThat(reload(client())).containsEntry("by", "change"));
      assertThat(client().status()).containsEntry("restart-needed", List.of("daemon.threads"));
      Files.createFile(directory.resolve("go"));

      assertThat(said(run)).isEqualTo("old");
      assertThat(said(Plain.text(client().trigger("slow", Map.of()), "id"))).isEqualTo("new");
      end(daemon);
    }
  }

  private Object said(String run) throws InterruptedException {
    await()
        .atMost(LONGEST)
        .untilAsserted(() -> assertThat(client().run(run)).containsEntry("state", "succeeded"));
    Map<String, Object> step = Plain.maps(client().run(run), "steps").get(1);
    return String.valueOf(Plain.map(step, "outputs").get("stdout"));
  }

  private ForkedJvm daemon(Path file) throws Exception {
    ForkedJvm daemon =
        ForkedJvm.running(Main.class)
            .args("daemon", "-c", file.toString())
            .environment("WAYBILL_STATE", state().path().toString())
            .start();
    daemon.awaitLine(".*control channel.*", LONGEST);
    return daemon;
  }

  private static void hangUp(ForkedJvm daemon) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(daemon.pid())).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  private static void end(ForkedJvm daemon) throws Exception {
    daemon.terminate();
    daemon.awaitExit(LONGEST);
  }

  private CommandLineRun run(String... line) {
    return CommandLineRun.of(Map.of("WAYBILL_STATE", state().path().toString()), line);
  }

  private StateDirectory state() {
    return StateDirectory.at(directory.resolve("state"));
  }

  private ControlClient client() {
    return new ControlClient(DaemonFile.ofLiveDaemon(state().daemonFile()).orElseThrow());
  }

  private static Map<String, Object> reload(ControlClient client) throws InterruptedException {
    return Plain.map(client.status(), "reload");
  }

  private static List<String> names(ControlClient client) throws InterruptedException {
    return client.jobs().stream().map(job -> Plain.text(job, "name")).toList();
  }
}
