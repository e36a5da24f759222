package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill run JOB --dry-run}: it tells what would be done, and does nothing. */
@Timeout(120)
class DryRunIT {
  @TempDir Path directory;

  @Test
  void listsWhatWouldMoveAndSaysWhatIsKnownLater() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("orders.csv", 3_000);
      Path file = spine.jobFile("description: on demand");

      CommandLineRun run = dry("spine", file);

      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out())
          .containsPattern("pull +copy +would copy 1 file, 3000 bytes\n")
          .contains("    partner:/out/orders.csv -> " + directory + "/inbox/orders.csv  2.9 KiB\n")
          .containsPattern("push +copy +cannot be told before the steps before it have run")
          .containsPattern(
              "report +mail.send +would run with what is known then: .*steps.push.files")
          .contains("    text: done\n", "    subject: ${steps.push.files | count} files\n");
      assertThat(directory.resolve("inbox")).doesNotExist();
      assertThat(directory.resolve("state")).doesNotExist();
      assertThat(spine.inHub("orders.csv")).doesNotExist();
    }
  }

  @Test
  void readsTheMessagesThatAreThere() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("orders.csv", 3_000);
      Path file = spine.jobFile("description: on demand");
      Map<String, String> environment =
          Map.of("WAYBILL_STATE", directory.resolve("state").toString());
      CommandLineRun sent = CommandLineRun.of(environment, "run", "spine", "-c", file.toString());
      assertThat(sent.code()).as(sent.err()).isZero();
      Files.writeString(
          file,
          """
            inbox:
              steps:
                - mail.fetch: { mailbox: "mailbox:INBOX" }
                  id: fetch
                - mail.file: { message: "${steps.fetch.messages}", flag: seen }
          """,
          StandardOpenOption.APPEND);

      assertThat(dry("inbox", file).out())
          .containsPattern("fetch +mail.fetch +reads 1 message of mailbox:INBOX\n")
          .containsPattern(" {4}.*robot@waybill.test.*  1 files\n")
          .containsPattern("mail-file +mail.file +would run\n")
          .contains("    message: 1 message from steps.fetch\n");
    }
  }

  @Test
  void tellsWhatIsLeftOutAndForHowManyItems() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("items.yml"),
            """
            version: 1
            timezone: UTC
            jobs:
              known:
                steps:
                  - if: "${job.name | eq('other')}"
                    exec: { command: [touch, %1$s/touched] }
                  - id: run
                    exec: { command: [echo, x] }
                  - if: "${steps.run.stdout | eq('x')}"
                    exec: { command: [touch, %1$s/touched] }
                each:
                  in: [a, b, c]
                  steps: { exec: { command: [touch, "%1$s/${item}"] } }
              unknown:
                steps:
                  - id: run
                    checksum: { from: %1$s/items.yml }
                each:
                  in: "${steps.run.files}"
                  steps: { exec: { command: [touch, "%1$s/${item}"] } }
            """
                .formatted(directory));

    assertThat(dry("known", file).out())
        .contains("would be left out, as \"if: ${job.name | eq('other')}\" is false")
        .contains("would run if ${steps.run.stdout | eq('x')}, with what is known then")
        .contains("would run for each of 3 items", directory + "/${item}");
    assertThat(dry("unknown", file).out())
        .contains("would run for each item of ${steps.run.files}");
    assertThat(directory.resolve("touched")).doesNotExist();
    assertThat(directory.resolve("a")).doesNotExist();
  }

  private Path local() throws IOException {
    Files.createDirectories(directory.resolve("a/sub"));
    Files.createDirectories(directory.resolve("b"));
    Files.writeString(directory.resolve("a/one.txt"), "one");
    Files.writeString(directory.resolve("a/sub/two.txt"), "twoo");
    Files.writeString(directory.resolve("b/old.txt"), "old");
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        secrets: { p: { env: P } }
        connections:
          out: { type: smtp, host: 127.0.0.1, port: 9, tls: off, user: u, password: "${secrets.p}", from: a@b.test }
        jobs:
          all:
            params:
              who: { type: text, default: ada }
            steps:
              - id: found
                list: { from: %1$s/a/ }
              - id: copied
                copy: { from: "${steps.found.files}", to: %1$s/c/ }
              - id: moved
                move: { from: %1$s/a/one.txt, to: %1$s/c/ }
              - id: made
                sync: { from: %1$s/a/, to: %1$s/b/, delete: true }
              - id: gone
                delete: { from: %1$s/b/old.txt }
              - id: started
                exec: { command: [touch, "%1$s/touched-${params.who}"], secret-env: { X: "${secrets.p}" } }
              - id: told
                mail.send: { via: out, to: "${params.who}@b.test", subject: "${steps.found.files | count} files", text: "Dear ${params.who}" }
            on-success:
              - id: after
                exec: { command: [touch, %1$s/after] }
            on-failure:
              - id: sorry
                exec: { command: [touch, %1$s/sorry] }
        """
            .formatted(directory));
  }

  @Test
  void everyStepIsShownAndNothingIsDone() throws Exception {
    Path file = local();
    List<String> before = tree();

    CommandLineRun run = dry("all", file, "-p", "who=bob");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("found +list +lists 2 files, 7 bytes\n")
        .containsPattern("copied +copy +would copy 2 files, 7 bytes\n")
        .containsPattern("moved +move +would move 1 file, 3 bytes\n")
        .containsPattern("made +sync +would copy 2 files and delete 1; 0 are equal\n")
        .containsPattern("gone +delete +would delete 1 file, 3 bytes\n")
        .containsPattern("started +exec +would run\n")
        .contains("    command: [touch, " + directory + "/touched-bob]\n")
        .contains("    secret-env: { X: ${secrets.p} }\n")
        .containsPattern("told +mail.send +would send \\d+ bytes by out to bob@b.test\n")
        .contains("    Subject: 2 files\n", "    Dear bob\n", "on-success:\n")
        .doesNotContain("sorry", "word-of-secret");
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void whatWouldFailIsToldAndIsTheExitCode() throws Exception {
    Path file = local();
    Files.move(directory.resolve("a"), directory.resolve("elsewhere"));

    CommandLineRun run = dry("all", file, "-o", "json");

    assertThat(run.code()).isEqualTo(3);
    Map<String, Object> form = Json.readObject(run.out());
    assertThat(form).containsEntry("schema", "waybill.dry-run/1").containsEntry("job", "all");
    assertThat(Plain.map(form, "error")).containsEntry("exit", 3L);
    assertThat(Plain.maps(form, "steps"))
        .filteredOn(step -> step.containsKey("error"))
        .extracting(step -> step.get("id"))
        .containsExactly("found");
    assertThat(Plain.maps(form, "steps"))
        .extracting(step -> step.get("id"))
        .endsWith("told", "sorry");
    assertThat(Plain.maps(form, "steps"))
        .filteredOn(step -> "moved".equals(step.get("id")))
        .singleElement()
        .satisfies(
            step ->
                assertThat(Plain.text(step, "words"))
                    .startsWith("cannot be told before the steps before it have run: there is no"));
    assertThat(dry("all", file, "-p", "whom=x").code()).isEqualTo(2);
    assertThat(dry("none", file).code()).isEqualTo(3);
    assertThat(dry("all", file, "--from-step", "started").code()).isZero();
    assertThat(dry("all", file, "--from-step", "stopped").code()).isEqualTo(2);
  }

  private Path copying(String more) throws IOException {
    Files.createDirectories(directory.resolve("a/sub"));
    Files.writeString(directory.resolve("a/one.txt"), "one");
    Files.writeString(directory.resolve("a/sub/two.txt"), "twoo");
    return Files.writeString(
        directory.resolve("copying.yml"),
        """
        version: 1
        timezone: UTC
        jobs:
          copying: { retry: { attempts: 1 }, steps: { copy: { from: %1$s/a/, to: %1$s/c/%2$s } } }
        """
            .formatted(directory, more));
  }

  private CommandLineRun run(Path file) {
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", directory.resolve("state").toString()),
        "run",
        "copying",
        "-c",
        file.toString());
  }

  @Test
  void filesThatTheRunWouldRefuseAreToldAsTheRunDoes() throws Exception {
    Path file = copying("");
    Files.writeString(directory.resolve("a/back\\slash.txt"), "three");
    Files.createDirectories(directory.resolve("c/one.txt"));
    List<String> before = tree();

    CommandLineRun dry = dry("copying", file);

    assertThat(dry.code()).as(dry.out() + dry.err()).isEqualTo(8);
    assertThat(dry.out())
        .containsPattern("copy +copy +would copy 1 file, 4 bytes; 2 would be refused: ")
        .contains("/a/sub/two.txt -> " + directory + "/c/sub/two.txt  4 B\n")
        .contains("/a/one.txt  would be refused: " + directory + "/c/one.txt is a directory")
        .contains("/a/back\\slash.txt  would be refused: ");
    assertThat(dry.err()).contains("2 of 3 files would not be copied");
    assertThat(tree()).isEqualTo(before);
    CommandLineRun run = run(file);
    assertThat(run.code()).isEqualTo(8);
    assertThat(run.out()).contains("2 of 3 files were not copied");
  }

  @Test
  void aSidecarThatMustBeThereIsMissedBeforeTheRun() throws Exception {
    Path file = copying(", sidecar: { check: required }");
    Files.writeString(
        directory.resolve("a/one.txt.sha256"),
        "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  one.txt\n");

    CommandLineRun dry = dry("copying", file);

    assertThat(dry.code()).as(dry.out() + dry.err()).isEqualTo(7);
    assertThat(dry.out())
        .containsPattern("copy +copy +would fail: no sidecar tells what .*two.txt must have");
    assertThat(directory.resolve("c")).doesNotExist();
    assertThat(run(file).code()).isEqualTo(7);
  }

  @Test
  void aFileThatStandsWhereADirectoryIsNeededIsTold() throws Exception {
    Path file = copying("");
    Files.writeString(directory.resolve("c"), "a file");

    CommandLineRun dry = dry("copying", file);

    assertThat(dry.out()).containsPattern("copy +copy +would fail: ");
    assertThat(dry.code()).isEqualTo(run(file).code()).isNotZero();
  }

  @Test
  void aTemplateThatNamesWhatAStepBeforeLeavesIsNoFailure() throws Exception {
    Files.writeString(
        directory.resolve("mail.txt"), "{{#steps.copied.files}}{{name}}{{/steps.copied.files}}");
    Path file = local();
    Files.writeString(
        file,
        Files.readString(file)
            .replace("text: \"Dear ${params.who}\"", "template: mail.txt")
            .replace("subject: \"${steps.found.files | count} files\"", "subject: files"));

    CommandLineRun run = dry("all", file);

    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .containsPattern("told +mail.send +cannot be told before the steps before it have run");
  }

  @Test
  void aDaemonIsNotInTheWayAndKnowsNothingOfIt() throws Exception {
    Path file = local();
    try (ForkedJvm daemon =
        ForkedJvm.running(io.waybill.jobs.cli.Main.class)
            .args("daemon", "-c", file.toString())
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .environment("P", "word-of-secret")
            .start()) {
      daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));

      assertThat(dry("all", file).code()).isZero();

      CommandLineRun runs =
          CommandLineRun.of(
              Map.of("WAYBILL_STATE", directory.resolve("state").toString()), "runs", "-o", "json");
      assertThat(Plain.maps(Json.readObject(runs.out()), "runs")).isEmpty();
      daemon.terminate();
      daemon.awaitExit(Duration.ofSeconds(60));
    }
  }

  private CommandLineRun dry(String job, Path file, String... more) {
    List<String> line =
        Stream.concat(Stream.of("run", job, "--dry-run", "-c", file.toString()), Stream.of(more))
            .toList();
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", directory.resolve("state").toString(), "P", "word-of-secret"),
        line.toArray(String[]::new));
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.map(path -> path + " " + path.toFile().lastModified()).sorted().toList();
    }
  }
}
