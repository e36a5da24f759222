package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterOptionTest {
  @TempDir Path directory;

  private CommandLineRun dryRun(String... parameters) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            jobs:
              j:
                params: { f: { default: none } }
                steps: { exec: { command: [echo, "<${params.f}>"] } }
            """);
    String[] arguments = new String[parameters.length + 5];
    System.arraycopy(
        new String[] {"run", "j", "--dry-run", "-c", file.toString()}, 0, arguments, 0, 5);
    System.arraycopy(parameters, 0, arguments, 5, parameters.length);
    return CommandLineRun.of(Map.of(), arguments);
  }

  @Test
  void aValueIsTakenAsItIs() throws IOException {
    CommandLineRun run = dryRun("-p", "f=a \"x=y");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("<a \"x=y>");
    assertThat(run.err()).doesNotContain("WARN");

    assertThat(dryRun("-p", "f=one", "--param=f=").out()).contains("<>");
  }

  @Test
  void oneWithoutAValueIsRefusedInWords() throws IOException {
    CommandLineRun run = dryRun("-p", "f");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("waybill: -p f gives no value: write -p NAME=VALUE\n");
  }
}
