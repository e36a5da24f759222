package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.store.AttemptEnd;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.RunWatch;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the scheduler makes of overlap, limits, retries and stuck triggers, with a store. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // opened by each test
class PoliciesIT {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final Duration SOON = Duration.ofMillis(300);

  @TempDir Path folder;

  /** Works until it is let go on, or ended; fails a job's first attempts if told to. */
  private static final class Work implements FiringHandler, RunWatch {
    private final RunStore runs;
    final List<String> begun = new CopyOnWriteArrayList<>();
    final List<Run> ended = new CopyOnWriteArrayList<>();
    final Map<String, CountDownLatch> holds = new ConcurrentHashMap<>();
    final Map<String, String> endings = new ConcurrentHashMap<>();
    volatile boolean holding;
    volatile boolean deaf;
    volatile Duration delay = SOON;
    volatile int failures;

    Work(RunStore runs) {
      this.runs = runs;
      runs.membership().watch(this);
    }

    @Override
    public void fire(Firing firing) {
      Run run = firing.run().orElseThrow();
      begun.add(run.id());
      Attempt attempt = runs.startAttempt(run, "step");
      if (attempt.number() <= failures) {
        runs.finishAttemptAndRelease(
            run,
            attempt,
            new AttemptEnd(
                AttemptState.FAILED,
                Optional.of(FailureClass.TRANSIENT),
                "busy",
                Optional.of(delay),
                ""));
        return;
      }
      if (holding) {
        hold(run.id());
      }
      String why = run.ending().orElse(endings.getOrDefault(run.id(), ""));
      runs.finishAttempt(attempt, AttemptEnd.succeeded(""));
      runs.finish(
          run,
          why.isEmpty() ? RunState.SUCCEEDED : RunState.CANCELLED,
          Optional.empty(),
          why,
          run.payload());
    }

