package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paused jobs stay paused, and what was due meanwhile is never made up, whichever store it is. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PauseCases {
  /** Opens a scheduler over this case's store. */
  protected abstract Daemon open();

  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  protected static final Duration MINUTE = Duration.ofMinutes(1);
  protected static final List<Schedule> EVERY_SECOND =
      List.of(new Schedule.Every(Duration.ofSeconds(1)));

  protected static ScheduledJob job(String name, List<Schedule> schedules) {
    return ScheduledJob.builder(name, PARIS)
        .schedules(schedules)
        .missed(MissedPolicy.runAll(50, MINUTE))
        .overlap(OverlapPolicy.ALLOW)
        .build();
  }

  /** What was asked of a job: until the first moment it was paused or not, from the second on. */
  private record Change(Instant called, Instant returned, boolean pauses) {}

  @ParameterizedTest
  @ValueSource(longs = {81})
  void noMomentOfPausedTimeHasARowAndEveryOtherHasOne(long seed) throws InterruptedException {
    Random random = new Random(seed);
    List<ScheduledJob> jobs =
        List.of(
            job("every", EVERY_SECOND),
            job("odd", List.of(new Schedule.Cron("1/2 * * * * ?", CronDialect.QUARTZ))),
            job(
                "late",
                List.of(
                    new Schedule.Jittered(
                        new Schedule.Every(Duration.ofSeconds(3)), Duration.ofSeconds(3)))));
    TreeMap<String, List<Change>> changes = new TreeMap<>();
    try (Daemon daemon = open()) {
      jobs.forEach(daemon.scheduler::schedule);
      daemon.scheduler.start();
      Instant start = Instant.now();
      Set<String> paused = new TreeSet<>();
      while (Instant.now().isBefore(start.plusSeconds(6))) {
        Thread.sleep(random.nextInt(900)); // the engine runs on the real clock
        String name = jobs.get(random.nextInt(jobs.size())).name();
        Instant called = Instant.now();
        boolean pauses = !paused.remove(name);
        if (pauses) {
          paused.add(name);
          daemon.scheduler.pause(name);
        } else {
          daemon.scheduler.resume(name);
        }
        changes
            .computeIfAbsent(name, any -> new ArrayList<>())
            .add(new Change(called, Instant.now(), pauses));
      }
      daemon.scheduler.drain(MINUTE);
      Instant end = Instant.now();
      for (ScheduledJob job : jobs) {
        List<Run> rows = daemon.runs.list(Optional.of(job.name()), 100);
        assertThat(rows).allMatch(run -> run.state() == RunState.SUCCEEDED);
        Set<Instant> fired = rows.stream().map(Run::scheduledAt).collect(Collectors.toSet());
        List<Change> ofJob = changes.getOrDefault(job.name(), List.of());
        Timetable timetable = Timetable.of(job);
        Optional<Instant> next = timetable.next(start);
        while (next.isPresent() && next.get().isBefore(end.minusSeconds(1))) {
          Instant moment = next.get();
          Optional<Boolean> isPaused = isPaused(moment, ofJob);
          if (isPaused.isPresent()) {
            assertThat(fired.contains(moment))
                .as("%s at %s of %s, seed %d", job.name(), moment, ofJob, seed)
                .isNotEqualTo(isPaused.get());
          }
          next = timetable.next(moment);
        }
      }
    }
  }

  /** Empty if the moment came while the state was being changed. */
  private static Optional<Boolean> isPaused(Instant moment, List<Change> changes) {
    boolean paused = false;
    for (Change change : changes) {
      // the engine may take a moment up while it is just being paused
      if (!moment.isBefore(change.called().minusMillis(200))
          && !moment.isAfter(change.returned().plusMillis(200))) {
        return Optional.empty();
      }
      if (moment.isAfter(change.returned())) {
        paused = change.pauses();
      }
    }
    return Optional.of(paused);
  }

  @Test
  void aJobThatIsOnlyTriggeredCanBePausedBeforeItHasASchedule() throws InterruptedException {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(job("job", List.of()));
      daemon.scheduler.start();
      daemon.scheduler.pause("job");
      daemon.scheduler.pause("job");
      String id = daemon.scheduler.trigger("job", "{}");
      await().until(() -> daemon.runs.find(id).orElseThrow().state() == RunState.SUCCEEDED);
      daemon.scheduler.schedule(job("job", EVERY_SECOND));
      Thread.sleep(2_100); // two moments pass
      assertThat(daemon.runs.list(Optional.empty(), 10)).extracting(Run::id).containsExactly(id);
      daemon.scheduler.resume("job");
      daemon.scheduler.resume("job");
      await().until(() -> daemon.runs.list(Optional.empty(), 10).size() >= 2);
    }
  }

  @Test
  void whatIsUnscheduledForgetsThatItWasPausedAndUnknownJobsAreRefused() {
    ScheduledJob every = job("job", EVERY_SECOND);
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(every);
      daemon.scheduler.pause("job");
      daemon.scheduler.unschedule("job");
      assertThatThrownBy(() -> daemon.scheduler.isPaused("job"))
          .isInstanceOf(SchedulerException.UnknownJob.class);
      assertThatThrownBy(() -> daemon.scheduler.pause("job"))
          .isInstanceOf(SchedulerException.UnknownJob.class);
      assertThatThrownBy(() -> daemon.scheduler.resume("job"))
          .isInstanceOf(SchedulerException.UnknownJob.class);
      daemon.scheduler.schedule(every);
      assertThat(daemon.scheduler.isPaused("job")).isFalse();
    }
  }
}
