package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code exec} in a job file, with real programs. */
@Timeout(120)
class ExecIT {
  private static final String SECRET = "planted-exec-5d20";

  @TempDir Path directory;

  private JobFileRun run(String step) throws IOException {
    return JobFileRun.of(
        directory,
        Map.of("S", SECRET),
        "secrets: { s: { env: S } }\njobs: { j: { retry: { attempts: 2, delay: 1ms }, steps: [ "
            + step
            + " ] } }\n");
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Path pids() {
    return directory.resolve("pids");
  }

  /** Nothing whose number was written down is at work any more. */
  private void awaitNobody(int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              var pids = Files.readAllLines(pids());
              assertThat(pids).hasSize(count);
              assertThat(pids).noneMatch(ExecIT::isAtWork);
            });
  }

  private static boolean isAtWork(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid.strip(), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whatItPrintsIsAnOutputAndInTheLog() throws IOException {
    JobFileRun run =
        run(
            "{ exec: { command: [sh, -c, 'echo one; echo two; echo three >&2; exit 3'], success-codes: [0, 3] } }");

    assertThat(run.code()).isZero();
    assertThat(run.outputs())
        .containsEntry("exit-code", 3L)
        .containsEntry("stdout", "one\ntwo")
        .containsEntry("stderr", "three");
    assertThat((Long) run.outputs().get("duration")).isBetween(0L, 60_000L);
    assertThat(run.log()).contains("stdout: one", "stdout: two", "stderr: three");
  }

  @Test
  void theEnvironmentIsWhatTheFileSays() throws IOException {
    JobFileRun run =
        run(
            "{ id: e, exec: { command: [env], env: { COLOUR: 'blue sky' }, secret-env: { PASS: '${secrets.s}' } } }");

    assertThat(Plain.text(run.outputs(), "stdout").lines().sorted())
        .containsExactly(
            "COLOUR=blue sky",
            "LANG=C.UTF-8",
            "PASS=***",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "WAYBILL_EXEC=" + run.form().get("id") + "/e");
  }

  @Test
  void aSecretThatTheJobDoesNotNameIsMaskedIfItIsAtHand() throws IOException {
    Path file = Files.writeString(directory.resolve("token"), "planted-unnamed-7e13\n");
    script("leak.sh", "cat \"$1\"; echo planted-unnamed-4b02; echo \"from $2\" >&2\n");

    JobFileRun run =
        JobFileRun.of(
            directory,
            Map.of("T", "planted-unnamed-4b02"),
            """
            secrets:
              t: { env: T }
              f: { file: token }
              gone: { file: gone }
              unset: { env: UNSET }
              asked: { command: [touch, %1$s/asked] }
            jobs: { j: { steps: [ { exec: { command: [./leak.sh, %2$s, here] } } ] } }
            """
                .formatted(directory, file));

    assertThat(run.code()).isZero();
    assertThat(run.outputs())
        .containsEntry("stdout", "***\n***")
        .containsEntry("stderr", "from here");
    assertThat(run.form().toString() + run.log()).doesNotContain("planted-unnamed");
    assertThat(directory.resolve("asked")).doesNotExist();
  }

  @Test
  void argumentsAreNobodysToReadButThePrograms() throws IOException {
    JobFileRun run = run("{ exec: { command: [printf, '%s|', 'a b', '$HOME', '*', '; ls', ''] } }");

    assertThat(run.outputs()).containsEntry("stdout", "a b|$HOME|*|; ls||");
  }

  @Test
  void aSecretReachesTheProgramAndNothingElse() throws IOException {
    script(
        "take.sh",
        "read x; [ \"$x\" = " + SECRET + " ] && echo \"right: $x\" && echo \"$x\" >&2\n");

    JobFileRun run = run("{ exec: { command: [./take.sh], stdin-secret: '${secrets.s}' } }");

    assertThat(run.outputs()).containsEntry("stdout", "right: ***").containsEntry("stderr", "***");
    assertThat(run.form().toString()).doesNotContain(SECRET);
    assertThat(run.log()).contains("stdout: right: ***").doesNotContain(SECRET);
  }

  @Test
  void aSecretOnTheEdgeOfTheCutDoesNotShowItsBeginning() throws IOException {
    script(
        "edge.sh",
        "head -c 1020 /dev/zero | tr '\\0' x; printf %s \"$S\"; head -c 9000 /dev/zero\n");

    JobFileRun run =
        run(
            "{ exec: { command: [./edge.sh], secret-env: { S: '${secrets.s}' }, max-output: 1KiB } }");

    assertThat(run.code()).isZero();
    assertThat(run.form().toString()).contains("xxx***").doesNotContain("plan");
    assertThat(run.log()).doesNotContain("plan");
  }

  @Test
  void textAndFilesAreItsInput() throws IOException {
    Files.writeString(directory.resolve("in.txt"), "from a file");

    assertThat(run("{ exec: { command: [cat], stdin: 'a text, été' } }").outputs())
        .containsEntry("stdout", "a text, été");
    assertThat(run("{ exec: { command: [cat], stdin-file: in.txt } }").outputs())
        .containsEntry("stdout", "from a file");
    assertThat(run("{ exec: { command: [cat] } }").outputs()).containsEntry("stdout", "");
    assertThat(run("{ exec: { command: ['true'], stdin: '" + "x".repeat(200_000) + "' } }").code())
        .isZero();
    assertThat(run("{ exec: { command: [cat], stdin-file: no.txt } }").message())
        .contains("no.txt cannot be read as the input of cat");
  }

  @Test
  void valuesAreReadFromJson() throws IOException {
    JobFileRun run =
        run(
            """
            { id: a, exec: { command: [echo, '{"sum": 12, "files": ["x", "y"]}'],
                             extract: { sum: { json-pointer: /sum }, first: { json-pointer: /files/0 } } } },
            { exec: { command: [echo, "${steps.a.sum} ${steps.a.first}"] } }
            """);

    assertThat(run.outputs()).containsEntry("sum", 12L).containsEntry("first", "x");
    assertThat(run.outputs(1)).containsEntry("stdout", "12 x");
    assertThat(
            run("{ exec: { command: [echo, '{}'], extract: { s: { json-pointer: /s } } } }")
                .message())
        .contains("there is no \"/s\" of what echo has printed");
    assertThat(
            run("{ exec: { command: [echo, hello], extract: { s: { json-pointer: /s } } } }")
                .message())
        .contains("as that is not JSON; it begins with: hello");
  }

  @Test
  void exitCodesDecideAboutTheRetry() throws IOException {
    JobFileRun permanent = run("{ exec: { command: [sh, -c, 'echo why >&2; exit 4'] } }");
    assertThat(permanent.code()).isEqualTo(1);
    assertThat(permanent.attempts()).hasSize(1);
    assertThat(permanent.message()).contains("sh ended with exit code 4; its last words: why");

    JobFileRun passing = run("{ exec: { command: [sh, -c, 'exit 75'], retry-codes: [75] } }");
    assertThat(passing.code()).isEqualTo(6);
    assertThat(passing.attempts()).hasSize(2);

    assertThat(run("{ exec: { command: [sh, -c, 'kill -9 $$'] } }").message())
        .contains("sh ended with exit code 137 (that of signal 9); it has said nothing");
  }

  @Test
  void whatCannotBeStartedSaysWhy() throws IOException {
    script("interpreter", "");
    Files.writeString(directory.resolve("interpreter"), "#!/no/such/interpreter\n");

    JobFileRun missing = run("{ exec: { command: [./nowhere] } }");
    assertThat(missing.code()).isEqualTo(3);
    assertThat(missing.message()).contains("there is no program").contains("/nowhere");
    assertThat(run("{ exec: { command: [./interpreter] } }").message())
        .contains("interpreter cannot be started: error 2, ");
    JobFileRun nowhere = run("{ exec: { command: [ls], directory: nowhere } }");
    assertThat(nowhere.code()).isEqualTo(3);
    assertThat(nowhere.message())
        .contains("there is no directory")
        .contains("nowhere to run ls in");
  }

  @Test
  void aTimeoutKillsAlsoWhoDoesNotListen() throws IOException {
    script(
        "deaf.sh",
        """
        trap '' TERM
        echo $$ >> pids
        sh -c 'trap "" TERM; echo $$ >> pids; setsid sh -c "trap \\"\\" TERM; echo \\$\\$ >> pids; sleep 100 & wait; sleep 100"' &
        sleep 100
        sleep 100
        """);
    long begun = System.nanoTime();

    JobFileRun run =
        run(
            "{ timeout: 2s, retry: { attempts: 1 }, exec: { command: [./deaf.sh], grace: 500ms } }");

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    assertThat(run.code()).isEqualTo(10);
    assertThat(run.message()).contains("took longer than its timeout");
    assertThat(run.log()).contains("event=program-ended").doesNotContain("processes-not-ended");
    awaitNobody(3);
  }

  @Test
  void whoWantsToMayEndInPeace() throws IOException {
    script("polite.sh", "trap 'echo saved > saved; exit 0' TERM\nwhile :; do sleep 0.05; done\n");

    run("{ timeout: 1s, retry: { attempts: 1 }, exec: { command: [./polite.sh], grace: 10s } }");

    assertThat(directory.resolve("saved")).hasContent("saved\n");
  }

  @Test
  void whatIsLeftRunningIsEndedAndHoldsNothingUp() throws IOException {
    script(
        "leave.sh",
        "setsid sh -c 'echo $$ >> pids; exec sleep 100' &\nwhile [ ! -s pids ]; do sleep 0.05; done\necho done\n");
    long begun = System.nanoTime();

    JobFileRun run = run("{ exec: { command: [./leave.sh], grace: 500ms } }");

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    assertThat(run.code()).isZero();
    assertThat(run.outputs()).containsEntry("stdout", "done");
    assertThat(run.log()).contains("event=left-running-ended processes=1");
    awaitNobody(1);
  }

  @Test
  void aGibibyteOfOutputTakesNoRoom() throws Exception {
    JobFileRun.write(
        directory,
        """
        jobs:
          j:
            steps:
              - id: flood
                exec: { command: [sh, -c, 'head -c 1073741824 /dev/zero | tr "\\\\0" "\\\\n" & head -c 1073741824 /dev/zero >&2; wait; echo end'] }
        """);
    try (ForkedJvm waybill =
        ForkedJvm.running(Main.class)
            .jvmArgs("-Xmx64m")
            .args("run", "j", "-c", directory.resolve("waybill.yml").toString(), "-o", "json")
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .start()) {
      assertThat(waybill.awaitExit(Duration.ofSeconds(100))).as(waybill.output()).isZero();
      assertThat(waybill.output())
          .contains("[cut: 65536 of 1073741824 bytes")
          .contains("[cut: 65536 of 1073741828 bytes");
    }
  }

  @Test
  void aKilledWaybillsProgramIsEndedByTheNextOne() throws Exception {
    script("once.sh", "echo $$ >> pids\nexec sleep 100\n");
    JobFileRun.write(
        directory,
        "jobs: { j: { steps: [ { id: e, exec: { command: [./once.sh], grace: 500ms } } ] } }\n");
    String id;
    try (ForkedJvm daemon = daemon()) {
      id = Plain.text(client().trigger("j", Map.of()), "id");
      await().atMost(Duration.ofSeconds(30)).until(() -> pidsWritten() == 1);
      daemon.kill();
      assertThat(Files.readAllLines(pids())).singleElement().matches(ExecIT::isAtWork);
    }
    try (ForkedJvm daemon = daemon()) {
      await().atMost(Duration.ofSeconds(60)).until(() -> pidsWritten() == 2);
      assertThat(Files.readAllLines(pids()).get(0)).matches(pid -> !isAtWork(pid));
      assertThat(Files.readAllLines(pids()).get(1)).matches(ExecIT::isAtWork);

      client().cancel(id);

      awaitNobody(2);
      daemon.terminate();
      assertThat(daemon.awaitExit(Duration.ofSeconds(60))).as(daemon.output()).isEqualTo(143);
    }
  }

  private long pidsWritten() throws IOException {
    return Files.exists(pids()) ? Files.readAllLines(pids()).size() : 0;
  }

  private ControlClient client() {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(directory.resolve("state/daemon.json")).orElseThrow());
  }

  private ForkedJvm daemon() throws InterruptedException {
    ForkedJvm daemon =
        ForkedJvm.running(Main.class)
            .args("daemon", "-c", directory.resolve("waybill.yml").toString())
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .start();
    daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
    return daemon;
  }
}
