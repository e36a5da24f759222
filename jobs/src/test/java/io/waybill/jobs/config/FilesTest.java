package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as they lie on the disk: several, unreadable, odd. */
class FilesTest {
  @TempDir Path directory;

  private final JobFileLoader loader =
      new JobFileLoader(
          FakeStepType.ALL, new SecretSources(Map.of(), s -> {}, w -> {}), problem -> {});

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private List<String> problems(Path... files) {
    InvalidJobFile invalid =
        catchThrowableOfType(InvalidJobFile.class, () -> loader.load(List.of(files)));
    return invalid.problems().stream()
        .map(p -> p.position() + " " + p.message())
        .map(line -> line.replace(directory + "/", ""))
        .toList();
  }

  @Test
  void whatCannotBeReadSaysWhy() throws IOException {
    assertThat(problems(directory.resolve("none.yml")))
        .containsExactly("none.yml:1:1 does not exist");
    Path folder = Files.createDirectory(directory.resolve("folder"));
    assertThat(problems(folder))
        .containsExactly("folder:1:1 is a directory without a job file; *.yml and *.yaml are read");
    assertThat(problems(file("big.yml", "#".repeat(SourceReader.MOST_BYTES + 1))))
        .containsExactly("big.yml:1:1 is larger than 4 MiB, and so no job file");
    assertThat(problems(file("empty.yml", ""))).containsExactly("empty.yml:1:1 the file is empty");
    Path latin =
        Files.write(
            directory.resolve("l.yml"), "version: 1\na: é".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(problems(latin)).containsExactly("l.yml:2:4 the file is not UTF-8 from here on");
    assertThat(problems(file("nul.yml", "version: 1\nx: \0")))
        .containsExactly("nul.yml:2:4 character U+0000 is not allowed in YAML");
  }

  @Test
  void allFilesThatCannotBeReadAreNamedAtOnce() throws IOException {
    assertThat(
            problems(file("a.yml", "\tx"), directory.resolve("b.yml"), file("c.yml", "version: 2")))
        .containsExactly(
            "a.yml:1:1 a tab stands here; YAML is indented with blanks only",
            "b.yml:1:1 does not exist");
  }

  @Test
  void severalFilesAreOne() throws IOException {
    Configuration configuration =
        loader.load(
            List.of(
                file("a.yml", "version: 1\ntimezone: UTC\nvars: { in: /i }\n"),
                file(
                    "b.yml",
                    "version: 1\nvars: { out: /o }\njobs: { j: { steps: { copy: { from: '${vars.in}', to: '${vars.out}' } } } }\n"),
                file(
                    "c.yml",
                    "version: 1\njobs: { k: { steps: { copy: { from: /a, to: /b } } } }\n")));

    assertThat(configuration.vars()).containsOnlyKeys("in", "out");
    assertThat(configuration.jobs()).extracting(JobDefinition::name).containsExactly("j", "k");
  }

  @Test
  void nothingIsDefinedInTwoFiles() throws IOException {
    assertThat(
            problems(
                file("a.yml", "version: 1\ntimezone: UTC\nvars: { in: /i }\ndefaults: {}\n"),
                file("b.yml", "timezone: UTC\nvars: { in: /o }\ndefaults: {}\n")))
        .containsExactly(
            "b.yml:1:1 key \"version\" is missing in this file of several",
            "b.yml:1:1 \"timezone\" stands in a.yml:2:1 already, and may stand in one file only",
            "b.yml:2:9 \"in\" is defined in a.yml:3:9 already",
            "b.yml:3:1 \"defaults\" stands in a.yml:4:1 already, and may stand in one file only");
  }

  @Test
  void aNameIsDefinedInOneFileOnly() throws IOException {
    String job = "version: 1\njobs:\n  j: { steps: { copy: { from: /a, to: /b } } }\n";
    assertThat(
            problems(
                file("a.yml", "version: 1\ntimezone: UTC\nlimits: { l: 1 }\n"),
                file("b.yml", job),
                file("c.yml", job + "limits:\n  l: 2\n")))
        .containsExactly(
            "c.yml:3:3 \"j\" is defined in b.yml:3:3 already",
            "c.yml:5:3 \"l\" is defined in a.yml:3:11 already");
  }

  @Test
  void everyFileOfSeveralSaysARightVersion() throws IOException {
    assertThat(
            problems(file("a.yml", "version: 1\ntimezone: UTC\n"), file("b.yml", "version: 2\n")))
        .containsExactly("b.yml:1:10 \"version\" is \"2\", and must be 1");
  }

  @Test
  void aSectionWithNothingInItIsNoSecondOne() throws IOException {
    Configuration configuration =
        loader.load(
            List.of(
                file("a.yml", "version: 1\ntimezone: UTC\nvars:\njobs:\n"),
                file("b.yml", "version: 1\nvars: { in: /i }\n"),
                file("c.yml", "version: 1\nvars:\n")));

    assertThat(configuration.vars()).containsOnlyKeys("in");
  }

  @Test
  void aDirectoryStandsForTheFilesInIt() throws IOException {
    Path jobs = Files.createDirectories(directory.resolve("jobs.d"));
    Files.writeString(jobs.resolve("10-base.yml"), "version: 1\ntimezone: UTC\n");
    Files.writeString(
        jobs.resolve("20-j.yaml"),
        "version: 1\njobs: { j: { steps: { copy: { from: a, to: /b } } } }\n");
    Files.writeString(jobs.resolve(".half.yml"), "nonsense");
    Files.writeString(jobs.resolve("notes.txt"), "nonsense");
    Files.createDirectories(jobs.resolve("old.yml"));
    Path more =
        file("k.yml", "version: 1\njobs: { k: { steps: { copy: { from: /a, to: /b } } } }\n");

    assertThat(loader.load(List.of(jobs, more, jobs.resolve("10-base.yml"))).jobs())
        .extracting(JobDefinition::name)
        .containsExactly("j", "k");
  }

  @Test
  void whatIsWrongInADirectoryIsToldFileByFile() throws IOException {
    Path jobs = Files.createDirectories(directory.resolve("jobs.d"));
    Files.writeString(jobs.resolve("b.yml"), "version: 1\nvarz: {}\n");
    Files.writeString(jobs.resolve("a.yml"), "version: 1\ntimezone: UTC\nlimit: {}\n");

    assertThat(problems(jobs))
        .containsExactly(
            "jobs.d/a.yml:3:1 unknown key \"limit\" in the job file",
            "jobs.d/b.yml:2:1 unknown key \"varz\" in the job file");
  }

  @Test
  void windowsLineEndsByteOrderMarkAndWideCharactersKeepTheColumnsRight() throws IOException {
    Path file =
        file("w.yml", "\uFEFFversion: 1\r\ntimezone: UTC\r\nvars: { a: '😀é', b: !x c }\r\n");

    assertThat(problems(file)).singleElement().asString().startsWith("w.yml:3:21 unknown tag");
  }

  @Test
  void aProblemIsShownWithItsLineACaretAndASuggestion() {
    InvalidJobFile invalid =
        catchThrowableOfType(
            InvalidJobFile.class,
            () ->
                loader.loadText(
                    "orders.yml",
                    """
                    version: 1
                    timezone: UTC
                    jobs:
                      bank-statements:
                        scedule: { every: 5m }
                        steps: { copy: { from: /a, to: /b } }
                    """,
                    directory));

    assertThat(invalid.render())
        .isEqualTo(
            """
            orders.yml:5:5: error: unknown key "scedule" in job "bank-statements"
                scedule: { every: 5m }
                ^
            did you mean "schedule"?\
            """);
    assertThat(invalid.asMaps())
        .containsExactly(
            Map.of(
                "severity", "error",
                "file", "orders.yml",
                "line", 5,
                "column", 5,
                "message", "unknown key \"scedule\" in job \"bank-statements\"",
                "suggestion", "schedule"));
  }

  @Test
  void aFileCannotWriteEscapeSequencesToATerminal() {
    InvalidJobFile invalid =
        catchThrowableOfType(
            InvalidJobFile.class,
            () -> loader.loadText("x.yml", "version: 1\n\"\\e[31mred\": 1\n", directory));

    assertThat(invalid.render()).doesNotContain("\u001b").contains("unknown key \"?[31mred\"");
  }

  @Test
  void noBrokenFileShowsASecretBesideItsError() {
    for (String text :
        List.of(
            "secrets:\n  a: hunter2hunter2\n\tb: x\n",
            "x: { password: hunter2hunter2, b: @c }\n",
            "x: { password: hunter2hunter2\n",
            "token: \"hunter2hunter2\n",
            "secrets:\n  - hunter2hunter2: : :\n",
            "url: ftp://u:hunter2hunter2@h/ : :\n",
            "api_key: 'hunter2hunter2' x\n")) {
      InvalidJobFile invalid =
          catchThrowableOfType(
              InvalidJobFile.class, () -> loader.loadText("x.yml", text, directory));

      assertThat(invalid.render()).as(text).doesNotContain("hunter2");
    }
  }

  @Test
  void aJobWhoseNameSoundsLikeASecretIsShown() {
    String text =
        """
        version: 1
        timezone: UTC
        jobs:
          past: { schedule: { daily: '25:61' }, steps: { copy: { from: /a, to: /b } } }
          pass: hunter2hunter2
        """;
    InvalidJobFile invalid =
        catchThrowableOfType(InvalidJobFile.class, () -> loader.loadText("x.yml", text, directory));

    assertThat(invalid.render())
        .contains("{ daily: '25:61' }, steps: { copy: { from: /a, to: /b } }")
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  password%d: hunter2\n",
        "  token%1$d: { a: ${secrets.x%1$d} }\n",
        "  a%d: &a%1$d [x, x]\n  b%1$d: *a%1$d\n",
        "  '%d': !tag x\n",
        "  same: %d\n",
      })
  @Timeout(20)
  void aFileFullOfMistakesIsReadInBoundedTime(String line) {
    StringBuilder text = new StringBuilder("version: 1\ntimezone: UTC\nvars:\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(line.formatted(i));
    }
    text.append("jobz:\n").append(text.toString().replace("version", "verzion"));
    InvalidJobFile invalid =
        catchThrowableOfType(
            InvalidJobFile.class, () -> loader.loadText("x.yml", text.toString(), directory));

    assertThat(invalid.problems()).isNotEmpty();
    assertThat(invalid.render()).doesNotContain("hunter2");
  }

  @Test
  @Timeout(20)
  void aWordOfAMillionLettersIsComparedWithNoOther() {
    String word = "x".repeat(1_000_000);
    InvalidJobFile invalid =
        catchThrowableOfType(
            InvalidJobFile.class,
            () ->
                loader.loadText(
                    "x.yml", "version: 1\ntimezone: UTC\n? " + word + "\n: y\n", directory));

    assertThat(invalid.problems())
        .singleElement()
        .extracting(Problem::suggestion)
        .isEqualTo(Optional.empty());
    assertThat(invalid.render().length()).isLessThan(2_000);
  }

  @Test
  void deepNestingIsRefusedAndNotRecursedInto() {
    InvalidJobFile invalid =
        catchThrowableOfType(
            InvalidJobFile.class,
            () -> loader.loadText("x.yml", "a: " + "[".repeat(1_000_000), directory));

    assertThat(invalid.problems())
        .singleElement()
        .extracting(Problem::message)
        .isEqualTo("more than 50 levels of nesting");
  }
}
