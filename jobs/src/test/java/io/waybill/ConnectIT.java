package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill validate --connect} against the sandbox. */
@Timeout(120)
class ConnectIT {
  @TempDir Path directory;

  private CommandLineRun validate(Path file, String... more) {
    String[] line = new String[more.length + 4];
    System.arraycopy(new String[] {"validate", "--connect", "-c", file.toString()}, 0, line, 0, 4);
    System.arraycopy(more, 0, line, 4, more.length);
    return CommandLineRun.of(Map.of("WAYBILL_STATE", directory.resolve("state").toString()), line);
  }

  @Test
  void logsInEverywhereAndLeavesNothingBehind() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      CommandLineRun run = validate(spine.jobFile("description: on demand"));

      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out().lines())
          .hasSize(5)
          .anySatisfy(
              line -> assertThat(line).matches("partner   ftp 127.0.0.1:\\d+ +ok +[\\d.]+ ms"))
          .anySatisfy(line -> assertThat(line).matches("hub       waybill 127.0.0.1:\\d+ +ok .*"))
          .anySatisfy(line -> assertThat(line).matches("outgoing  smtp 127.0.0.1:\\d+ +ok .*"))
          .anySatisfy(line -> assertThat(line).matches("mailbox   imap 127.0.0.1:\\d+ +ok .*"))
          .last()
          .isEqualTo("valid: 1 jobs");
      assertThat(directory.resolve("state/store.mv.db")).doesNotExist();
    }
  }

  @Test
  void findsTheWrongPasswordAndNamesItsConnection() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path file =
          spine.jobFile(
              "description: on demand",
              new SpineFixture.Overrides("127.0.0.1", "", "not-the-password", ""));

      CommandLineRun run = validate(file);

      assertThat(run.code()).isEqualTo(5);
      assertThat(run.out())
          .containsPattern("partner +ftp \\S+ +ok")
          .containsPattern("outgoing +smtp \\S+ +FAILED")
          .containsPattern("mailbox +imap \\S+ +FAILED")
          .doesNotContain("not-the-password");
      assertThat(run.err())
          .isEqualTo("waybill: 2 of 4 connections cannot be used: outgoing, mailbox\n");
    }
  }

  @Test
  void theGravestOfSeveralFailuresIsTheExitCodeAndEachIsInTheDocument() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path file =
          spine.jobFile(
              "description: on demand",
              new SpineFixture.Overrides("nobody.invalid", "", "", "0123456789abcdef0123456789"));

      CommandLineRun run = validate(file, "-o", "json");

      assertThat(run.code()).as(run.err()).isEqualTo(5);
      Map<String, Object> form = Json.readObject(run.out());
      assertThat(form).containsEntry("schema", "waybill.validation/1").containsEntry("valid", true);
      assertThat(Plain.map(form, "error")).containsEntry("exit", 5L);
      assertThat(Plain.maps(form, "connections"))
          .extracting(each -> each.get("name") + " " + Plain.map(each, "error").get("kind"))
          .containsExactly(
              "partner connection", "hub authentication", "outgoing null", "mailbox null");
    }
  }

  @Test
  void aServerThatSaysNothingIsLeftAfterItsTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      Path file =
          Files.writeString(
              directory.resolve("waybill.yml"),
              """
              version: 1
              timezone: UTC
              secrets:
                p: { env: P }
              connections:
                mute: { type: ftp, host: 127.0.0.1, port: %d, tls: off, user: u, password: "${secrets.p}" }
              jobs: {}
              """
                  .formatted(silent.getLocalPort()));

      CommandLineRun run =
          CommandLineRun.of(
              Map.of("P", "secret-word"),
              "validate",
              "--connect",
              "--within",
              "500ms",
              "-c",
              file.toString());

      assertThat(run.code()).isEqualTo(4);
      assertThat(run.out()).contains("mute", "FAILED", "nobody was logged in after 500ms");
    }
  }

  @Test
  void mistakesInTheFileComeFirstAndNothingIsConnectedTo() throws IOException {
    try (ServerSocket server = new ServerSocket(0)) {
      Path file =
          Files.writeString(
              directory.resolve("waybill.yml"),
              """
              version: 1
              timezone: UTC
              connections:
                box: { type: waybill, host: 127.0.0.1, port: %d, tls: off, user: u, key: "${secrets.none}" }
              jobs: {}
              """
                  .formatted(server.getLocalPort()));
      server.setSoTimeout(200);

      CommandLineRun run =
          CommandLineRun.of(Map.of(), "validate", "--connect", "-c", file.toString());

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("secrets.none");
      assertThat(org.assertj.core.api.Assertions.catchThrowable(server::accept))
          .isInstanceOf(java.net.SocketTimeoutException.class);
    }
  }

  @Test
  void theseOptionsGoWithConnectOnly() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"), "version: 1\ntimezone: UTC\njobs: {}\n");

    assertThat(
            CommandLineRun.of(Map.of(), "validate", "--within", "1s", "-c", file.toString()).err())
        .isEqualTo("waybill: --within is for --connect\n");
    assertThat(validate(file, "-o", "sarif").code()).isEqualTo(2);
  }
}
