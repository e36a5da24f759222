package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.FileJob.Ran;
import io.waybill.jobs.json.Plain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a {@code copy} step takes, how it calls it, and what becomes of the sources. */
@Timeout(120)
class CopyStepIT {
  private static final String SHA_256_OF_A =
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
  private static final String SHA_512_OF_A =
      "1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f53"
          + "02860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75";

  @TempDir Path directory;
  private FileJob job;

  @BeforeEach
  void start() throws Exception {
    job = new FileJob(directory);
  }

  @AfterEach
  void end() {
    job.close();
  }

  @Test
  void sourcesAtAServerAreMovedAwayOnceTheyAreCopied() throws Exception {
    job.write("partner/out/STMT_1.csv", "one");
    job.write("partner/out/STMT_2.csv", "two");
    job.write("partner/out/other.csv", "other");
    job.write("partner/out/done/STMT_1.csv", "an old one");
    String step =
        "{ id: pull, copy: { from: 'partner:/out/STMT_*.csv', to: DIR/in/, expect: { min-files: 1, max-files: 2 }, after-copy: { move-to: 'partner:/out/done/' } } }";

    Ran ran = job.run(step);

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(job.filesIn("in")).containsExactly("STMT_1.csv", "STMT_2.csv");
    assertThat(job.filesIn("partner/out"))
        .containsExactly("done/STMT_1.csv", "done/STMT_2.csv", "other.csv");
    assertThat(job.at("partner/out/done/STMT_1.csv")).hasContent("one");
    assertThat(ran.names("pull")).containsExactly("STMT_1.csv", "STMT_2.csv");
    assertThat(Plain.maps(ran.outputs("pull"), "files").get(0))
        .containsEntry("location", job.at("in/STMT_1.csv").toString())
        .containsEntry("source", "partner:/out/STMT_1.csv")
        .containsEntry("size", 3L);

    Ran again = job.run(step);
    assertThat(again.code()).isNotZero();
    assertThat(again.message()).contains("expected at least 1 files", "found 0");
  }

