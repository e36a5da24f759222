package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import io.waybill.transfer.tcp.server.TransferServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who asked for JSON gets one document, however a verb ends. */
@Timeout(120)
class CopyDocumentIT {
  private static final String KEY = "a-key-of-no-one-else";

  @TempDir Path directory;
  private Path served;
  private Path tree;
  private TransferServer server;

  @BeforeEach
  void serve() throws Exception {
    served = Files.createDirectories(directory.resolve("served"));
    tree = Files.createDirectories(directory.resolve("tree"));
    Files.writeString(tree.resolve("small"), "some text");
    server = TransferServer.builder(served).plaintext().user("ann", () -> KEY).build().start();
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void aCopyThatEndsAsAWholeHasTheUsualDocumentAndAnError() {
    CommandLineRun wrong = run("not-the-key-of-ann", tree + "/", uri("in/"), "--json");
    assertThat(wrong.code()).isEqualTo(5);
    assertThat(errorIn(wrong.out()))
        .containsEntry("exit", 5L)
        .containsEntry("kind", "authentication");
    assertThat(Json.readObject(wrong.out()))
        .containsEntry("schema", "waybill.copy/1")
        .containsEntry("files", 0L)
        .containsEntry("causes", List.of());
    assertThat(wrong.err()).contains(String.valueOf(errorIn(wrong.out()).get("message")));

    CommandLineRun none = run(KEY, uri("none/"), directory + "/", "-o", "ndjson");
    assertThat(none.code()).isEqualTo(3);
    assertThat(none.out()).hasLineCount(1);
    assertThat(errorIn(none.out()))
        .containsEntry("exit", 3L)
        .containsEntry("kind", "source-not-found");

    for (String[] bad :
        new String[][] {{"--streams", "99"}, {"--policy", "none"}, {"--deadline", "0s"}}) {
      CommandLineRun usage = run(KEY, tree + "/", uri("in/"), "--json", bad[0], bad[1]);
      assertThat(usage.code()).as(usage.err()).isEqualTo(2);
      assertThat(errorIn(usage.out())).containsEntry("kind", "usage");
      assertThat(usage.err()).contains(bad[0]);
    }
    assertThat(run(KEY, tree + "/", uri("in/"), "--deadline", "0s").out()).isEmpty();
  }

  @Test
  void theOnlyFilesOwnFailureIsTheCopys() throws Exception {
    Files.writeString(served.resolve("small"), "other text");
    CommandLineRun fails =
        run(KEY, tree.resolve("small").toString(), uri("small"), "--json", "--policy", "fail");
    assertThat(fails.code()).isEqualTo(11);
    assertThat(errorIn(fails.out())).containsEntry("exit", 11L).containsEntry("kind", "refused");
    assertThat(Json.readObject(fails.out())).containsEntry("failed", 1L);
    assertThat(fails.err()).contains("the policy skip, replace or rename");
  }

  @Test
  void whatWasDoneByTheDeadlineIsInIt() throws Exception {
    writeLarge();
    CommandLineRun late =
        run(
            KEY,
            tree + "/",
            uri("in/"),
            "--json",
            "--rate",
            "1MiB/s",
            "--compress",
            "never",
            "--deadline",
            "3s");

    assertThat(late.code()).as(late.err()).isEqualTo(10);
    assertThat(errorIn(late.out())).containsEntry("exit", 10L).containsEntry("kind", "timeout");
    assertThat(Json.readObject(late.out()))
        .containsEntry("files", 1L)
        .containsEntry("copied", 1L)
        .containsEntry("bytes", 9L);
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143, terminated", "INT, 130, interrupted"})
  @DisabledOnOs(OS.WINDOWS)
  void aSignalIsInItToo(String signal, int code, String kind) throws Exception {
    writeLarge();
    String[] line = {
      "copy",
      tree + "/",
      uri("in/"),
      "--key-env",
      "K",
      "--plaintext",
      "-o",
      "ndjson",
      "--rate",
      "1MiB/s",
      "--compress",
      "never"
    };
    try (ForkedJvm copy = ForkedJvm.running(Main.class).args(line).environment("K", KEY).start()) {
      await().atMost(Duration.ofSeconds(60)).until(() -> Files.exists(served.resolve("in/small")));
      new ProcessBuilder("kill", "-" + signal, String.valueOf(copy.pid())).start().waitFor();

      assertThat(copy.awaitExit(Duration.ofSeconds(30))).as(copy.output()).isEqualTo(code);
      List<String> documents =
          Arrays.stream(copy.output().split("\n")).filter(each -> each.startsWith("{")).toList();
      assertThat(documents).as(copy.output()).hasSize(1);
      assertThat(errorIn(documents.get(0)))
          .containsEntry("exit", (long) code)
          .containsEntry("kind", kind);
      assertThat(Json.readObject(documents.get(0))).containsEntry("schema", "waybill.copy/1");
    }
  }

  @Test
  void everyOtherVerbHasADocumentForItsError() {
    CommandLineRun runs = CommandLineRun.of(environment(KEY), "runs", "none", "--json");
    assertThat(runs.code()).isEqualTo(3);
    assertThat(Json.readObject(runs.out())).containsEntry("schema", "waybill.error/1");
    assertThat(errorIn(runs.out())).containsEntry("exit", 3L);
    CommandLineRun probe =
        CommandLineRun.of(
            environment("not-the-key-of-ann"),
            "probe",
            uri(""),
            "--key-env",
            "K",
            "--plaintext",
            "--json");
    assertThat(probe.code()).isEqualTo(5);
    assertThat(Json.readObject(probe.out()))
        .containsEntry("schema", "waybill.probe/1")
        .containsEntry("ok", false);
    assertThat(errorIn(probe.out())).containsEntry("kind", "authentication");
  }

  @Test
  void directoriesAreNotCountedAmongTheFiles() throws Exception {
    Files.createDirectories(tree.resolve("blocked"));
    Files.writeString(tree.resolve("blocked/in"), "x");
    Files.createDirectories(served.resolve("in"));
    Files.writeString(served.resolve("in/blocked"), "a file");

    CommandLineRun up = run(KEY, tree + "/", uri("in/"), "--json");

    assertThat(up.code()).isEqualTo(8);
    assertThat(Json.readObject(up.out()))
        .containsEntry("files", 1L)
        .containsEntry("failed", 1L)
        .containsEntry("failed-directories", 1L)
        .doesNotContainKey("error");
    assertThat(up.err())
        .contains("1 of 2 files were not copied, and 1 directory could not be read or made");
  }

  @Test
  void whatTheSameCommandWouldDoDependsOnThePolicy() throws Exception {
    Files.writeString(tree.resolve("two"), "x");
    assertThat(run(KEY, tree + "/", uri("in/")).code()).isZero();

    CommandLineRun again = run(KEY, tree + "/", uri("in/"), "--policy", "fail");
    assertThat(again.code()).isEqualTo(8);
    assertThat(again.err())
        .contains("2 of 2 files", "leave --policy out")
        .doesNotContain("the same command copies them");
  }

  @Test
  void aDirectoryIsNotCopiedOntoAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThat(run(KEY, tree + "/", uri("in/")).code()).isZero();
    for (String source : List.of(uri("in/"), tree.toString(), uri("in/*"))) {
      CommandLineRun down = run(KEY, source, file.toString());
      assertThat(down.code()).as(down.err()).isEqualTo(11);
      assertThat(down.err())
          .contains(file + " is a file", "directory", "name a directory as target")
          .doesNotContain("FAIL", "policy")
          .hasLineCount(1);
    }
    assertThat(file).hasContent("x");
  }

  @Test
  void failuresBeyondTheFirstAreToBeHadAsJson() throws Exception {
    for (int i = 0; i < 12; i++) {
      Files.writeString(tree.resolve("f:" + i), "x");
    }
    CommandLineRun up = run(KEY, tree + "/", uri("in/"));
    assertThat(up.code()).isEqualTo(8);
    assertThat(up.err()).contains("and 7 more; -o json lists them all");
  }

  private static Map<String, Object> errorIn(String document) {
    return Plain.map(Json.readObject(document), "error");
  }

  // zeros would not travel
  private void writeLarge() throws IOException {
    byte[] content = new byte[40_000_000];
    new Random(7).nextBytes(content);
    Files.write(tree.resolve("large"), content);
  }

  private String uri(String path) {
    return "waybill://ann@127.0.0.1:" + server.port() + "/" + path;
  }

  private Map<String, String> environment(String key) {
    return Map.of("WAYBILL_STATE", directory.resolve("state").toString(), "K", key);
  }

  private CommandLineRun run(String key, String source, String target, String... more) {
    String[] line = new String[more.length + 6];
    String[] first = {"copy", source, target, "--key-env", "K", "--plaintext"};
    System.arraycopy(first, 0, line, 0, first.length);
    System.arraycopy(more, 0, line, first.length, more.length);
    return CommandLineRun.of(environment(key), line);
  }
}
