package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.DayCalendar;
import io.waybill.scheduler.ExcludedPolicy;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.FiringHandler;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.time.Timetable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As its cases say, and what is kept over restarts. */
class QuartzSchedulerIT extends QuartzSchedulerCases {
  @TempDir Path folder;

  @Override
  protected Daemon open(
      String store, EngineSettings settings, Function<RunStore, FiringHandler> handler) {
    return new Daemon(folder.resolve(store), settings, handler);
  }

  @Test
  void keepsJobsOverRestart() {
    Instant next;
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(DAILY);
      next = daemon.scheduler.nextFiring("tick").orElseThrow();
    }
    try (Daemon daemon = open()) {
      assertThat(daemon.scheduler.scheduledJobs()).containsExactly(DAILY);
      assertThat(daemon.scheduler.nextFiring("tick")).contains(next);
      assertThat(next.atZone(PARIS).toLocalTime()).isEqualTo(LocalTime.of(2, 30));
    }
  }

  @Test
  void keepsACalendarThatFitsNoColumnOverRestartAndPause() {
    DayCalendar.Builder closed = DayCalendar.builder("closed");
    for (LocalDate day = LocalDate.of(2020, 1, 1); day.getYear() < 2030; day = day.plusWeeks(1)) {
      closed.exclude(day);
    }
    ScheduledJob job =
        ScheduledJob.of(
            "tick",
            new Schedule.Jittered(
                new Schedule.OnDays(
                    new Schedule.Cron("0 30 2 ? * MON-FRI", CronDialect.QUARTZ),
                    closed.build(),
                    ExcludedPolicy.NEXT_DAY),
                Duration.ofMinutes(5)),
            PARIS);
    Instant next = Timetable.of(job).next(Instant.now()).orElseThrow();
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(job);
      assertThat(daemon.scheduler.nextFiring("tick")).contains(next);
    }
    try (Daemon daemon = open()) {
      assertThat(daemon.scheduler.scheduledJobs()).containsExactly(job);
      assertThat(daemon.scheduler.nextFiring("tick")).contains(next);
      daemon.scheduler.pause("tick");
      daemon.scheduler.resume("tick");
      assertThat(daemon.scheduler.nextFiring("tick")).contains(next);
    }
  }

  @Test
  void makesUpOnlyTheLatestFiringMissedWhileDown() throws InterruptedException {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(EVERY_SECOND);
    }
    Thread.sleep(3_500); // the engine runs on the real clock: three or four firings are missed
    try (Daemon daemon = open(Duration.ZERO)) {
      daemon.scheduler.start();
      await().until(() -> daemon.runs.list(Optional.empty(), 100).size() >= 3);
      await().until(() -> !firings.seen().isEmpty());
      daemon.scheduler.drain(MINUTE);
      List<Run> oldestFirst =
          daemon.runs.list(Optional.empty(), 100).stream()
              .sorted(Comparator.comparing(Run::scheduledAt))
              .toList();
      assertThat(oldestFirst.get(0).state()).isEqualTo(RunState.SKIPPED);
      assertThat(oldestFirst.get(0).message())
          .startsWith("missed by ")
          .contains("run-once makes up only the latest firing");
      Firing madeUp = firings.seen().get(0);
      assertThat(madeUp.runId()).isPresent();
      assertThat(madeUp.kind()).isEqualTo(TriggerKind.SCHEDULE);
      assertThat(madeUp.scheduledAt()).isAfter(oldestFirst.get(1).scheduledAt());
      assertThat(oldestFirst).extracting(Run::scheduledAt).doesNotHaveDuplicates();
    }
  }

  @Test
  void missesNothingOfThePausedTimeAndStaysPausedOverRestart() throws InterruptedException {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(EVERY_SECOND);
      daemon.scheduler.pause("tick");
      assertThat(daemon.scheduler.nextFiring("tick")).isEmpty();
    }
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(EVERY_SECOND);
      daemon.scheduler.start();
      Thread.sleep(2_500);
      assertThat(firings.seen()).isEmpty();
      Instant resumed = Instant.now();
      daemon.scheduler.resume("tick");
      await().until(() -> firings.seen().size() >= 2);
      daemon.scheduler.drain(MINUTE);
      assertThat(daemon.runs.list(Optional.empty(), 100))
          .allSatisfy(run -> assertThat(run.scheduledAt()).isAfterOrEqualTo(resumed));
    }
  }

  @Test
  void runsWhatWasTriggeredBeforeARestart() {
    String id;
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(ON_DEMAND);
      id = daemon.scheduler.trigger("tick", "{}");
    }
    try (Daemon daemon = open()) {
      daemon.scheduler.start();
      await().until(() -> daemon.runs.find(id).orElseThrow().state() == RunState.SUCCEEDED);
      assertThat(firings.seen()).hasSize(1);
    }
  }

  @Test
  void bringsBackARunThatCloseInterrupted() {
    try (Daemon daemon = open()) {
      firings.holding();
      daemon.scheduler.schedule(ON_DEMAND);
      daemon.scheduler.start();
      daemon.scheduler.trigger("tick", "{}");
      await().until(() -> firings.seen().size() == 1);
    }
    try (Daemon daemon = open()) {
      daemon.scheduler.start();
      await().until(() -> daemon.runs.unfinished().isEmpty());
      assertThat(firings.seen()).hasSize(1);
      assertThat(firings.seen().get(0).recovering()).isTrue();
    }
  }
}