  @Test
  void sourcesGoToAnotherPlaceThanTheirCopies() throws Exception {
    job.write("out/sub/a.txt", "a");
    job.write("out/b.txt", "b");

    Ran ran =
        job.run(
            "copy: { from: DIR/out/, to: 'hub:/in/', after-copy: { move-to: 'partner:/kept' } }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(job.filesIn("hub/in")).containsExactly("b.txt", "sub/a.txt");
    assertThat(job.filesIn("partner/kept")).containsExactly("b.txt", "sub/a.txt");
    assertThat(job.filesIn("out")).isEmpty();
  }

  @Test
  void sourcesAreDeletedButNotByTheSizeAndTimeOfAnEqualTarget() throws Exception {
    Path source = job.write("out/a.txt", "new");
    Path target = job.write("hub/in/a.txt", "old");
    FileTime time = FileTime.from(Instant.parse("2026-01-31T02:30:00Z"));
    Files.setLastModifiedTime(source, time);
    Files.setLastModifiedTime(target, time);

    Ran ran = job.run("copy: { from: DIR/out/, to: 'hub:/in/', after-copy: delete }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(target).hasContent("new");
    assertThat(source).doesNotExist();
  }

  @Test
  void whatIsMovedAwayMustNotBecomeASourceAgain() throws Exception {
    job.write("out/a.txt", "a");
    for (String[] each :
        new String[][] {
          {"DIR/out/", "DIR/out/done/"},
          {"DIR/out/a.txt", "DIR/out/"},
          {"'DIR/**/*.txt'", "DIR/out/"},
        }) {
      Ran ran =
          job.run(
              "copy: { from: %s, to: DIR/in/, after-copy: { move-to: %s } }"
                  .formatted(each[0], each[1]));
      assertThat(ran.code()).as(each[0]).isEqualTo(2);
      assertThat(ran.message()).contains("would be copied again", "name a directory outside");
    }
    assertThat(job.filesIn("out")).containsExactly("a.txt");
    assertThat(job.at("in")).doesNotExist();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSourceThatCannotBeTakenAwayIsToldAndStays() throws Exception {
    job.write("out/a.txt", "a");
    job.write("kept/a.txt/b", "a directory is in the way");

    Ran ran = job.run("copy: { from: DIR/out/, to: DIR/in/, after-copy: { move-to: DIR/kept/ } }");

    assertThat(ran.code()).isEqualTo(8);
    assertThat(ran.message())
        .contains("all files were copied, and 1 are still where they were", "is a directory");
    assertThat(job.at("in/a.txt")).hasContent("a");
    assertThat(job.at("out/a.txt")).hasContent("a");
  }

  @Test
  void matchTakesAPatternSeveralOrARegularExpression() throws Exception {
    job.write("out/a.csv", "a");
    job.write("out/sub/b.csv", "b");
    job.write("out/c.xml", "c");
    job.write("out/tmp-d.csv", "d");
    for (String[] each :
        new String[][] {
          {"'*.csv'", "a.csv", "sub/b.csv", "tmp-d.csv"},
          {"[a.*, '/sub/*.csv']", "a.csv", "sub/b.csv"},
          {"{ regex: '(?i)^[A-C]\\.csv$' }", "a.csv", "sub/b.csv"},
        }) {
      Ran ran =
          job.run("{ id: c, copy: { from: DIR/out/, match: %s, to: DIR/in/ } }".formatted(each[0]));
      assertThat(ran.code()).as(ran.message()).isZero();
      assertThat(ran.names("c"))
          .containsExactlyInAnyOrder(java.util.Arrays.copyOfRange(each, 1, each.length));
    }
    assertThat(job.validate("copy: { from: /a, match: { regex: '[' }, to: /b }").err())
        .contains("waybill.yml:14:43", "not a regular expression");
    assertThat(job.validate("copy: { from: /a, match: '[', to: /b }").err())
        .contains("without its ']'");
  }

  @Test
  void filesGetTheNameThatAnExpressionYieldsForEach() throws Exception {
    Path file = job.write("out/sub/report.tar.gz", "a");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-31T23:30:00Z")));
    job.write("out/.profile", "p");

    Ran ran =
        job.run(
            "{ id: c, copy: { from: DIR/out/, match: '*.gz', to: DIR/in/, name: \"${file.modified | format('yyyyMMdd')}-${file.stem}_${file.size}${file.extension}\" } }",
            "{ id: d, copy: { from: DIR/out/.profile, to: DIR/in/, name: 'x${file.extension}-${file.stem}' } }");

    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.filesIn("in")).containsExactly("sub/20260131-report.tar_1.gz", "x-.profile");
    assertThat(ran.names("c")).containsExactly("sub/20260131-report.tar_1.gz");
  }

  @Test
  void aNameThatIsNoneFailsTheStepBeforeAnythingIsDone() throws Exception {
    job.write("out/a", "a");
    for (String name : List.of("x/y", "..", "a\\\\b", "a\\u0007b", "")) {
      Ran ran =
          job.run(
              "{ id: l, copy: { from: DIR/out/, to: DIR/first/ } }",
              "copy: { from: DIR/out/, to: DIR/in/, name: \"%s${file.extension}\" }"
                  .formatted(name));
      assertThat(ran.code()).as(name).isEqualTo(2);
      assertThat(ran.message()).contains("which is no file name", "nothing was done");
    }
    assertThat(job.at("in")).doesNotExist();
    Ran same = job.run("copy: { from: [DIR/out/a, DIR/first/a], to: DIR/in/, name: same }");
    assertThat(same.message()).contains("would both be written to");
    assertThat(job.validate("copy: { from: /a, to: /b, name: x }").err())
        .contains("put a \"/\" at the end of \"to\"");
    assertThat(job.validate("copy: { from: /a, to: /b/, name: '${file.nmae}' }").err())
        .contains("\"file\" has no \"nmae\"", "did you mean \"name\"");
    assertThat(job.validate("copy: { from: '/${file.name}', to: /b/ }").err())
        .contains("\"file\" is known in \"name\" of a step about files only");
  }

  @Test
  void verifyNamesAnAlgorithmAndSidecarsOfAnotherDoNotCount() throws Exception {
    job.write("partner/out/a.csv", "a");
    job.write("partner/out/a.csv.sha512", SHA_512_OF_A + "  a.csv\n");
    String step =
        "{ id: c, copy: { from: 'partner:/out/a.csv', to: DIR/in/, verify: { at-least: size, algorithm: %s, sidecar: required } } }";

    Ran other = job.run(step.formatted("sha-256"));
    assertThat(other.code()).isEqualTo(7);
    assertThat(other.message()).contains("no sidecar of sha-256 tells what");
    assertThat(job.at("in/a.csv")).doesNotExist();

    Ran right = job.run(step.formatted("sha-512"));
    assertThat(right.code()).as(right.message()).isZero();
    assertThat(Plain.maps(right.outputs("c"), "files").get(0))
        .containsEntry("digest", "sha-512:" + SHA_512_OF_A);

    job.write("partner/out/a.csv.sha256", SHA_256_OF_A + "  a.csv\n");
    Ran both = job.run(step.formatted("sha-256"));
    assertThat(Plain.maps(both.outputs("c"), "files").get(0))
        .containsEntry("digest", "sha-256:" + SHA_256_OF_A);
    job.write("partner/out/a.csv.sha256", SHA_256_OF_A.replace('c', 'd') + "  a.csv\n");
    assertThat(job.run(step.formatted("sha-256")).code()).isEqualTo(7);
  }

  @Test
  void sidecarsAreTakenAwayAfterTheFilesThatTheyTellOf() throws Exception {
    job.write("out/a.csv.sha256", SHA_256_OF_A + "  a.csv\n");
    job.write("out/a.csv", "a");
    job.write("out/SHA256SUMS", SHA_256_OF_A + "  z.csv\n");
    job.write("out/z.csv", "a");

    Ran ran =
        job.run(
            "copy: { from: DIR/out/, to: DIR/in/, verify: { at-least: size, sidecar: required }, after-copy: delete }");

    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(job.filesIn("in")).hasSize(4);
    assertThat(job.filesIn("out")).isEmpty();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC}) // elsewhere no such name can be made
  void theFilesOfAStepAreTheSourcesOfTheNextWhateverTheyAreCalled() throws Exception {
    job.write("partner/out/a[1].csv", "a");
    job.write("partner/out/sub/{b}*.csv", "b");

    Ran ran =
        job.run(
            "{ id: pull, copy: { from: 'partner:/out/', to: 'hub:/in/' } }",
            "{ id: push, copy: { from: '${steps.pull.files}', to: DIR/flat/ } }",
            "{ id: more, copy: { from: ['${steps.push.files}', 'partner:/out/sub/'], to: DIR/more/, match: '*.csv', after-copy: delete } }",
            "{ id: none, copy: { from: 'DIR/flat/', to: DIR/none/, match: '*.xml' } }",
            "{ id: last, copy: { from: '${steps.none.files}', to: DIR/last/ } }");

    assertThat(ran.message()).contains("{b}*.csv", "would both be written to");
    assertThat(job.filesIn("flat")).containsExactly("a[1].csv", "{b}*.csv");
    Files.delete(job.at("partner/out/sub/{b}*.csv"));
    Files.delete(job.at("hub/in/sub/{b}*.csv"));
    job.write("partner/out/c.csv", "c");
    Ran second =
        job.run(
            "{ id: pull, copy: { from: 'partner:/out/', to: 'hub:/in/' } }",
            "{ id: push, copy: { from: '${steps.pull.files}', to: DIR/two/, after-copy: delete } }",
            "{ id: none, copy: { from: 'DIR/flat/', to: DIR/none/, match: '*.xml' } }",
            "{ id: last, copy: { from: '${steps.none.files}', to: DIR/last/ } }",
            "{ id: lost, copy: { from: ['${steps.pull.files}'], to: DIR/last/ } }");
    assertThat(job.filesIn("two")).containsExactly("a[1].csv", "c.csv");
    assertThat(job.filesIn("hub/in")).isEmpty();
    assertThat(second.names("last")).isEmpty();
    assertThat(second.message()).contains("there is no hub:/in/a[1].csv");
  }

  @Test
  void aRateIsForServersAndTheKeysAreCheckedAtLoad() throws Exception {
    job.write("out/a.bin", "x".repeat(3 << 20));

    long begun = System.nanoTime();
    Ran ran = job.run("copy: { from: DIR/out/, to: 'hub:/in/', rate: 1MiB/s }");
    long millis = (System.nanoTime() - begun) / 1_000_000;

    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(millis).isGreaterThan(1_000);
    Map<String, String> wrong =
        Map.of(
            "copy: { from: /a, to: /b, rate: 1MiB/s }", "all places are on this machine",
            "copy: { from: 'hub:/a', to: /b, rate: fast }", "\"rate\":",
            "copy: { from: 'hub:/a', to: /b, rate: '08:00,1MiB/s' }", "for a connection's own",
            "copy: { from: /a, to: /b, expect: { min-files: 2, max-files: 1 } }", "no less than",
            "copy: { from: /a, to: /b, after-copy: burn }", "must be",
            "copy: { from: [], to: /b }", "empty list",
            "copy: { from: /a, to: /b, verify: { algorithm: sha-256 } }", "\"at-least\" is missing",
            "copy: { from: /a, to: /b, after-copy: { move-to: 'nowhere:/x' } }",
                "unknown connection");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      CommandLineRun run = job.validate(each.getKey());
      assertThat(run.code()).as(each.getKey()).isEqualTo(2);
      assertThat(run.err()).contains(each.getValue(), "waybill.yml:14:");
    }
  }

  @Test
  void anExpressionCannotLeadOutOfADirectory() throws Exception {
    job.write("out/a.txt", "a");
    Ran ran =
        job.run(
            "copy: { from: DIR/out/, to: DIR/in/, after-copy: { move-to: 'DIR/kept/${vars.up}/' } }");
    assertThat(ran.code()).as(ran.message()).isEqualTo(2);
    assertThat(ran.message()).contains("must not lead to \"..\"");
    assertThat(job.filesIn("out")).containsExactly("a.txt");
  }
}
