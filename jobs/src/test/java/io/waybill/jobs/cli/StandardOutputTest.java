package io.waybill.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int help(PrintStream out) {
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    return new Cli(out, err, Map.of()).run("copy", "--help");
  }

  private static StandardOutput failing(String why) {
    OutputStream target =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(why);
          }
        };
    return StandardOutput.to(target, StandardCharsets.UTF_8);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsLostIsAFailure() {
    assertThat(help(failing("No space left on device"))).isEqualTo(1);
    assertThat(said()).contains("waybill: standard output: No space left on device");
  }

  @Test
  void whatFailedByItselfKeepsItsCode() {
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    StandardOutput out = failing("No space left on device");
    out.println("x");
    assertThat(StandardOutput.end(out, err, 3)).isEqualTo(3);
    assertThat(said()).contains("No space left");
  }

  @Test
  void aReaderThatWentAwayIsNoFailure() {
    assertThat(help(failing("Broken pipe"))).isZero();
    assertThat(said()).isEmpty();
  }

  @Test
  void anotherStreamIsAskedToo() {
    PrintStream out = new PrintStream(failing("x"), true, StandardCharsets.UTF_8);
    assertThat(help(out)).isEqualTo(1);
    assertThat(said()).contains("standard output: it could not be written");
  }

  @Test
  void allThatWasWrittenIsThere() {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    assertThat(help(StandardOutput.to(target, StandardCharsets.UTF_8))).isZero();
    assertThat(target.toString(StandardCharsets.UTF_8)).contains("--dry-run");
    assertThat(said()).isEmpty();
  }
}
