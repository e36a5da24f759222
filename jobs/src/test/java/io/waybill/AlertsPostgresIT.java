package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.config.StateDirectory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes over one PostgreSQL: whoever runs a job, one of them tells, and the other goes on. */
@Timeout(180)
class AlertsPostgresIT {
  @TempDir Path directory;

  private Configuration configuration(int database, String url) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            secrets: { pg: { file: pg } }
            daemon:
              store: { url: "jdbc:postgresql://localhost:%d/postgres", user: postgres, password: "${secrets.pg}" }
              check-in: 1s
            alerts: { hook: { type: webhook, url: "%s/hook" } }
            jobs:
              nightly:
                schedule: { every: 1s }
                due: { within: 1h }
                retry: { attempts: 1 }
                notify: { failure: { to: hook }, recovery: { to: hook }, overdue: { to: hook } }
                steps: { exec: { command: [/usr/bin/test, -e, "%s"] } }
            """
                .formatted(database, url, directory.resolve("well")));
    Files.writeString(directory.resolve("pg"), "pg-Qx71-postgres");
    return JobFiles.load(List.of(file), Map.of());
  }

  private Waybill start(Configuration configuration, String node) {
    Waybill waybill =
        Waybill.builder(configuration.withNode(node))
            .state(StateDirectory.at(directory.resolve(node)))
            .open();
    waybill.start();
    return waybill;
  }

  @Test
  void oneOfTwoNodesTellsAndTheOtherGoesOn() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        WebFixture web = WebFixture.start()) {
      web.at("/hook", WebFixture.status(200, "ok"));
      Configuration configuration = configuration(postgres.getPort(), web.url());
      try (Waybill second = startBoth(configuration, web)) {
        Files.createFile(directory.resolve("well"));
        await().atMost(Duration.ofSeconds(60)).until(() -> web.asked().size() == 2);
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(second.alerts().newest(Optional.empty(), 10))
                        .hasSize(2)
                        .allSatisfy(
                            told ->
                                assertThat(told.deliveries())
                                    .singleElement()
                                    .satisfies(
                                        each -> {
                                          assertThat(each.state()).isEqualTo(Alert.State.SENT);
                                          assertThat(each.attempts()).isEqualTo(1);
                                        })));
        assertThat(second.alerts().newest(Optional.of("nightly"), 10))
            .extracting(told -> told.alert().kind())
            .containsExactly(Alert.Kind.RECOVERY, Alert.Kind.FAILURE);
        assertThat(second.alerts().troubles()).isEmpty();
        assertThat(web.asked()).hasSize(2);
      }
    }
  }

  private Waybill startBoth(Configuration configuration, WebFixture web) {
    Waybill first = start(configuration, "a");
    Waybill second = start(configuration, "b");
    try (first) {
      await().atMost(Duration.ofSeconds(60)).until(() -> !web.asked().isEmpty());
    }
    return second;
  }
}
