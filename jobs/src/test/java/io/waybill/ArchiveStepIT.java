package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.FileJob.Ran;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps {@code archive} and {@code unarchive} in job files. */
@Timeout(120)
class ArchiveStepIT {
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-31T02:30:15Z"));

  @TempDir Path directory;
  private FileJob job;

  @BeforeEach
  void start() throws Exception {
    job = new FileJob(directory);
    byte[] noise = new byte[300_000];
    new Random(3).nextBytes(noise);
    Files.createDirectories(job.at("out/empty"));
    Files.createDirectories(job.at("out/sub"));
    Files.write(job.at("out/noise.bin"), noise);
    job.write("out/sub/größe 🚚.txt", "text ".repeat(10_000));
    job.write("out/sub/nothing", "");
    for (String each : job.filesIn("out")) {
      Files.setLastModifiedTime(job.at("out/" + each), TIME);
    }
    Files.setLastModifiedTime(job.at("out/empty"), TIME);
  }

  @AfterEach
  void end() {
    job.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "tar.gz", "tar.zst"})
  void whatIsPackedComesOutAgain(String kind) throws Exception {
    Ran ran =
        job.run(
            "{ id: pack, archive: { from: DIR/out/, to: DIR/packed/all.%s, expect: { min-files: 3 } } }"
                .formatted(kind),
            "{ id: send, copy: { from: '${steps.pack.files}', to: 'partner:/in/' } }",
            "{ id: back, copy: { from: '${steps.send.files}', to: DIR/back/ } }",
            "{ id: open, unarchive: { from: '${steps.back.files}', to: DIR/opened/ } }",
            "{ id: name, unarchive: { from: 'DIR/back/*', to: DIR/opened/, name: '${file.size}-${job.name}' } }",
            "{ id: next, copy: { from: '${steps.open.files}', to: DIR/flat/ } }");

    assertThat(ran.code()).as(ran.err() + ran.message()).isZero();
    assertThat(ran.outputs("pack")).containsEntry("count", 3L).containsEntry("bytes", 350_000L);
    assertThat(job.filesIn("opened/all")).isEqualTo(job.filesIn("out"));
    for (String each : job.filesIn("out")) {
      assertThat(job.at("opened/all/" + each)).hasSameBinaryContentAs(job.at("out/" + each));
      assertThat(Files.getLastModifiedTime(job.at("opened/all/" + each))).isEqualTo(TIME);
    }
    assertThat(job.at("opened/all/empty")).isEmptyDirectory();
    assertThat(ran.outputs("open"))
        .containsEntry("directories", List.of(job.at("opened/all").toString()));
    assertThat(job.filesIn("flat")).hasSize(3);
    try (var opened = Files.list(job.at("opened"))) {
      assertThat(opened).hasSize(2);
    }
    Map<String, Object> packed = Plain.maps(ran.outputs("pack"), "files").get(0);
    assertThat(packed)
        .containsEntry("location", job.at("packed/all." + kind).toString())
        .containsEntry("digest", "sha-256:" + SpineFixture.sha256(job.at("packed/all." + kind)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zip", "tar.gz", "tar.zst"})
  void theSameFilesMakeTheSameBytesWhereverAndWheneverTheyArePacked(String kind) throws Exception {
    String step = "archive: { from: DIR/%s/, to: DIR/%s." + kind + " }";
    Files.createDirectories(job.at("copy/empty"));
    List<String> reversed = new ArrayList<>(job.filesIn("out"));
    Collections.reverse(reversed);
    for (String each : reversed) {
      Files.createDirectories(job.at("copy/" + each).getParent());
      Files.copy(job.at("out/" + each), job.at("copy/" + each), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.setLastModifiedTime(job.at("copy/empty"), TIME);
    TimeZone before = TimeZone.getDefault();
    try {
      assertThat(job.run(step.formatted("out", "one")).code()).isZero();
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
      assertThat(job.run(step.formatted("copy", "two")).code()).isZero();
    } finally {
      TimeZone.setDefault(before);
    }
    assertThat(job.at("one." + kind)).hasSameBinaryContentAs(job.at("two." + kind));
    Files.setLastModifiedTime(job.at("copy/noise.bin"), FileTime.fromMillis(0));
    assertThat(job.run(step.formatted("copy", "three")).code()).isZero();
    assertThat(SpineFixture.sha256(job.at("three." + kind)))
        .isNotEqualTo(SpineFixture.sha256(job.at("one." + kind)));
  }

  @Test
  void aZipIsOneForOthersToo() throws Exception {
    assertThat(job.run("archive: { from: DIR/out/, match: '*.txt', to: DIR/x.zip }").code())
        .isZero();
    try (ZipFile zip = new ZipFile(job.at("x.zip").toFile())) {
      assertThat(zip.size()).isEqualTo(1);
      ZipEntry entry = zip.entries().nextElement();
      assertThat(entry.getName()).isEqualTo("sub/größe 🚚.txt");
      assertThat(entry.getLastModifiedTime()).isEqualTo(TIME);
      assertThat(zip.getInputStream(entry).readAllBytes()).hasSize(50_000);
    }
  }

  @Test
  void anArchiveThatLiesInWhatIsPackedIsNoPartOfIt() throws Exception {
    String step = "{ id: pack, archive: { from: DIR/out/, to: DIR/out/all.zip } }";
    assertThat(job.run(step).outputs("pack")).containsEntry("count", 3L);
    String first = SpineFixture.sha256(job.at("out/all.zip"));
    assertThat(job.run(step).outputs("pack")).containsEntry("count", 3L);
    assertThat(SpineFixture.sha256(job.at("out/all.zip"))).isEqualTo(first);
  }

  @Test
  void whatIsHostileOrBrokenLeavesNothingAndSaysWhy() throws Exception {
    evil("evil.zip", "good", "../evil");
    evil("zeros.zip", "zeros");
    Files.write(job.at("cut.zip"), new byte[] {'P', 'K', 3, 4, 20});
    job.write("text.tar.gz", "no archive");
    for (String[] each :
        new String[][] {
          {"evil.zip", "11", "it has the name \"../evil\""},
          {"zeros.zip", "11", "more than 200 times"},
          {"cut.zip", "7", "no zip archive, or its end is missing"},
          {"text.tar.gz", "7", "it is no tar.gz archive"},
        }) {
      Ran ran = job.run("unarchive: { from: DIR/%s, to: DIR/opened/ }".formatted(each[0]));
      assertThat(ran.code()).as(ran.message()).isEqualTo(Integer.parseInt(each[1]));
      assertThat(ran.message())
          .contains(each[0], each[2], "nothing was written")
          .doesNotContain("null");
      try (var left = Files.list(job.at("opened"))) {
        assertThat(left).isEmpty();
      }
    }
    assertThat(job.at("evil")).doesNotExist();
    Ran raised =
        job.run("unarchive: { from: DIR/zeros.zip, to: DIR/opened/, limits: { ratio: 2000 } }");
    assertThat(raised.code()).as(raised.message()).isZero();
    Ran again =
        job.run("unarchive: { from: DIR/zeros.zip, to: DIR/opened/, limits: { ratio: 2000 } }");
    assertThat(again.code()).isEqualTo(11);
    assertThat(again.message()).contains("is there already");
    assertThat(
            job.run("unarchive: { from: DIR/zeros.zip, to: DIR/b/, limits: { size: 1MiB } }")
                .message())
        .contains("limits.size");
  }

  @Test
  void aFileThatIsNoArchiveIsNotOneAMinuteLater() throws Exception {
    job.write("text.zip", "text");

    JobFileRun run =
        JobFileRun.of(
            directory,
            Map.of(),
            "jobs: { j: { retry: { attempts: 3, delay: 10ms }, steps: { unarchive: { from: %1$s/text.zip, to: %1$s/opened/ } } } }\n"
                .formatted(directory));

    assertThat(run.code()).isEqualTo(7);
    assertThat(run.attempts()).hasSize(1);
    assertThat(run.message())
        .contains("it is no zip archive, or its end is missing; nothing was written");
  }

  @Test
  void whatMakesNoSenseIsSaidWhenTheFileIsRead() throws Exception {
    Map<String, String> wrong =
        Map.of(
            "archive: { from: /a, to: /b.rar }", "tells no kind of archive",
            "archive: { from: 'hub:/a', to: /b.zip }", "copy it in a step of its own",
            "archive: { from: /a, to: 'hub:/b.zip' }", "copy it in a step of its own",
            "archive: { from: /a, to: /b.zip/ }", "is a file, the archive",
            "unarchive: { from: 'hub:/a.zip', to: /b/ }", "copy it in a step of its own",
            "unarchive: { from: /a.zip, to: /b/, limits: { files: 0 } }", "1 or more",
            "unarchive: { from: /a.zip, to: /b/, limits: { name-length: 9999 } }", "at most 4096",
            "unarchive: { from: /a.zip, to: /b/, format: rar }", "must be one of");
    for (Map.Entry<String, String> each : wrong.entrySet()) {
      assertThat(job.validate(each.getKey()).err()).as(each.getKey()).contains(each.getValue());
    }
    job.write("one/a.zip", "x");
    job.write("two/a.zip", "x");
    assertThat(
            job.run("unarchive: { from: [DIR/one/a.zip, DIR/two/a.zip], to: DIR/opened/ }")
                .message())
        .contains("two archives would become");
    assertThat(
            job.run("archive: { from: [DIR/one/a.zip, DIR/two/a.zip], to: DIR/both.zip }")
                .message())
        .contains("\"a.zip\" twice");
    assertThat(job.at("both.zip")).doesNotExist();
  }

  @Test
  void whatIsNotUnpackedWholeIsSeenByNobodyAndTakenAwayByRm() throws Exception {
    String left = "out/sub/.all.0123456789abcdef.wbpart/";
    job.write(left + "a", "a");
    job.write(left + "deep/b", "b");
    Ran ran =
        job.run(
            "{ id: c, copy: { from: DIR/out/, to: DIR/in/ } }",
            "{ id: l, list: { from: DIR/out/ } }");
    assertThat(ran.code()).as(ran.message()).isZero();
    assertThat(ran.names("l")).hasSize(3);
    assertThat(job.filesIn("in")).hasSize(3);

    String out = job.at("out").toString();
    assertThat(rm("--unfinished", out).code()).isZero();
    assertThat(job.at(left + "a")).exists();
    Files.setLastModifiedTime(job.at(left), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    CommandLineRun removed = rm("--unfinished", out);
    assertThat(removed.code()).as(removed.err()).isZero();
    assertThat(job.at(left)).doesNotExist();
    assertThat(job.filesIn("out")).hasSize(3);

    job.write(left + "deep/b", "b");
    CommandLineRun all = rm("-r", job.at("out/sub").toString());
    assertThat(all.code()).as(all.err()).isZero();
    assertThat(job.at("out/sub")).doesNotExist();
  }

  private CommandLineRun rm(String... more) {
    List<String> line = new ArrayList<>(List.of("rm"));
    line.addAll(List.of(more));
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", job.at("state").toString()), line.toArray(String[]::new));
  }

  private void evil(String archive, String... names) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(job.at(archive)))) {
      for (String each : names) {
        zip.putNextEntry(new ZipEntry(each));
        zip.write(new byte[each.equals("zeros") ? 20 << 20 : 4]);
        zip.closeEntry();
      }
    }
  }
}
