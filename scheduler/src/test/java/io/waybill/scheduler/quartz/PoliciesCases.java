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
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.AttemptEnd;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.RunWatch;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the scheduler makes of overlap, limits and retries, whichever store it has. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // opened by each case
abstract class PoliciesCases {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  protected static final Duration SOON = Duration.ofMillis(300);

  /** Works until it is let go on, or ended; fails a job's first attempts if told to. */
  protected static final class Work implements FiringHandler, RunWatch {
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

  protected Work work;

  /** Opens a scheduler over this case's store. */
  protected abstract Daemon open(
      EngineSettings settings, Function<RunStore, FiringHandler> handler);

  protected Daemon open() {
    return open(settings(), runs -> work = new Work(runs));
  }

  protected static EngineSettings settings() {
    return EngineSettings.DEFAULT.withPeriods(SOON, SOON);
  }

  protected static ScheduledJob.Builder onDemand(String name) {
    return ScheduledJob.builder(name, PARIS);
  }

  protected static RunState state(Daemon daemon, String runId) {
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
    // with a watch that is too slow to wake what the end of the one before is to wake
    try (Daemon daemon = open(EngineSettings.DEFAULT, runs -> work = new Work(runs))) {
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
    // with a watch that is too slow to do it in the place of the run's own trigger
    try (Daemon daemon = open(EngineSettings.DEFAULT, runs -> work = new Work(runs))) {
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
        open(
            settings(),
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
  void partsOfARunGoBesideItAndThenItGoesOn() {
    try (Daemon daemon = open(settings(), runs -> work = new Work(runs))) {
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
  void aRunThatNobodyWokeIsWoken() {
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand("job").build());
      daemon.scheduler.start();
      String id =
          daemon.runs.enqueue("job", TriggerKind.MANUAL, Instant.now(), "", "").orElseThrow().id();
      await().until(() -> state(daemon, id) == RunState.SUCCEEDED);
    }
  }

  @Test
  void whatWasDueWhileItWasDrainedIsMissedAndDecidedAboutOneByOne() {
    ScheduledJob job =
        onDemand("tick")
            .schedules(List.of(new Schedule.Every(Duration.ofSeconds(1))))
            .missed(MissedPolicy.runOnce(Duration.ofMinutes(1)))
            .build();
    try (Daemon daemon =
        open(settings().withOnTime(Duration.ofMillis(500)), runs -> work = new Work(runs))) {
      daemon.scheduler.schedule(job);
      daemon.scheduler.start();
      await().until(() -> !work.begun.isEmpty());
      daemon.scheduler.drain(Duration.ofSeconds(10));
      Instant drained = Instant.now();
      await().pollDelay(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(20)).until(() -> true);
      Instant startedAgain = Instant.now();
      daemon.scheduler.start();
      await()
          .until(
              () ->
                  daemon.runs.list(Optional.of("tick"), 20).stream()
                      .anyMatch(run -> run.scheduledAt().isAfter(startedAgain)));
      daemon.scheduler.drain(Duration.ofSeconds(10));
      List<Run> missed =
          daemon.runs.list(Optional.of("tick"), 20).stream()
              .filter(run -> run.scheduledAt().isAfter(drained.plusMillis(500)))
              .filter(run -> run.scheduledAt().isBefore(startedAgain.minusMillis(500)))
              .toList();
      assertThat(missed).hasSizeBetween(2, 4);
      assertThat(missed)
          .filteredOn(run -> run.state() == RunState.SKIPPED)
          .hasSizeGreaterThanOrEqualTo(missed.size() - 1)
          .extracting(Run::message)
          .allSatisfy(why -> assertThat(why).startsWith("missed by "));
    }
  }

  @Test
  void aChangedScheduleLeavesWhatTheOldOneHadDueAndSaysSo() {
    Schedule every = new Schedule.Every(Duration.ofSeconds(1));
    try (Daemon daemon = open()) {
      daemon.scheduler.schedule(onDemand("tick").schedules(List.of(every)).build());
      Instant now = Instant.now();
      await().pollDelay(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(20)).until(() -> true);
      // that only its policy is another takes nothing from it
      daemon.scheduler.schedule(
          onDemand("tick").schedules(List.of(every)).missed(MissedPolicy.skip()).build());
      assertThat(daemon.scheduler.nextFiring("tick").orElseThrow()).isBefore(now.plusSeconds(3));
      assertThat(daemon.runs.list(Optional.of("tick"), 20)).isEmpty();
      daemon.scheduler.schedule(
          onDemand("tick").schedules(List.of(new Schedule.Every(Duration.ofDays(1)))).build());
      assertThat(daemon.scheduler.nextFiring("tick").orElseThrow()).isAfter(now.plusSeconds(5));
      assertThat(daemon.runs.list(Optional.of("tick"), 20))
          .hasSizeGreaterThanOrEqualTo(3)
          .allSatisfy(
              run -> {
                assertThat(run.state()).isEqualTo(RunState.SKIPPED);
                assertThat(run.message()).startsWith("late by ").contains("was changed before");
              });
      assertThat(work.ended).hasSizeGreaterThanOrEqualTo(3);
    }
  }
}
