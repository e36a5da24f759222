package io.waybill.scheduler.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Firing;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.time.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paused time is never missed: nothing of it is fired or decided about, then or later. */
class PausedTimeTest {
  private static final Instant START = Instant.parse("2026-03-20T00:00:00Z");
  private static final int STEPS = 150;

  private Instant now = START;

  @ParameterizedTest
  @ValueSource(longs = {71, 72, 73, 74, 75, 76, 77, 78})
  void everyMomentIsFiredOrDecidedAboutUnlessItIsPaused(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 15; i++) {
      ScheduledJob job = anyJob(random);
      now = START.plusSeconds(random.nextInt(86_400)).plusMillis(1); // between two moments
      Instant begun = now;
      List<Instant> seen = new ArrayList<>();
      ManualScheduler scheduler =
          new ManualScheduler(() -> now, firing -> seen.add(firing.scheduledAt()));
      scheduler.schedule(job);
      scheduler.start();
      TreeSet<Instant> expected = new TreeSet<>();
      boolean paused = false;
      for (int step = 0; step < STEPS; step++) {
        Instant before = now;
        now = now.plusMillis(1 + random.nextInt(9_000_000));
        if (!paused) {
          expected.addAll(between(job, before, now));
        }
        List<Firing> fired = scheduler.fireDue();
        if (paused) {
          assertThat(fired).as("%s, seed %d", job, seed).isEmpty();
        }
        if (random.nextInt(4) == 0) {
          paused = !paused;
          toggle(scheduler, paused);
          assertThat(scheduler.isPaused("job")).isEqualTo(paused);
          // nothing is made up: what comes next lies ahead
          assertThat(scheduler.fireDue()).as("%s, seed %d", job, seed).isEmpty();
        }
        if (random.nextInt(20) == 0) {
          scheduler.schedule(job); // as a restart does
        }
      }
      TreeSet<Instant> accounted = new TreeSet<>(seen);
      assertThat(seen).as("fired once, seed %d", seed).hasSameSizeAs(accounted);
      scheduler.decisions().forEach(decision -> accounted.add(decision.scheduledAt()));
      assertThat(accounted)
          .as("%s from %s, seed %d", job, begun, seed)
          .containsExactlyElementsOf(expected);
    }
  }

  private static void toggle(ManualScheduler scheduler, boolean paused) {
    if (paused) {
      scheduler.pause("job");
    } else {
      scheduler.resume("job");
    }
  }

  private static List<Instant> between(ScheduledJob job, Instant after, Instant until) {
    Timetable timetable = Timetable.of(job);
    List<Instant> moments = new ArrayList<>();
    Optional<Instant> next = timetable.next(after);
    while (next.isPresent() && !next.get().isAfter(until)) {
      moments.add(next.get());
      next = timetable.next(next.get());
    }
    return moments;
  }

  private static ScheduledJob anyJob(Random random) {
    Schedule schedule =
        switch (random.nextInt(4)) {
          case 0 -> new Schedule.Every(Duration.ofSeconds(60 + random.nextInt(9_000)));
          case 1 -> new Schedule.Daily(LocalTime.of(random.nextInt(24), random.nextInt(60)));
          case 2 -> new Schedule.Cron("*/%d * * * *".formatted(1 + random.nextInt(59)));
          default ->
              new Schedule.Jittered(
                  new Schedule.Cron("%d * * * 1-5".formatted(random.nextInt(60))),
                  Duration.ofMinutes(5));
        };
    MissedPolicy missed =
        switch (random.nextInt(3)) {
          case 0 -> MissedPolicy.skip();
          case 1 -> MissedPolicy.runOnce(Duration.ofMinutes(1 + random.nextInt(300)));
          default ->
              MissedPolicy.runAll(
                  1 + random.nextInt(5), Duration.ofMinutes(1 + random.nextInt(300)));
        };
    return ScheduledJob.builder("job", ZoneId.of("Europe/Paris"))
        .schedules(List.of(schedule))
        .missed(missed)
        .overlap(OverlapPolicy.SKIP)
        .build();
  }
}
