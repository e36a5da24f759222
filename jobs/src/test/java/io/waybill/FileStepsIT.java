package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.FileJob.Ran;
import io.waybill.jobs.json.Plain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
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

/** What {@code move}, {@code sync}, {@code delete} and {@code list} do in job files. */
@Timeout(120)
class FileStepsIT {
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
  void filesAreMovedFromAnyPlaceToAnyOther() throws Exception {
    job.write("partner/out/a.csv", "a");
    job.write("partner/out/sub/b.csv", "b");
    job.write("partner/out/c.xml", "c");

    Ran ran =
        job.run(
            "{ id: one, move: { from: 'partner:/out/', match: '*.csv', to: 'hub:/in/' } }",
            "{ id: two, move: { from: '${steps.one.files}', to: 'hub:/${run.date}/', expect: { min-files: 2 } } }",
            "{ id: three, move: { from: '${steps.two.files}', to: DIR/here/ } }",
            "{ id: four, move: { from: '${steps.three.files}', to: DIR/there/, name: 'x-${file.name}' } }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(job.filesIn("partner/out")).containsExactly("c.xml");
    assertThat(job.filesIn("hub")).isEmpty();
    assertThat(job.filesIn("here")).isEmpty();
    assertThat(job.filesIn("there")).containsExactly("x-a.csv", "x-b.csv");
    assertThat(job.at("there/x-b.csv")).hasContent("b");
    assertThat(ran.names("four")).containsExactlyInAnyOrder("x-a.csv", "x-b.csv");
  }

  @Test
  void aFileIsNotMovedOntoItself() throws Exception {
    job.write("partner/out/a.csv", "a");
    job.write("here/a.csv", "a");
    assertThat(job.run("move: { from: 'partner:/out/a.csv', to: 'partner:/out/' }").message())
        .contains("are, or may be, the same file");
    assertThat(job.run("move: { from: DIR/here/a.csv, to: DIR/here/ }").message())
        .contains("the same file");
    assertThat(job.at("here/a.csv")).hasContent("a");
    assertThat(job.at("partner/out/a.csv")).hasContent("a");
  }

  @Test
  void tooManyFilesAreLeftAlone() throws Exception {
    job.write("here/a", "a");
    job.write("here/b", "b");
    for (String step :
        List.of(
            "move: { from: DIR/here/, to: DIR/there/, expect: { max-files: 1 } }",
            "copy: { from: DIR/here/, to: DIR/there/, expect: { max-files: 1 } }",
            "delete: { from: DIR/here/, expect: { max-files: 1 } }")) {
      Ran ran = job.run(step);
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.message()).contains("at most 1 files", "found 2", "nothing was done");
    }
    assertThat(job.filesIn("here")).containsExactly("a", "b");
    assertThat(job.at("there")).doesNotExist();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatIsNotWholeTellsWhichFilesAreDoneAndWhichAreNot() throws Exception {
    job.write("from/a.csv", "a");
    job.write("from/b\u0001.csv", "b");
    String step = "{ id: s, copy: { from: %1$s/from/, to: %1$s/to/ } }".formatted(directory);

    JobFileRun run =
        JobFileRun.of(
            directory, Map.of(), "jobs: { j: { retry: { attempts: 1 }, steps: " + step + " } }\n");

    assertThat(run.code()).isEqualTo(8);
    Map<String, Object> files = Plain.map(run.attempts().get(0), "files");
    assertThat(files).containsEntry("done", 1L).containsEntry("failed", 1L);
    assertThat(Plain.maps(files, "listed"))
        .satisfiesExactly(
            failed ->
                assertThat(failed)
                    .containsEntry("state", "failed")
                    .containsEntry("source", directory + "/from/b\u0001.csv")
                    .hasEntrySatisfying(
                        "message", why -> assertThat((String) why).contains("control characters")),
            done ->
                assertThat(done)
                    .containsEntry("state", "done")
                    .containsEntry("source", directory + "/from/a.csv")
                    .containsEntry("location", directory + "/to/a.csv"));
    assertThat(run.log())
        .contains("event=file-failed source=\"" + directory + "/from/b?.csv\"")
        .contains("event=file-done source=\"" + directory + "/from/a.csv\"");
    Map<String, String> state = Map.of("WAYBILL_STATE", job.at("state").toString());
    assertThat(CommandLineRun.of(state, "runs", Plain.text(run.form(), "id")).out())
        .contains("    1 files done, 1 failed\n")
        .contains("    failed " + directory + "/from/b?.csv has a name that is not written below")
        .contains("    done   %1$s/from/a.csv -> %1$s/to/a.csv\n".formatted(directory));
  }

  @Test
  void syncCopiesAndSaysWhatItPlannedAndDeletesOnlyIfToldTo() throws Exception {
    job.write("from/a", "a");
    job.write("from/sub/b", "b");
    job.write("hub/to/old", "old");
    Ran kept = job.run("{ id: s, sync: { from: DIR/from, to: 'hub:/to' } }");
    assertThat(kept.code()).as(kept.err() + kept.message()).isZero();
    assertThat(job.filesIn("hub/to")).containsExactly("a", "old", "sub/b");
    assertThat(kept.outputs("s"))
        .containsEntry("to-copy", 2L)
        .containsEntry("copied", 2L)
        .containsEntry("bytes", 2L)
        .containsEntry("deleted", 0L);
    assertThat(String.valueOf(kept.outputs("s").get("plan"))).contains("copy", "sub/b", "total");

    Ran deleted = job.run("{ id: s, sync: { from: DIR/from, to: 'hub:/to', delete: true } }");
    assertThat(job.filesIn("hub/to")).containsExactly("a", "sub/b");
    assertThat(deleted.outputs("s")).containsEntry("deleted", 1L).containsEntry("equal", 2L);
  }

  @Test
  void aSyncThatBroughtNothingIsNoPartOfOne() throws Exception {
    job.write("from/a.csv", "a");
    job.write("partner/file", "no directory");

    Ran none = job.run("sync: { from: DIR/from, to: 'partner:/file/to' }");

    assertThat(none.code()).as(none.message()).isEqualTo(11);
    assertThat(none.message()).contains("1 files or directories failed: partner:/file/to: ");
  }

  @Test
  void syncFollowsNoSuspicion() throws Exception {
    Files.createDirectories(job.at("from"));
    for (int i = 0; i < 30; i++) {
      job.write("to/f" + i, "x");
    }
    Ran empty = job.run("sync: { from: DIR/from, to: DIR/to, delete: true }");
    assertThat(empty.code()).isEqualTo(11);
    assertThat(empty.message()).contains("of 30 to delete 0 were deleted");
    job.write("from/f0", "y");
    Ran many = job.run("sync: { from: DIR/from, to: DIR/to, delete: true, max-delete: 5 }");
    assertThat(many.code()).isEqualTo(11);
    assertThat(many.message()).contains("29", "of 1 to copy 1 were copied");
    assertThat(job.filesIn("to")).hasSize(30);
    Ran gone = job.run("sync: { from: DIR/nowhere, to: DIR/to, delete: true }");
    assertThat(gone.code()).isEqualTo(3);
    assertThat(job.filesIn("to")).hasSize(30);
  }

  @Test
  void syncHasTheFiltersOfTheVerb() throws Exception {
    job.write("from/a.csv", "a");
    job.write("from/b.csv", "x".repeat(2000));
    job.write("from/c.tmp", "c");
    Path old = job.write("from/d.csv", "d");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
    job.write("to/keep.tmp", "k");

    Ran ran =
        job.run(
            "{ id: s, sync: { from: DIR/from, to: DIR/to, delete: true, exclude: '*.tmp', max-size: 1KiB, newer-than: 2d, compare: digest } }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(job.filesIn("to")).containsExactly("a.csv", "keep.tmp");
    Map<String, String> wrong =
        Map.of(
            "sync: { from: /a, to: /a/b }", "one lies in the other",
            "sync: { from: /a, to: /b, max-delete: 3 }", "without \"delete\" nothing is",
            "sync: { from: /a, to: /b, parallel: 0 }", "parallel is 0",
            "sync: { from: /a, to: /b, exclude: '[' }", "without its ']'",
            "sync: { from: /a, to: /b, rate: 1MiB }", "all places are on this machine");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      assertThat(job.validate(each.getKey()).err()).contains(each.getValue());
    }
  }

  @Test
  void deleteTakesOldFilesThatMatch() throws Exception {
    Path old = job.write("partner/tmp/a.tmp", "aa");
    Path oldToo = job.write("partner/tmp/sub/b.tmp", "b");
    Path other = job.write("partner/tmp/c.csv", "c");
    job.write("partner/tmp/new.tmp", "d");
    for (Path each : List.of(old, oldToo, other)) {
      Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
    }

    Ran ran =
        job.run(
            "{ id: d, delete: { from: 'partner:/tmp/', match: '*.tmp', older-than: 7d } }",
            "{ id: e, delete: { from: 'DIR/partner/tmp/n*' } }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(job.filesIn("partner/tmp")).containsExactly("c.csv");
    assertThat(job.at("partner/tmp/sub")).isDirectory();
    assertThat(ran.names("d")).containsExactlyInAnyOrder("a.tmp", "sub/b.tmp");
    assertThat(ran.outputs("d")).containsEntry("bytes", 3L);
    assertThat(ran.names("e")).containsExactly("new.tmp");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aNameThatAStepFoundIsNoPattern() throws Exception {
    job.write("partner/precious/a.csv", "a");
    for (String from : List.of("DIR/partner/precious/", "partner:/precious/")) {
      Ran ran =
          job.run(
              "{ id: x, exec: { command: [printf, '*'] } }",
              "{ id: d, delete: { from: '" + from + "${steps.x.stdout}' } }");

      assertThat(ran.code()).as(from + ran.message()).isEqualTo(3);
      assertThat(ran.message()).contains("there is no ", "/precious/*");
      assertThat(job.filesIn("partner/precious")).containsExactly("a.csv");
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aNameThatCannotBeWrittenKeepsNoOtherFileOfAListBack() throws Exception {
    job.write("partner/out/a.csv", "a");
    job.write("partner/out/esc\u001b[31m.csv", "e");
    job.write("partner/out/z.csv", "z");
    for (String from : List.of("DIR/partner/out/", "partner:/out/")) {
      Ran ran =
          job.run(
              "{ id: l, list: { from: '" + from + "' } }",
              "{ id: c, copy: { from: '${steps.l.files}', to: DIR/to/ } }");

      assertThat(ran.code()).as(from + ran.message()).isEqualTo(8);
      assertThat(ran.message()).contains("1 of 3 files were not copied", "esc?[31m.csv");
      assertThat(job.filesIn("to")).containsExactly("a.csv", "z.csv");
    }
    job.write("partner/out/new\nline.csv", "n");

    Ran deleted =
        job.run(
            "{ id: l, list: { from: DIR/partner/out/ } }",
            "{ id: d, delete: { from: '${steps.l.files}' } }");

    assertThat(deleted.code()).as(deleted.message()).isZero();
    assertThat(job.filesIn("partner/out")).isEmpty();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void deleteFollowsNoLinkAndLeavesNoDirectory() throws Exception {
    Path outside = job.write("outside/precious", "p");
    job.write("here/a", "a");
    Files.createSymbolicLink(job.at("here/link"), outside);
    Files.createSymbolicLink(job.at("here/dir"), job.at("outside"));

    Ran ran = job.run("{ id: d, delete: { from: DIR/here/ } }");

    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(ran.names("d")).containsExactly("a");
    assertThat(outside).hasContent("p");
    assertThat(Files.isSymbolicLink(job.at("here/link"))).isTrue();
    assertThat(String.valueOf(ran.outputs("d").get("left-out"))).contains("here/link", "here/dir");
  }

  @Test
  void deleteRefusesRootsAndWaysOut() throws Exception {
    for (String from :
        List.of("/", "//", "'/*'", "'/**'", "'hub:/'", "'hub:'", "'hub:/**/*'", "[/x, 'hub:']")) {
      CommandLineRun run = job.validate("delete: { from: " + from + " }");
      assertThat(run.code()).as(from).isEqualTo(2);
      assertThat(run.err()).contains("all files of a root, which are not deleted");
    }
    for (String from : List.of("/a/../b", "hub:..", "'hub:/x/../../y/*'", "a/.", "./x/../y")) {
      assertThat(job.validate("delete: { from: " + from + " }").err())
          .as(from)
          .contains(". or .. in it");
    }
    assertThat(job.validate("delete: { from: 'hub:/', match: '*.tmp' }").code()).isZero();
    assertThat(job.run("delete: { from: DIR/nowhere }").code()).isEqualTo(3);
  }

  @Test
  void listTellsOfFilesAndReadsNone() throws Exception {
    Path file = job.write("partner/out/a.csv", "abc");
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-31T02:30:00Z")));
    job.write("partner/out/sub/b.csv", "b");

    Ran ran =
        job.run(
            "{ id: l, list: { from: 'partner:/out/' } }",
            "{ id: c, copy: { from: '${steps.l.files}', to: 'DIR/in-${steps.l.files | count}-${steps.l.bytes}/' } }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(Plain.maps(ran.outputs("l"), "files"))
        .anySatisfy(
            each ->
                assertThat(each)
                    .isEqualTo(
                        Map.of(
                            "name",
                            "a.csv",
                            "location",
                            "partner:/out/a.csv",
                            "size",
                            3L,
                            "modified",
                            "2026-01-31T02:30:00Z")));
    assertThat(job.filesIn("in-2-4")).containsExactly("a.csv", "b.csv");
    assertThat(job.run("list: { from: 'partner:/out/', expect: { max-files: 1 } }").message())
        .contains("at most 1 files");
    assertThat(job.run("list: { from: 'partner:/out/*.xml', expect: { min-files: 1 } }").message())
        .contains("at least 1 files");
    assertThat(job.validate("list: { from: /x, older-than: soon }").err())
        .contains("not a duration");
  }

  @Test
  void checksumsAreToldWrittenAndChecked() throws Exception {
    job.write("partner/out/a.csv", "a");
    job.write("partner/out/sub/b.csv", "b");
    job.write("here/c.csv", "a");
    String digestOfA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    Ran ran =
        job.run(
            "{ id: tell, checksum: { from: ['partner:/out/*.csv', DIR/here/c.csv], algorithm: md5 } }",
            "{ id: tree, checksum: { from: 'partner:/out/', do: write, expect: { min-files: 2 } } }",
            "{ id: one, checksum: { from: DIR/here/c.csv, do: write } }",
            "{ id: check, checksum: { from: ['partner:/out/SHA256SUMS', DIR/here/c.csv.sha256], do: check } }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(ran.outputs("tell")).containsEntry("count", 2L);
    assertThat(Plain.maps(ran.outputs("tell"), "files").get(1))
        .containsEntry("name", job.at("here/c.csv").toString())
        .containsEntry("digest", "md5:0cc175b9c0f1b6a831c399e269772661");
    assertThat(Files.readAllLines(job.at("partner/out/SHA256SUMS")))
        .containsExactly(
            digestOfA + "  a.csv",
            "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  sub/b.csv");
    assertThat(job.at("here/c.csv.sha256")).hasContent(digestOfA + "  c.csv\n");
    assertThat(ran.outputs("check")).containsEntry("count", 3L);

    job.write("partner/out/a.csv", "other");
    Files.delete(job.at("partner/out/sub/b.csv"));
    Ran differing = job.run("checksum: { from: 'partner:/out/SHA256SUMS', do: check }");
    assertThat(differing.code()).isEqualTo(7);
    assertThat(differing.message())
        .contains("a.csv must have sha-256:" + digestOfA, "and 1 more of 2 files");
    assertThat(job.run("checksum: { from: DIR/nowhere }").code()).isEqualTo(3);
    assertThat(job.run("checksum: { from: 'DIR/here/*.xml', expect: { min-files: 1 } }").message())
        .contains("at least 1 files");
    assertThat(job.validate("checksum: { from: /x, do: guess }").err()).contains("tell, write");
  }

  @Test
  void aFileThatIsNamedInsteadOfItsSidecarIsToldSoAndNotTriedAgain() throws Exception {
    Files.write(job.at("x.zip"), new byte[] {'P', 'K', (byte) 0xFF, 0});

    JobFileRun run =
        JobFileRun.of(
            directory,
            Map.of(),
            "jobs: { j: { retry: { attempts: 3, delay: 10ms }, steps: { checksum: { from: %s/x.zip, do: check } } } }\n"
                .formatted(directory));

    assertThat(run.code()).isEqualTo(7);
    assertThat(run.attempts()).hasSize(1);
    assertThat(run.message())
        .contains("\"from\" of \"do: check\" names sidecars")
        .contains("/x.zip.sha256");
  }

  @Test
  void whatEveryStepHasDoneCanBeRead() throws Exception {
    job.write("from/a.csv", "abc");
    job.write("from/b.csv", "de");

    CommandLineRun run =
        job.runToRead(
            "{ id: l, list: { from: DIR/from/ } }",
            "copy: { from: '${steps.l.files}', to: DIR/one/ }",
            "{ id: pack, archive: { from: DIR/one/, to: DIR/all.zip } }",
            "checksum: { from: '${steps.pack.files}' }",
            "unarchive: { from: DIR/all.zip, to: DIR/two/ }",
            "sync: { from: DIR/two/all, to: DIR/one/, delete: true }",
            "move: { from: DIR/one/, to: DIR/three/ }",
            "delete: { from: DIR/three/, match: a.csv }");

    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .containsPattern("l +list +succeeded")
        .containsPattern(" a\\.csv +3 B *\n")
        .containsPattern("all\\.zip +[0-9]+ B +sha-256:[0-9a-f]{64}")
        .containsPattern("all\\.zip +sha-256:[0-9a-f]{64}")
        .contains("copied 2 of 2, renamed 0, deleted 0 of 0, 0 equal") // a zip has whole seconds
        .containsPattern("a\\.csv +3 B +size-mtime renamed\n");
    assertThat(job.filesIn("three")).containsExactly("b.csv");
  }
}
