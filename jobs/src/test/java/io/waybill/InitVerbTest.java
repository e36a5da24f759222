package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job file to start from. */
class InitVerbTest {
  @TempDir Path directory;

  private CommandLineRun init(String... more) {
    String[] line = new String[more.length + 2];
    line[0] = "init";
    line[1] = directory.resolve("jobs.yml").toString();
    System.arraycopy(more, 0, line, 2, more.length);
    return CommandLineRun.of(Map.of(), line);
  }

  @Test
  void itLoadsAsItIsWritten() throws IOException {
    CommandLineRun run = init("--zone", "Europe/Paris");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("wrote " + directory.resolve("jobs.yml") + "\n");
    assertThat(Files.readString(directory.resolve("jobs.yml")))
        .contains("timezone: Europe/Paris  ")
        .doesNotContain("@inbox@", "@user@");
    assertThat(JobFiles.load(directory.resolve("jobs.yml")).jobs())
        .singleElement()
        .satisfies(job -> assertThat(job.name()).isEqualTo("orders"));
  }

  @Test
  void aFileThatIsThereStays() throws IOException {
    Path file = Files.writeString(directory.resolve("jobs.yml"), "mine");

    CommandLineRun run = init();
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "waybill: "
                + file
                + " is there already; name another file, or replace it with --force\n");
    assertThat(file).hasContent("mine");
    assertThat(init("--force").code()).isZero();
    assertThat(JobFiles.load(file).jobs()).hasSize(1);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(init("--zone", "Europe/Pariss").err()).contains("is no IANA zone");
    assertThat(init("--sandbox", directory.toString()).err())
        .contains("no sandbox has its directory at " + directory);
    assertThat(directory.resolve("jobs.yml")).doesNotExist();
  }
}
