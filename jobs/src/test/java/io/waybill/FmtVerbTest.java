package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Job files in one form, from the command line. */
class FmtVerbTest {
  private static final String ODD = "timezone: UTC\nversion: 1\n";
  private static final String FORM = "version: 1\ntimezone: UTC\n";

  @TempDir Path directory;

  private static CommandLineRun fmt(Object... arguments) {
    return CommandLineRun.of(
        Map.of(),
        Stream.concat(Stream.of("fmt"), Stream.of(arguments).map(Object::toString))
            .toArray(String[]::new));
  }

  @Test
  void aFileIsPutIntoTheFormAndKeepsItsPermissions() throws IOException {
    Path file = Files.writeString(directory.resolve("a.yml"), ODD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    CommandLineRun run = fmt(file);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(file + "\n");
    assertThat(file).hasContent(FORM);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(fmt(file).out()).isEmpty();
  }

  @Test
  void checkChangesNothing() throws IOException {
    Path file = Files.writeString(directory.resolve("a.yml"), ODD);
    Path right = Files.writeString(directory.resolve("b.yml"), FORM);

    CommandLineRun run = fmt("--check", directory, "-o", "json");
    assertThat(run.code()).isEqualTo(1);
    assertThat(Json.readObject(run.out()))
        .containsEntry("schema", "waybill.fmt/1")
        .containsEntry("changed", List.of(file.toString()))
        .containsEntry("written", false);
    assertThat(file).hasContent(ODD);
    assertThat(fmt("--check", right).code()).isZero();
  }

  @Test
  void aLinkStaysOne() throws IOException {
    Path file = Files.writeString(directory.resolve("real.yml"), ODD);
    Path link = Files.createSymbolicLink(directory.resolve("link.yml"), file);

    assertThat(fmt(link).code()).isZero();
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent(FORM);
  }

  @Test
  void oneThatCannotBeReadKeepsTheOthersAsTheyAre() throws IOException {
    Path file = Files.writeString(directory.resolve("a.yml"), ODD);
    Path broken = Files.writeString(directory.resolve("b.yml"), "version: 1\n\tx: 1\n");

    CommandLineRun run = fmt(file, broken);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(broken + ":2:1: error: a tab stands here");
    assertThat(file).hasContent(ODD);
  }

  @Test
  void oneThatCannotBeArrangedIsNamedAndTheOthersAreWritten() throws IOException {
    Path anchored = directory.resolve("a.yml");
    Files.writeString(anchored, "version: 1\nvars: { a: &v b, c: *v }\n");
    Path file = Files.writeString(directory.resolve("b.yml"), ODD);

    CommandLineRun check = fmt("--check", directory);
    assertThat(check.code()).isEqualTo(2);
    assertThat(check.out()).isEqualTo(file + "\n");
    assertThat(check.err()).contains(anchored + ":2:21: there is an anchor");

    CommandLineRun run = fmt(directory, "-o", "json");
    assertThat(run.code()).isEqualTo(2);
    assertThat(Json.readObject(run.out()))
        .containsEntry("changed", List.of(file.toString()))
        .containsKey("error");
    assertThat(file).hasContent(FORM);
    assertThat(anchored).hasContent("version: 1\nvars: { a: &v b, c: *v }\n");
  }

  @Test
  void whatIsNoRegularFileIsRefusedUnread() {
    CommandLineRun run = fmt("--check", "/dev/zero");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("/dev/zero is no regular file");
  }

  @Test
  void theExamplesAreInTheForm() {
    CommandLineRun run = fmt("--check", "examples", "src/main/dist/conf/waybill.yml");
    assertThat(run.code()).as(run.out()).isZero();
  }
}
