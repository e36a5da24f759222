package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.store.RunStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As its cases say, and what outlives the process in a database. */
class PoliciesIT extends PoliciesCases {
  @TempDir Path folder;

  @Override
  protected Daemon open(EngineSettings settings, Function<RunStore, FiringHandler> handler) {
    return new Daemon(folder.resolve("waybill"), settings, handler);
  }

  @Test
  void aRetryOutlivesTheProcess() {
    String id;
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand("a").build());
      daemon.scheduler.start();
      work.failures = 1;
      id = daemon.scheduler.trigger("a", "");
      await().until(() -> state(daemon, id) == RunState.RETRYING);
    }
    try (Daemon daemon = open()) {
      daemon.scheduler.start();
      await().until(() -> state(daemon, id) == RunState.SUCCEEDED);
      assertThat(daemon.runs.attempts(id)).hasSize(2);
    }
  }

  @Test
  void theRunsOfAJobThatWasTakenOutMeanwhileAreEnded() {
    String retrying;
    String queued;
    try (Daemon daemon = open()) {
      daemon.scheduler.replaceAll(List.of(onDemand("a").build(), onDemand("b").build()));
      daemon.scheduler.start();
      work.failures = 1;
      work.delay = Duration.ofMinutes(5);
      retrying = daemon.scheduler.trigger("a", "");
      await().until(() -> state(daemon, retrying) == RunState.RETRYING);
      daemon.scheduler.drain(Duration.ofSeconds(5));
      queued = daemon.scheduler.trigger("b", "");
    }
    try (Daemon daemon = open()) {
      daemon.scheduler.replaceAll(List.of(onDemand("c").build()));
      daemon.scheduler.start();
      assertThat(state(daemon, retrying)).isEqualTo(RunState.CANCELLED);
      assertThat(state(daemon, queued)).isEqualTo(RunState.SKIPPED);
      assertThat(daemon.runs.unfinished()).isEmpty();
    }
  }

  @Test
  void everyMissedFiringThatIsMadeUpRuns() {
    ScheduledJob job =
        onDemand("tick")
            .schedules(List.of(new Schedule.Every(Duration.ofSeconds(2))))
            .missed(MissedPolicy.runAll(10, Duration.ofMinutes(1)))
            .build();
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(job);
    }
    Instant down = Instant.now();
    await().pollDelay(Duration.ofSeconds(7)).atMost(Duration.ofSeconds(20)).until(() -> true);
    try (Daemon daemon =
        open(settings().withOnTime(Duration.ofMillis(500)), runs -> work = new Work(runs))) {
      daemon.scheduler.start();
      await()
          .until(
              () ->
                  daemon.runs.list(Optional.of("tick"), 20).stream()
                          .filter(run -> run.state() == RunState.SUCCEEDED)
                          .filter(run -> run.scheduledAt().isBefore(down.plusSeconds(7)))
                          .count()
                      >= 3);
      assertThat(daemon.runs.list(Optional.of("tick"), 20))
          .filteredOn(run -> run.scheduledAt().isBefore(down.plusSeconds(6)))
          .allSatisfy(
              run -> {
                assertThat(run.state()).isNotEqualTo(RunState.SKIPPED);
                assertThat(run.decision()).startsWith("missed by ").contains("run-all");
              });
    }
  }

  @Test
  void repairsTriggersThatAreStuckOrMissing() throws SQLException {
    ScheduledJob job =
        onDemand("tick").schedules(List.of(new Schedule.Every(Duration.ofSeconds(1)))).build();
    try (Daemon daemon = open()) {
      daemon.scheduler.replaceAll(List.of(job));
      daemon.scheduler.start();
      for (String broken :
          List.of(
              "update qrtz_triggers set trigger_state = 'ERROR'",
              "update qrtz_triggers set trigger_state = 'BLOCKED'; delete from qrtz_fired_triggers",
              "update qrtz_triggers set trigger_state = 'ACQUIRED', next_fire_time = next_fire_time"
                  + " - 60000",
              "update qrtz_triggers set next_fire_time = next_fire_time + 86400000",
              "delete from qrtz_simprop_triggers; delete from qrtz_triggers")) {
        long repairs = daemon.scheduler.repairs();
        long now = work.begun.size();
        await().until(() -> work.begun.size() > now);
        await()
            .untilAsserted(
                () -> {
                  execute(daemon, broken);
                  assertThat(daemon.scheduler.repairs()).as(broken).isGreaterThan(repairs);
                });
        long repaired = work.begun.size();
        await()
            .untilAsserted(
                () -> assertThat(work.begun).as(broken).hasSizeGreaterThan((int) repaired));
      }
    }
  }

  private static void execute(Daemon daemon, String statements) throws SQLException {
    try (Connection connection = daemon.store().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements.split(";", -1)) {
        statement.execute(sql);
      }
    }
  }
}
