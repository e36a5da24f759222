package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.RunRecord;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code copy} step between directories of this machine: what it selects, refuses and records.
 */
@Timeout(60)
class CopyIT {
  @TempDir Path directory;

  @BeforeEach
  void offer() throws IOException {
    Files.createDirectories(directory.resolve("from/sub"));
    Files.createDirectories(directory.resolve("from/empty"));
    Files.writeString(directory.resolve("from/a.txt"), "a");
    Files.writeString(directory.resolve("from/sub/b.csv"), "bb");
  }

  @Test
  void aDirectorysContentsGoIntoTheTarget() throws IOException {
    RunRecord record = copy("from: DIR/from, to: DIR/to");

    assertThat(record.isSuccess()).isTrue();
    assertThat(directory.resolve("to/empty")).isEmptyDirectory();
    assertThat(directory.resolve("to/a.txt")).hasContent("a");
    assertThat(directory.resolve("to/sub/b.csv")).hasContent("bb");
  }

  @Test
  void aPatternTakesWhatMatchesAndNothingIsFineUnlessExpected() throws IOException {
    assertThat(copy("from: 'DIR/from/**/*.csv', to: DIR/to/").isSuccess()).isTrue();
    assertThat(directory.resolve("to/sub/b.csv")).exists();
    assertThat(directory.resolve("to/a.txt")).doesNotExist();
    assertThat(copy("from: 'DIR/from/*.xml', to: DIR/to/").isSuccess()).isTrue();

    RunRecord expecting = copy("from: 'DIR/from/*.xml', to: DIR/to/, expect: { min-files: 1 }");
    assertThat(expecting.run().message()).contains("expected at least 1 files", "found 0");
  }

