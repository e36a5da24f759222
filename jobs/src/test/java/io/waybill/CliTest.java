package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.cli.Cli;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line says before anything is opened. */
class CliTest {
  @TempDir Path directory;

  @Test
  void theOverviewNamesEveryVerbAndNoOther() throws IOException {
    String overview;
    try (InputStream in = Objects.requireNonNull(Cli.class.getResourceAsStream("overview.txt"))) {
      overview = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Cli cli = new Cli(System.out, System.err, Map.of());
    assertThat(
            overview
                .lines()
                .filter(line -> line.startsWith("  waybill "))
                .map(line -> line.strip().replaceFirst("waybill (\\S+).*", "$1"))
                .distinct())
        .containsExactlyInAnyOrderElementsOf(new CommandLine(cli).getSubcommands().keySet());
  }

  @Test
  void everyVerbSaysWhatItTakes() {
    Cli cli = new Cli(System.out, System.err, Map.of());
    for (String verb : new CommandLine(cli).getSubcommands().keySet()) {
      CommandLineRun run = CommandLineRun.of(Map.of(), verb, "--help");
      assertThat(run.code()).isZero();
      assertThat(run.out()).startsWith("Usage: waybill " + verb).contains("--config");
      assertThat(run.err()).isEmpty();
    }
  }

  @Test
  void anUnknownVerbIsAnsweredWithTheNearest() {
    CommandLineRun run = CommandLineRun.of(Map.of(), "tirgger", "x");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            """
            waybill: unknown verb "tirgger"
              did you mean "trigger"?
              "waybill --help" says what it takes
            """);
  }

  @Test
  void anUnknownOptionIsAnsweredWithTheNearest() {
    CommandLineRun run = CommandLineRun.of(Map.of(), "validate", "--sate", "x");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("waybill: unknown option \"--sate\"\n  did you mean \"--state\"?\n");
  }

  @Test
  void noVerbIsAMistakeOfUsage() {
    assertThat(CommandLineRun.of(Map.of()).code()).isEqualTo(2);
    assertThat(CommandLineRun.of(Map.of(), "run").err()).contains("JOB");
  }

  @Test
  void aWrongFileIsSaidWithItsPlaceAndNothingIsStarted() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("orders.yml"),
            """
            version: 1
            timezone: UTC
            jobs:
              nightly:
                scedule: { every: 5m }
                steps:
                  - copy: { from: /a, to: /b }
            """);
    Path state = directory.resolve("state");

    CommandLineRun run =
        CommandLineRun.of(
            Map.of("WAYBILL_STATE", state.toString()), "run", "nightly", "-c", file.toString());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            file
                + ":5:5: error: unknown key \"scedule\" in job \"nightly\"\n"
                + "    scedule: { every: 5m }\n"
                + "    ^\n"
                + "did you mean \"schedule\"?\n");
    assertThat(state).doesNotExist();
  }

  @Test
  void validateTellsInJsonWithItsSchemaAndOptionsMayComeFirst() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"), "version: 1\ntimezone: UTC\njobs: {}\n");

    CommandLineRun run =
        CommandLineRun.of(Map.of(), "-c", file.toString(), "validate", "-o", "json");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Json.readObject(run.out()))
        .containsEntry("schema", "waybill.validation/1")
        .containsEntry("valid", true);
  }

  @Test
  void validateTellsMistakesInJson() throws IOException {
    Path file =
        Files.writeString(directory.resolve("x.yml"), "version: 1\ntimezone: UTC\njobz: {}\n");

    CommandLineRun run =
        CommandLineRun.of(Map.of(), "validate", "-c", file.toString(), "-o", "json");

    assertThat(run.code()).isEqualTo(2);
    assertThat(Json.readObject(run.out()))
        .containsEntry("schema", "waybill.validation/1")
        .containsEntry("valid", false)
        .containsEntry(
            "problems",
            List.of(
                Map.of(
                    "severity",
                    "error",
                    "file",
                    file.toString(),
                    "line",
                    3L,
                    "column",
                    1L,
                    "message",
                    "unknown key \"jobz\" in the job file",
                    "suggestion",
                    "jobs")))
        .containsKey("error");
    assertThat(run.err()).contains(file + ":3:1: error: unknown key \"jobz\"");
  }

  @Test
  void validateTellsRisksOfAFileThatCanBeUsed() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("x.yml"),
            "version: 1\n"
                + "timezone: UTC\n"
                + "jobs: { j: { schedule: { cron: \"* 2 * * *\" }, steps: { copy: { from: /a, to:"
                + " /b } } } }\n");

    CommandLineRun human = CommandLineRun.of(Map.of(), "validate", "-c", file.toString());
    assertThat(human.out()).isEqualTo("valid: 1 jobs\n");
    assertThat(human.err()).startsWith(file + ":3:").contains(": warning: ");
    assertThat(
            Plain.maps(
                Json.readObject(
                    CommandLineRun.of(Map.of(), "validate", "-c", file.toString(), "-o", "json")
                        .out()),
                "problems"))
        .singleElement()
        .satisfies(problem -> assertThat(problem).containsEntry("severity", "warning"));
  }

  @Test
  void sarifIsOfValidateOnly() {
    CommandLineRun run = CommandLineRun.of(Map.of(), "explain", "copy", "-o", "sarif");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo("waybill: -o sarif is for \"waybill validate\" only; write -o json\n");
    assertThat(run.out()).isEmpty();
  }
}
