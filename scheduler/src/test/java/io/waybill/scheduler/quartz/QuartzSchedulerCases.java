package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a scheduler does, whichever store it has. */
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class QuartzSchedulerCases {
  protected static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  protected static final Duration MINUTE = Duration.ofMinutes(1);
  protected static final ScheduledJob EVERY_SECOND =
      ScheduledJob.of("tick", new Schedule.Every(Duration.ofSeconds(1)), PARIS);
  protected static final ScheduledJob DAILY =
      ScheduledJob.of("tick", new Schedule.Daily(LocalTime.of(2, 30)), PARIS);
  protected static final ScheduledJob ON_DEMAND =
      ScheduledJob.builder("tick", PARIS).missed(MissedPolicy.skip()).build();
  private final Set<Thread> before = new HashSet<>();

  // made by open(), which every test calls first
  @SuppressWarnings("NullAway.Init")
  protected Firings firings;

  /** Opens a scheduler over this case's store, or over another one. */
  protected abstract Daemon open(
      String store, EngineSettings settings, Function<RunStore, FiringHandler> handler);

  protected Daemon open() {
    return open(MINUTE);
  }

  protected Daemon open(Duration onTime) {
    return open(
        "waybill",
        Daemon.fourThreads(onTime),
        runs -> {
          firings = new Firings(runs);
          return firings;
        });
  }

  @BeforeEach
  void rememberThreads() {
    before.addAll(Thread.getAllStackTraces().keySet());
  }

  @AfterEach
  void noThreadIsLeft() {
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread))
                    .filteredOn(
                        thread -> thread.getName().toLowerCase(Locale.ROOT).contains("waybill"))
                    .isEmpty());
  }

  @Test
  void firesOnScheduleAndRecordsEachRunOnce() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(EVERY_SECOND);
      daemon.scheduler.start();
      await().until(() -> firings.seen().size() >= 3);
      daemon.scheduler.drain(MINUTE);
      assertThat(firings.seen()).extracting(Firing::scheduledAt).doesNotHaveDuplicates();
      assertThat(firings.seen())
          .allSatisfy(
              firing -> {
                assertThat(firing.scheduledAt())
                    .isEqualTo(firing.scheduledAt().truncatedTo(ChronoUnit.SECONDS));
                assertThat(firing.kind()).isEqualTo(TriggerKind.SCHEDULE);
                assertThat(firing.lateness()).isBetween(Duration.ZERO, MINUTE);
                assertThat(firing.recovering()).isFalse();
              });
      assertThat(daemon.runs.list(Optional.of("tick"), 100))
          .hasSameSizeAs(firings.seen())
          .extracting(Run::state)
          .containsOnly(RunState.SUCCEEDED);
    }
  }

  @Test
  void replacesScheduleOfAnotherKind() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(DAILY);
      Instant daily = daemon.scheduler.nextFiring("tick").orElseThrow();
      ScheduledJob cron = ScheduledJob.of("tick", new Schedule.Cron("*/5 * * * *"), PARIS);
      daemon.scheduler.schedule(cron);
      assertThat(daemon.scheduler.scheduledJobs()).containsExactly(cron);
      assertThat(daemon.scheduler.nextFiring("tick").orElseThrow())
          .isNotEqualTo(daily)
          .isBefore(Instant.now().plus(Duration.ofMinutes(6)));
      daemon.scheduler.schedule(ON_DEMAND);
      assertThat(daemon.scheduler.nextFiring("tick")).isEmpty();
      daemon.scheduler.schedule(DAILY);
      assertThat(daemon.scheduler.nextFiring("tick")).contains(daily);
    }
  }

  @Test
  void skipsFiringWhileJobStillRunsAndNamesTheLiveRun() {
    try (Daemon daemon = open()) {
      firings.holding();
      daemon.scheduler.schedule(EVERY_SECOND);
      daemon.scheduler.start();
      await()
          .until(
              () ->
                  daemon.runs.list(Optional.of("tick"), 10).stream()
                      .anyMatch(run -> run.state() == RunState.SKIPPED));
      Run live = daemon.runs.unfinished().get(0);
      firings.letGo();
      Run skipped =
          daemon.runs.list(Optional.of("tick"), 10).stream()
              .filter(run -> run.state() == RunState.SKIPPED)
              .findFirst()
              .orElseThrow();
      assertThat(skipped.message()).contains("overlap skip").contains(live.id());
      assertThat(skipped.scheduledAt()).isAfter(live.scheduledAt());
    }
  }

  @Test
  void letsRunsOverlapWhereAllowed() {
    ScheduledJob allowed =
        ScheduledJob.builder("tick", PARIS)
            .schedules(EVERY_SECOND.schedules())
            .missed(MissedPolicy.skip())
            .overlap(OverlapPolicy.ALLOW)
            .build();
    try (Daemon daemon = open()) {
      firings.holding();
      daemon.scheduler.schedule(allowed);
      daemon.scheduler.start();
      await().until(() -> firings.seen().size() >= 2);
      assertThat(daemon.runs.unfinished()).hasSizeGreaterThanOrEqualTo(2);
      firings.letGo();
    }
  }

  @Test
  void runsAtOnceWhenTriggeredAndHandsThePayloadOver() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(ON_DEMAND);
      String id = daemon.scheduler.trigger("tick", "{\"day\":\"2026-01-31\"}");
      Run queued = daemon.runs.find(id).orElseThrow();
      assertThat(queued.state()).isEqualTo(RunState.QUEUED);
      assertThat(queued.payload()).isEqualTo("{\"day\":\"2026-01-31\"}");
      daemon.scheduler.start();
      await().until(() -> daemon.runs.find(id).orElseThrow().state() == RunState.SUCCEEDED);
      assertThat(firings.seen()).hasSize(1);
      assertThat(firings.seen().get(0).kind()).isEqualTo(TriggerKind.MANUAL);
      assertThat(firings.seen().get(0).runId()).contains(id);
    }
  }

  @Test
  void recordsARunThatTheHandlerLeftBehindAsFailed() {
    Function<RunStore, FiringHandler> broken =
        runs ->
            firing -> {
              throw new IllegalStateException("handler bug");
            };
    try (Daemon daemon = open("waybill", Daemon.fourThreads(MINUTE), broken)) {
      daemon.scheduler.schedule(ON_DEMAND);
      daemon.scheduler.start();
      String id = daemon.scheduler.trigger("tick", "{}");
      await().until(() -> daemon.runs.find(id).orElseThrow().state() == RunState.FAILED);
      assertThat(daemon.runs.find(id).orElseThrow().message()).contains("handler bug");
    }
  }

  @Test
  void drainsUntilRunsHaveEndedOrTheLimitIsReached() {
    try (Daemon daemon = open()) {
      firings.holding();
      daemon.scheduler.schedule(ON_DEMAND);
      daemon.scheduler.start();
      daemon.scheduler.trigger("tick", "{}");
      await().until(() -> firings.seen().size() == 1);
      assertThat(daemon.scheduler.drain(Duration.ofMillis(100))).isFalse();
      firings.letGo();
      assertThat(daemon.scheduler.drain(MINUTE)).isTrue();
      assertThat(daemon.runs.unfinished()).isEmpty();
    }
  }

  @Test
  void refusesUnknownJobsAndBadSchedules() {
    try (Daemon daemon = open()) {
      assertThatThrownBy(() -> daemon.scheduler.trigger("nobody", "{}"))
          .isInstanceOf(SchedulerException.UnknownJob.class)
          .hasMessageContaining("nobody");
      assertThatThrownBy(
              () ->
                  daemon.scheduler.schedule(
                      ScheduledJob.of("bad", new Schedule.Cron("61 * * * *"), PARIS)))
          .isInstanceOf(SchedulerException.InvalidSchedule.class);
      assertThat(daemon.scheduler.scheduledJobs()).isEmpty();
    }
  }

  @Test
  void forgetsAnUnscheduledJobAndItsQueuedRuns() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(ON_DEMAND);
      String id = daemon.scheduler.trigger("tick", "{}");
      daemon.scheduler.unschedule("tick");
      assertThat(daemon.scheduler.scheduledJobs()).isEmpty();
      assertThat(daemon.runs.find(id).orElseThrow().state()).isEqualTo(RunState.SKIPPED);
    }
  }

  @Test
  void twoSchedulersShareAProcessWithoutMixingUp() {
    try (Daemon first = open();
        Daemon second = open("other", Daemon.fourThreads(MINUTE), Firings::new)) {
      first.scheduler.schedule(ON_DEMAND);
      assertThat(second.scheduler.scheduledJobs()).isEmpty();
      second.scheduler.close();
      first.scheduler.start();
      String id = first.scheduler.trigger("tick", "{}");
      await().until(() -> first.runs.find(id).orElseThrow().state() == RunState.SUCCEEDED);
    }
  }
}
