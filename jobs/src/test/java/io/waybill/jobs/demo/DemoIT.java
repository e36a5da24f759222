package io.waybill.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The demo tells what it did, and nothing but the truth; the README quotes it. */
@Timeout(120)
class DemoIT {
  private static final Path README = Path.of("../README.md");

  @Test
  void everythingPromisedIsPrintedAndNothingIsLeft() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    boolean isWhole = new Demo(new PrintStream(bytes, true, StandardCharsets.UTF_8)).run(false);

    String out = bytes.toString(StandardCharsets.UTF_8);
    assertThat(isWhole).as(out).isTrue();
    assertThat(out)
        .contains("recorded before it acts", "read-back: succeeded", "broken on purpose")
        .contains("All 7 files are whole, checked from outside, and the mail arrived.");
    List<String> printed = out.lines().map(DemoIT::shape).toList();
    assertThat(printed).containsAll(excerpt());
    assertThat(directory(out)).doesNotExist();
  }

  private static List<String> excerpt() throws IOException {
    String readme = Files.readString(README);
    String mark = "<!-- from the demo's output -->\n```\n";
    int start = readme.indexOf(mark) + mark.length();
    assertThat(start).isGreaterThan(mark.length());
    List<String> lines =
        readme.substring(start, readme.indexOf("\n```", start)).lines().map(DemoIT::shape).toList();
    assertThat(lines).hasSizeGreaterThan(8);
    return lines;
  }

  // times, ports and ids differ from run to run; what is said does not
  private static String shape(String line) {
    return line.replaceAll("[0-9A-HJKMNP-TV-Z]{26}|<[0-9a-f]{32}@", "ID")
        .replaceAll("[0-9]+", "#")
        .replaceAll(" +", " ")
        .strip();
  }

  private static Path directory(String out) {
    String line = out.lines().filter(l -> l.startsWith("  job file  ")).findFirst().orElseThrow();
    return Objects.requireNonNull(Path.of(line.substring("  job file  ".length())).getParent());
  }
}
