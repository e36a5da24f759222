package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code waybill alerts}, with a daemon and without one, and the daemon's sign of life. */
@Timeout(120)
class AlertVerbsIT {
  @TempDir Path directory;

  private Path file(String url) throws Exception {
    Files.writeString(directory.resolve("url"), url + "/beat/s3cr3t-Yy72");
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        secrets: { beat: { file: url } }
        daemon: { heartbeat: { url: "${secrets.beat}", every: 10s } }
        alerts: { hook: { type: webhook, url: "%s/hook" } }
        jobs:
          nightly:
            schedule: { every: 1s }
            retry: { attempts: 1 }
            notify: { failure: { to: hook } }
            steps: { exec: { command: [/bin/false] } }
        """
            .formatted(url));
  }

  private CommandLineRun waybill(String... line) {
    return CommandLineRun.of(Map.of("WAYBILL_STATE", directory.resolve("state").toString()), line);
  }

  @Test
  void whatWasToldIsListedWithADaemonAndWithoutOne() throws Exception {
    try (WebFixture web = WebFixture.start()) {
      web.at("/hook", WebFixture.status(200, "ok"))
          .at("/beat/s3cr3t-Yy72", WebFixture.status(200, "ok"));
      Path file = file(web.url());
      Configuration configuration = JobFiles.load(List.of(file), Map.of());
      StateDirectory state = StateDirectory.at(directory.resolve("state"));
      try (Daemon daemon =
          Daemon.start(
              configuration, Waybill.builder(configuration).state(state), state.daemonFile())) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    web.asked().stream().map(WebFixture.Asked::uri).toList().contains("/hook")
                        && web.asked().stream()
                            .anyMatch(each -> each.uri().equals("/beat/s3cr3t-Yy72")));
        assertThat(web.asked())
            .filteredOn(each -> each.uri().startsWith("/beat"))
            .extracting(WebFixture.Asked::method)
            .containsOnly("GET");
        await().until(() -> waybill("alerts").out().contains("hook: sent"));
        checkList(waybill("alerts", "nightly", "-o", "json"));
        CommandLineRun status = waybill("status", "-o", "json");
        assertThat(Plain.maps(Plain.map(Json.readObject(status.out()), "alerts"), "troubles"))
            .singleElement()
            .satisfies(trouble -> assertThat(trouble).containsEntry("kind", "failure"));
        assertThat(waybill("status").out())
            .contains("1 troubles, 0 waiting to be told, 0 given up")
            .contains("nightly  failure  since ");
        checkTest(waybill("alerts", "test", "hook", "-o", "json"));
        web.at("/hook", WebFixture.status(404, "gone"));
        CommandLineRun failed = waybill("alerts", "test", "hook");
        assertThat(failed.code()).as(failed.out()).isEqualTo(3);
        assertThat(failed.out()).startsWith("hook: failed, ").contains("gone");
        assertThat(waybill("alerts", "test", "hok").code()).isEqualTo(3);
      }
      checkList(waybill("alerts", "nightly", "-o", "json"));
      assertThat(Json.readObject(waybill("alerts", "another", "-o", "json").out()))
          .containsEntry("alerts", List.of());
      web.at("/hook", WebFixture.status(200, "ok"));
      checkTest(waybill("alerts", "test", "hook", "-c", file.toString(), "-o", "json"));
      web.at("/hook", WebFixture.status(404, "gone"));
      CommandLineRun failed = waybill("alerts", "test", "hook", "-c", file.toString());
      assertThat(failed.code()).as(failed.err()).isEqualTo(3);
      assertThat(waybill("alerts", "--limit", "0").code()).isEqualTo(2);
    }
  }

  private static void checkList(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    Map<String, Object> form = Json.readObject(run.out());
    assertThat(form).containsEntry("schema", "waybill.alerts/1");
    assertThat(Plain.maps(form, "alerts"))
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert)
                  .containsEntry("job", "nightly")
                  .containsEntry("kind", "failure")
                  .containsEntry("subject", "nightly failed")
                  .containsKeys("id", "at", "run", "text");
              assertThat(Plain.maps(alert, "deliveries"))
                  .singleElement()
                  .satisfies(
                      each ->
                          assertThat(each)
                              .containsEntry("channel", "hook")
                              .containsEntry("state", "sent"));
            });
  }

  private static void checkTest(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Json.readObject(run.out()))
        .isEqualTo(
            Map.of(
                "schema", "waybill.alert-test/1",
                "channel", "hook",
                "state", "sent",
                "message", ""));
  }
}
