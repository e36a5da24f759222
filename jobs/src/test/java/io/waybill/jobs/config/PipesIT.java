package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipes, in place of the files that a loader reads. */
@Timeout(30)
@SuppressWarnings("NullAway.Init") // set before each test
class PipesIT {
  @TempDir Path directory;

  private Path pipe;

  @BeforeEach
  void makeAPipe() throws Exception {
    assumeThat(Path.of("/usr/bin/mkfifo")).exists();
    pipe = directory.resolve("pipe");
    Process mkfifo = new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start();
    assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(mkfifo.exitValue()).isZero();
  }

  private static SecretSources secrets() {
    return new SecretSources(Map.of(), s -> {}, w -> {});
  }

  private static Configuration load(Path file) {
    return new JobFileLoader(FakeStepType.ALL, secrets(), problem -> {}).load(file);
  }

  @Test
  void aJobFileIsReadToItsEnd() throws Exception {
    Thread writer =
        new Thread(
            () -> {
              try {
                Files.writeString(pipe, "version: 1\ntimezone: UTC\nvars: { a: b }\njobs: {}\n");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.start();

    assertThat(load(pipe).vars()).containsEntry("a", "b");
    writer.join();
  }

  @Test
  void whatAFileNamesThatAShellMadeAPipeOfIsSeenFromTheWorkingDirectory() throws Exception {
    assumeThat(Path.of("/bin/bash")).exists();
    Files.writeString(
        directory.resolve("days.ics"),
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n");
    Files.writeString(directory.resolve("token"), "Kiefernzapfen");
    Files.writeString(
        directory.resolve("orders.yml"),
        """
        version: 1
        timezone: UTC
        calendars: { days: { ics: days.ics } }
        secrets: { s: { file: token } }
        jobs: {}
        """);
    Process test =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "exec \"$0\" -cp \"$1\" io.waybill.jobs.cli.Main secret test s -c <(cat orders.yml)",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();

    String said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(test.waitFor()).as(said).isZero();
    assertThat(said).contains("secret s is there: 13 characters");
  }

  @Test
  void aCalendarToWhichNobodyWritesIsRefused() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("orders.yml"),
            "version: 1\ntimezone: UTC\ncalendars: { bank-days: { ics: pipe } }\njobs: {}\n");
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(InvalidJobFile.class)
        .hasMessageContaining("\"pipe\" is no regular file");
  }

  @Test
  void aSecretToWhichNobodyWritesIsRefused() {
    assertThatThrownBy(() -> secrets().fromFile("token", pipe).get())
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageContaining("is no regular file");
  }
}