  @Test
  void twoSourcesOfOneNameAreRefusedBeforeAnythingIsWritten() throws IOException {
    Files.createDirectory(directory.resolve("other"));
    Files.writeString(directory.resolve("other/a.txt"), "another");

    RunRecord record = copy("from: [DIR/from/a.txt, DIR/other/a.txt], to: DIR/to/");

    assertThat(record.run().failureClass()).contains(FailureClass.CONFIGURATION);
    assertThat(record.run().message()).contains("from/a.txt", "other/a.txt", "to/a.txt");
    assertThat(directory.resolve("to")).doesNotExist();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC}) // elsewhere no such name can be made
  void oneRefusedNameDoesNotStopTheOthers() throws IOException {
    Files.writeString(directory.resolve("from/c:x.log"), "x");

    RunRecord record = copy("from: DIR/from, to: DIR/to");

    assertThat(record.run().state()).isEqualTo(RunState.PARTIAL);
    assertThat(record.run().message()).contains("1 of 3 files", "c:x.log", "rename them");
    assertThat(record.steps().get(0).attempts().get(0).state()).isEqualTo(AttemptState.PARTIAL);
    assertThat(directory.resolve("to/sub/b.csv")).hasContent("bb");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aNameCannotSteerTheTerminalThatShowsTheRecord() throws IOException {
    Files.writeString(directory.resolve("from/a\n\u001b[31mb"), "x");

    assertThat(copy("from: DIR/from, to: DIR/to").run().message()).doesNotContain("\n", "\u001b");
  }

  @Test
  void unfinishedPartsAndTheirJournalsAreNoSources() throws IOException {
    Files.writeString(directory.resolve("from/.c.txt.0123456789abcdef.wbpart"), "x");
    Files.writeString(directory.resolve("from/.c.txt.0123456789abcdef.wbjournal"), "x");

    RunRecord record = copy("from: DIR/from, to: DIR/to");

    assertThat(record.run().message()).isEmpty();
    assertThat(Plain.maps(record.steps().get(0).result().orElseThrow().outputs(), "files"))
        .hasSize(2);
  }

  @Test
  void whatOnlyEndsLikeThemIsAFailureOfItsOwn() throws IOException {
    Files.writeString(directory.resolve("from/data.wbpart"), "x");

    RunRecord record = copy("from: DIR/from, to: DIR/to");

    assertThat(record.steps().get(0).attempts().get(0).state()).isEqualTo(AttemptState.PARTIAL);
    assertThat(record.run().message())
        .contains("1 of 3 files", "'data.wbpart': its name ends in .wbpart");
  }

  @Test
  void aLinkIsLeftOutAndTheRecordSaysSo() throws IOException {
    Files.createSymbolicLink(directory.resolve("from/link"), Path.of("/etc/hostname"));

    RunRecord record = copy("from: DIR/from, to: DIR/to");

    assertThat(record.isSuccess()).isTrue();
    assertThat(directory.resolve("to/link")).doesNotExist();
    assertThat(record.steps().get(0).result().orElseThrow().outputs())
        .containsEntry("left-out", List.of(directory.resolve("from/link").toString()));
  }

  @Test
  void aDirectoryAsTargetOfAFileIsRefusedWithTheWayOut() throws IOException {
    Files.createDirectory(directory.resolve("to"));

    RunRecord record = copy("from: DIR/from/a.txt, to: DIR/to");

    assertThat(record.run().message()).contains("is a directory", "to/\" to copy into it");
  }

  @Test
  void aFileWhereADirectoryIsNeededIsSaid() throws IOException {
    Files.writeString(directory.resolve("to"), "a file");

    RunRecord record = copy("from: DIR/from, to: DIR/to/");

    assertThat(record.run().message())
        .contains(directory.resolve("to") + "/ is a file", "name a directory as target");
    assertThat(directory.resolve("to")).hasContent("a file");
  }

  @Test
  void aSourceThatIsNotThereIsNotFound() throws IOException {
    RunRecord record = copy("from: DIR/nowhere/, to: DIR/to/");

    assertThat(record.run().message()).contains("there is no ").contains("nowhere");
  }

  @Test
  void sidecarsAreCheckedAndWritten() throws IOException {
    String digestOfA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    Files.writeString(directory.resolve("from/SHA256SUMS"), digestOfA + "  a.txt\n");

    RunRecord lenient =
        copy("from: DIR/from, to: DIR/to, sidecar: { check: if-any, write: sha-256 }");
    assertThat(lenient.run().message()).isEmpty();
    assertThat(lenient.steps().get(0).result().orElseThrow().outputs())
        .containsEntry("unchecked", List.of(directory.resolve("from/sub/b.csv").toString()));
    assertThat(directory.resolve("to/a.txt.sha256")).hasContent(digestOfA + "  a.txt\n");
    assertThat(directory.resolve("to/sub/b.csv.sha256")).exists();
    assertThat(directory.resolve("to/SHA256SUMS.sha256")).doesNotExist();

    RunRecord strict = copy("from: DIR/from, to: DIR/strict, sidecar: { check: required }");
    assertThat(strict.run().failureClass()).contains(FailureClass.INTEGRITY);
    assertThat(strict.run().message()).contains("no sidecar tells what", "b.csv.sha512");

    Files.writeString(directory.resolve("from/a.txt"), "b");
    RunRecord differing = copy("from: DIR/from/a.txt, to: DIR/bad/, sidecar: { check: required }");
    assertThat(differing.run().message())
        .contains("must have sha-256:" + digestOfA, "SHA256SUMS says", "nothing was published");
    assertThat(directory.resolve("bad/a.txt")).doesNotExist();
  }

  private RunRecord copy(String arguments) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            jobs:
              copy:
                retry: { attempts: 1 }
                steps:
                  - copy: { %s }
            """
                .formatted(arguments.replace("DIR", directory.toString())));
    try (Waybill waybill =
        Waybill.builder(JobFiles.load(file)).state(directory.resolve("state")).open()) {
      return waybill.run("copy");
    }
  }
}