    private void hold(String runId) {
      try {
        holds.computeIfAbsent(runId, id -> new CountDownLatch(1)).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void letGo(String runId) {
      holds.computeIfAbsent(runId, id -> new CountDownLatch(1)).countDown();
    }

    @Override
    public void ended(Run run) {
      ended.add(run);
      if (deaf) {
        throw new IllegalStateException("handler bug");
      }
    }

    @Override
    public void endRequested(String runId, String why) {
      endings.put(runId, why);
      letGo(runId);
    }

    @Override
    public void lost(String runId) {}
  }

  private Work work;

  private Daemon open() {
    return new Daemon(
        folder.resolve("waybill"),
        EngineSettings.DEFAULT.withPeriods(SOON, SOON),
        runs -> work = new Work(runs));
  }

  private static ScheduledJob.Builder onDemand(String name) {
    return ScheduledJob.builder(name, PARIS);
  }

  private static RunState state(Daemon daemon, String runId) {
    return daemon.runs.find(runId).orElseThrow().state();
  }

  @Test
  void queuedRunsGoOneAfterTheOtherAsSoonAsTheOneBeforeHasEnded() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand("job").overlap(OverlapPolicy.QUEUE).build());
      daemon.scheduler.start();
      work.holding = true;
      String one = daemon.scheduler.trigger("job", "");
      await().until(() -> work.begun.contains(one));
      String two = daemon.scheduler.trigger("job", "");
      String three = daemon.scheduler.trigger("job", "");
      await()
          .until(() -> daemon.runs.find(three).orElseThrow().message().contains("overlap queue"));
      work.letGo(one);
      await().until(() -> work.begun.contains(two));
      assertThat(work.begun).doesNotContain(three);
      work.letGo(two);
      await().until(() -> work.begun.contains(three));
      work.letGo(three);
      await().until(() -> state(daemon, three) == RunState.SUCCEEDED);
    }
  }

  @Test
  void theNewRunReplacesTheLiveOne() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand("job").overlap(OverlapPolicy.REPLACE).build());
      daemon.scheduler.start();
      work.holding = true;
      String one = daemon.scheduler.trigger("job", "");
      await().until(() -> work.begun.contains(one));
      String two = daemon.scheduler.trigger("job", "");
      await().until(() -> state(daemon, one) == RunState.CANCELLED);
      assertThat(daemon.runs.find(one).orElseThrow().message()).isEqualTo("replaced by run " + two);
      await().until(() -> work.begun.contains(two));
      work.letGo(two);
      await().until(() -> state(daemon, two) == RunState.SUCCEEDED);
    }
  }

  @Test
  void jobsOfOneLimitWaitForOneAnother() {
    try (Daemon daemon = open()) {
      ConcurrencyLimit limit = new ConcurrencyLimit("bank", 1);
      daemon.scheduler.schedule(onDemand("a").limit(limit).build());
      daemon.scheduler.schedule(onDemand("b").limit(limit).build());
      daemon.scheduler.start();
      work.holding = true;
      String one = daemon.scheduler.trigger("a", "");
      await().until(() -> work.begun.contains(one));
      String two = daemon.scheduler.trigger("b", "");
      await().until(() -> daemon.runs.find(two).orElseThrow().message().contains("limit bank (1)"));
      work.letGo(one);
      await().until(() -> work.begun.contains(two));
      work.letGo(two);
      await().until(() -> state(daemon, two) == RunState.SUCCEEDED);
    }
  }

  @Test
  void aFailedStepIsTriedAgainWithoutHoldingAThreadOrItsLimit() {
    try (Daemon daemon = open()) {
      ConcurrencyLimit limit = new ConcurrencyLimit("bank", 1);
      daemon.scheduler.schedule(onDemand("a").limit(limit).build());
      daemon.scheduler.start();
      work.failures = 2;
      String id = daemon.scheduler.trigger("a", "");
      await().until(() -> state(daemon, id) == RunState.SUCCEEDED);
      assertThat(daemon.runs.attempts(id))
          .extracting(Attempt::state)
          .containsExactly(AttemptState.FAILED, AttemptState.FAILED, AttemptState.SUCCEEDED);
      assertThat(daemon.runs.attempts(id)).extracting(Attempt::token).containsExactly(1L, 2L, 3L);
      assertThat(daemon.runs.find(id).orElseThrow().recovered()).isFalse();
    }
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
  void theNextOccurrenceRunsInPlaceOfARetryWhateverTheHandlerMakesOfThat() {
    try (Daemon daemon = open()) {
      work.failures = 1;
      work.delay = Duration.ofMinutes(1);
      work.deaf = true;
      daemon.scheduler.schedule(
          onDemand("tick").schedules(List.of(new Schedule.Every(Duration.ofSeconds(1)))).build());
      daemon.scheduler.start();
      await().until(() -> work.begun.size() >= 3);
      String first = work.begun.get(0);
      assertThat(state(daemon, first)).isEqualTo(RunState.FAILED);
      assertThat(daemon.runs.find(first).orElseThrow().message())
          .contains("superseded by run " + work.begun.get(1))
          .contains("busy");
      assertThat(work.ended).extracting(Run::id).contains(first);
    }
  }

  @Test
  void aRunWhoseHandlerBreaksInAnyWayHasAnEnd() {
    try (Daemon daemon =
        new Daemon(
            folder.resolve("waybill"),
            EngineSettings.DEFAULT.withPeriods(SOON, SOON),
            runs ->
                firing -> {
                  throw new AssertionError("handler bug");
                })) {
      daemon.scheduler.schedule(onDemand("job").build());
      daemon.scheduler.start();
      String id = daemon.scheduler.trigger("job", "");
      await().until(() -> state(daemon, id) == RunState.FAILED);
      assertThat(daemon.runs.find(id).orElseThrow().message()).contains("handler bug");
      assertThat(daemon.scheduler.drain(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void cancelsWhatIsQueuedWhatWaitsForItsNextAttemptAndWhatIsLive() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand("job").overlap(OverlapPolicy.QUEUE).build());
      daemon.scheduler.schedule(onDemand("retried").build());
      daemon.scheduler.start();
      work.failures = 1;
      String retried = daemon.scheduler.trigger("retried", "");
      await().until(() -> state(daemon, retried) == RunState.RETRYING);
      daemon.scheduler.cancel(retried, "by ops");
      await().until(() -> state(daemon, retried) == RunState.CANCELLED);
      work.failures = 0;
      work.holding = true;
      String live = daemon.scheduler.trigger("job", "");
      await().until(() -> work.begun.contains(live));
      String queued = daemon.scheduler.trigger("job", "");
      daemon.scheduler.cancel(queued, "by ops");
      assertThat(state(daemon, queued)).isEqualTo(RunState.CANCELLED);
      assertThat(work.ended).extracting(Run::id).contains(queued);
      daemon.scheduler.cancel(live, "by ops");
      await().until(() -> state(daemon, live) == RunState.CANCELLED);
      assertThat(daemon.runs.find(live).orElseThrow().message()).isEqualTo("by ops");
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
        new Daemon(
            folder.resolve("waybill"),
            EngineSettings.DEFAULT.withPeriods(SOON, SOON).withOnTime(Duration.ofMillis(500)),
            runs -> work = new Work(runs))) {
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
          .extracting(Run::state)
          .doesNotContain(RunState.SKIPPED);
    }
  }

  @Test
  void partsOfARunGoBesideItAndThenItGoesOn() {
    try (Daemon daemon =
        new Daemon(
            folder.resolve("waybill"),
            EngineSettings.DEFAULT.withPeriods(SOON, SOON),
            runs -> work = new Work(runs))) {
      daemon.scheduler.schedule(onDemand("job").limit(new ConcurrencyLimit("one", 1)).build());
      daemon.scheduler.start();
      work.holding = true;
      String parent = daemon.scheduler.trigger("job", "");
      await().until(() -> work.begun.contains(parent));
      List<String> parts =
          daemon.scheduler.fanOut(
              daemon.runs.find(parent).orElseThrow(), List.of("one", "two", "three"));
      await().until(() -> work.begun.containsAll(parts));
      assertThat(daemon.runs.shards(parent))
          .extracting(Run::payload)
          .containsExactly("one", "two", "three");
      parts.forEach(work::letGo);
      parts.forEach(part -> await().until(() -> state(daemon, part) == RunState.SUCCEEDED));
      work.letGo(parent);
      await().until(() -> state(daemon, parent) == RunState.SUCCEEDED);
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
    try (Connection connection = daemon.store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements.split(";", -1)) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void aRunThatNobodyWokeIsWoken() throws SQLException {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand("job").build());
      daemon.scheduler.start();
      String id =
          daemon
              .runs
              .enqueue("job", io.waybill.scheduler.TriggerKind.MANUAL, Instant.now(), "", "")
              .orElseThrow()
              .id();
      await().until(() -> state(daemon, id) == RunState.SUCCEEDED);
    }
  }
}
