package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The main job with everything logged and traced: no password is in anything that was printed or
 * written.
 */
@Timeout(120)
class PlantedPasswordIT {
  @TempDir Path directory;

  @Test
  void noPasswordIsInAnythingPrintedOrWritten() throws Exception {
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"))) {
      Path file = NightlyOrders.pointedAt(sandbox, directory);
      Map<String, String> secrets = NightlyOrders.secrets(sandbox);
      assertNowhere(file, secrets, 0);
    }
  }

  @Test
  void norWhereTheLoginIsRefused() throws Exception {
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"))) {
      Path file = NightlyOrders.pointedAt(sandbox, directory);
      assertNowhere(
          file,
          Map.of(
              "PARTNER_PASSWORD", sandbox.ftpLogin().password(),
              "HUB_KEY", sandbox.chunkLogin().password(),
              "MAIL_PASSWORD", "planted-and-wrong-6a1f"),
          5);
    }
  }

  private void assertNowhere(Path file, Map<String, String> secrets, int code) throws Exception {
    Path state = directory.resolve("state");
    ForkedJvm.Builder builder =
        ForkedJvm.running(Main.class)
            .args(
                "run",
                "nightly-orders",
                "--debug",
                "--trace",
                "--trace-file",
                directory.resolve("trace.pcapng").toString(),
                "-c",
                file.toString())
            .environment("WAYBILL_STATE", state.toString());
    secrets.forEach(builder::environment);
    try (ForkedJvm run = builder.start()) {
      assertThat(run.awaitExit(Duration.ofSeconds(90))).as(run.output()).isEqualTo(code);
      assertThat(run.output()).contains("event=run-started", "job=nightly-orders");
      assertThat(run.output()).contains(" ftp > PASS ***", " smtp > AUTH", "waybill > AUTH");
      assertThat(directory.resolve("trace.pcapng")).isNotEmptyFile();
      assertThat(state.resolve("store")).isNotEmptyDirectory();
      for (String secret : secrets.values()) {
        assertThat(run.output()).doesNotContain(secret, base64(secret));
        assertThat(filesThatHold(secret)).isEmpty();
        assertThat(filesThatHold(base64(secret))).isEmpty();
      }
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<Path> filesThatHold(String secret) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).filter(file -> holds(file, secret)).toList();
    }
  }

  // Latin-1 turns every byte into one character; H2 keeps text as UTF-8 or as UTF-16
  private static boolean holds(Path file, String secret) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return new String(bytes, StandardCharsets.ISO_8859_1).contains(secret)
          || new String(bytes, StandardCharsets.ISO_8859_1)
              .contains(
                  new String(
                      secret.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
