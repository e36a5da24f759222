package io.waybill.scheduler.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Firing;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.Schedule;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.AttemptEnd;
import io.waybill.scheduler.store.RunStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ManualSchedulerTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-01-01T00:00:00Z");
  private static final ScheduledJob JOB =
      ScheduledJob.of("job", new Schedule.Every(Duration.ofMinutes(5)), ZoneId.of("UTC"));

  private final AtomicReference<Instant> now = new AtomicReference<>(MIDNIGHT.plusSeconds(1));
  private final List<Firing> fired = new ArrayList<>();
  private final ManualScheduler scheduler = new ManualScheduler(this::now, fired::add);

  private Instant now() {
    return now.updateAndGet(moment -> moment);
  }

  private void advance(Duration step) {
    now.updateAndGet(moment -> moment.plus(step));
  }

  @Test
  void firesOnlyWhatIsDueAndOnlyWhenTold() {
    scheduler.schedule(JOB);
    scheduler.start();
    assertThat(scheduler.nextFiring("job")).contains(MIDNIGHT.plusSeconds(300));
    assertThat(scheduler.fireDue()).isEmpty();
    advance(Duration.ofMinutes(11));
    assertThat(fired).isEmpty();
    assertThat(scheduler.fireDue())
        .extracting(Firing::scheduledAt)
        .containsExactly(MIDNIGHT.plusSeconds(600));
    assertThat(fired).hasSize(1);
    assertThat(scheduler.fireDue()).isEmpty();
  }

  @Test
  void triggersWithARunId() {
    scheduler.schedule(JOB);
    scheduler.start();
    String id = scheduler.trigger("job", "{}");
    Firing firing = scheduler.fireDue().get(0);
    assertThat(firing.kind()).isEqualTo(TriggerKind.MANUAL);
    assertThat(firing.runId()).contains(id);
    assertThatThrownBy(() -> scheduler.trigger("nobody", "{}"))
        .isInstanceOf(SchedulerException.UnknownJob.class);
  }

  @Test
  void missesNothingOfPausedTime() {
    scheduler.schedule(JOB);
    scheduler.start();
    scheduler.pause("job");
    advance(Duration.ofHours(1));
    assertThat(scheduler.fireDue()).isEmpty();
    scheduler.resume("job");
    assertThat(scheduler.fireDue()).isEmpty();
    assertThat(scheduler.nextFiring("job")).contains(MIDNIGHT.plusSeconds(3900));
  }

  @Test
  void firesNothingBeforeStart() {
    assertThatThrownBy(scheduler::fireDue).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void decidesAboutMissedMomentsByTheJobsPolicy() {
    scheduler.schedule(job(MissedPolicy.runAll(2, Duration.ofHours(1)), OverlapPolicy.SKIP));
    scheduler.start();
    advance(Duration.ofMinutes(20)); // 00:05, 00:10, 00:15 were missed, 00:20 is on time

    assertThat(scheduler.fireDue())
        .extracting(Firing::scheduledAt)
        .containsExactly(
            MIDNIGHT.plusSeconds(600), // beside the one on time
            MIDNIGHT.plusSeconds(900),
            MIDNIGHT.plusSeconds(1200));
    assertThat(scheduler.decisions())
        .containsExactly(
            new ManualScheduler.Decision(
                "job",
                MIDNIGHT.plusSeconds(300),
                false,
                "missed by 901s; run-all makes up at most 2 firings"),
            new ManualScheduler.Decision(
                "job", MIDNIGHT.plusSeconds(600), true, "missed by 601s; run-all makes it up now"),
            new ManualScheduler.Decision(
                "job", MIDNIGHT.plusSeconds(900), true, "missed by 301s; run-all makes it up now"));
    assertThat(scheduler.runs().list(Optional.of("job"), 10))
        .extracting(Run::state)
        .containsExactly(
            RunState.SUCCEEDED, RunState.SUCCEEDED, RunState.SUCCEEDED, RunState.SKIPPED);
    assertThat(fired.get(0).run().orElseThrow().decision()).endsWith("makes it up now");
  }

  @Test
  void letsMissedMomentsGoWhereThePolicySaysSo() {
    scheduler.schedule(job(MissedPolicy.skip(), OverlapPolicy.SKIP));
    scheduler.start();
    advance(Duration.ofMinutes(7));

    assertThat(scheduler.fireDue()).isEmpty();
    assertThat(scheduler.decisions())
        .extracting(ManualScheduler.Decision::reason)
        .containsExactly("missed by 121s; the policy is skip");
  }

  @Test
  void isAsPatientAsItIsTold() {
    ManualScheduler patient = new ManualScheduler(this::now, fired::add, Duration.ofMinutes(3));
    patient.schedule(job(MissedPolicy.skip(), OverlapPolicy.SKIP));
    patient.start();
    advance(Duration.ofMinutes(7));

    assertThat(patient.fireDue()).hasSize(1);
    assertThat(patient.decisions()).isEmpty();
  }

  @Test
  void firesTriggeredRunsWithTheirPayloadAlsoWhilePaused() {
    scheduler.schedule(JOB);
    scheduler.start();
    scheduler.pause("job");
    scheduler.trigger("job", "{\"day\":\"2026-01-31\"}");
    advance(Duration.ofSeconds(2));

    Firing firing = scheduler.fireDue().get(0);

    assertThat(firing.runId().map(scheduler::payload)).contains("{\"day\":\"2026-01-31\"}");
    assertThat(firing.lateness()).isEqualTo(Duration.ofSeconds(2));
    assertThatThrownBy(() -> scheduler.payload("nosuch"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = OverlapPolicy.class,
      names = {"SKIP", "ALLOW"})
  void aFiringDuringAFiringIsSkippedUnlessItMayOverlap(OverlapPolicy overlap) {
    List<Instant> handled = new ArrayList<>();
    List<ManualScheduler> itself = new ArrayList<>();
    ManualScheduler busy =
        new ManualScheduler(
            this::now,
            firing -> {
              handled.add(firing.scheduledAt());
              if (handled.size() == 1) {
                advance(Duration.ofMinutes(5)); // the run takes so long
                itself.get(0).fireDue();
              }
            });
    itself.add(busy);
    busy.schedule(job(MissedPolicy.skip(), overlap));
    busy.start();
    advance(Duration.ofMinutes(5));

    busy.fireDue();

    if (overlap == OverlapPolicy.ALLOW) {
      assertThat(handled).containsExactly(MIDNIGHT.plusSeconds(300), MIDNIGHT.plusSeconds(600));
      assertThat(busy.decisions()).isEmpty();
    } else {
      assertThat(handled).containsExactly(MIDNIGHT.plusSeconds(300));
      assertThat(busy.decisions())
          .singleElement()
          .satisfies(
              decision -> {
                assertThat(decision.fires()).isFalse();
                assertThat(decision.scheduledAt()).isEqualTo(MIDNIGHT.plusSeconds(600));
                assertThat(decision.reason())
                    .startsWith("overlap skip: run ")
                    .endsWith(" of this job has not ended");
              });
    }
    advance(Duration.ofMinutes(5));
    assertThat(busy.fireDue()).hasSize(1);
  }

  /** Fires again in the middle of its first run, five minutes after it began. */
  private List<Instant> firedDuring(OverlapPolicy overlap, List<ManualScheduler> itself) {
    List<Instant> handled = new ArrayList<>();
    ManualScheduler busy =
        new ManualScheduler(
            this::now,
            firing -> {
              handled.add(firing.scheduledAt());
              if (handled.size() == 1) {
                advance(Duration.ofMinutes(5));
                itself.get(0).fireDue();
              }
            });
    itself.add(busy);
    busy.schedule(job(MissedPolicy.skip(), overlap));
    busy.start();
    advance(Duration.ofMinutes(5));
    busy.fireDue();
    return handled;
  }

  @Test
  void aFiringThatQueuesWaitsForTheOneBefore() {
    List<ManualScheduler> busy = new ArrayList<>();
    assertThat(firedDuring(OverlapPolicy.QUEUE, busy))
        .containsExactly(MIDNIGHT.plusSeconds(300), MIDNIGHT.plusSeconds(600));
    assertThat(busy.get(0).decisions())
        .singleElement()
        .satisfies(
            decision -> {
              assertThat(decision.fires()).isTrue();
              assertThat(decision.reason()).startsWith("overlap queue: ");
            });
  }

  @Test
  void aFiringThatReplacesHasTheOneBeforeEndAndThenRuns() {
    List<ManualScheduler> busy = new ArrayList<>();
    assertThat(firedDuring(OverlapPolicy.REPLACE, busy))
        .containsExactly(MIDNIGHT.plusSeconds(300), MIDNIGHT.plusSeconds(600));
    List<Run> runs = busy.get(0).runs().list(Optional.of("job"), 2);
    assertThat(runs.get(1).ending()).contains("replaced by run " + runs.get(0).id());
  }

  @Test
  void jobsOfOneLimitWaitForOneAnother() {
    List<String> handled = new ArrayList<>();
    List<ManualScheduler> itself = new ArrayList<>();
    ManualScheduler limited =
        new ManualScheduler(
            this::now,
            firing -> {
              handled.add(firing.job() + " begins");
              if (firing.job().equals("a")) {
                itself.get(0).trigger("b", "");
                itself.get(0).fireDue();
              }
              handled.add(firing.job() + " ends");
            });
    itself.add(limited);
    for (String name : List.of("a", "b")) {
      limited.schedule(
          ScheduledJob.builder(name, JOB.zone()).limit(new ConcurrencyLimit("one", 1)).build());
    }
    limited.start();
    limited.trigger("a", "");

    limited.fireDue();

    assertThat(handled).containsExactly("a begins", "a ends", "b begins", "b ends");
  }

  @Test
  void aHandlerHasItsRunAndMayEndItAndHaveItTriedAgain() {
    List<ManualScheduler> itself = new ArrayList<>();
    ManualScheduler trying =
        new ManualScheduler(
            this::now,
            firing -> {
              RunStore runs = itself.get(0).runs();
              Run run = firing.run().orElseThrow();
              Attempt attempt = runs.startAttempt(run, "step");
              if (attempt.number() == 1) {
                runs.finishAttemptAndRelease(
                    run,
                    attempt,
                    new AttemptEnd(
                        AttemptState.FAILED,
                        Optional.of(FailureClass.TRANSIENT),
                        "busy",
                        Optional.of(Duration.ofMinutes(3)),
                        ""));
              } else {
                runs.finishAttempt(attempt, AttemptEnd.succeeded(""));
                runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", run.payload());
              }
            });
    itself.add(trying);
    trying.schedule(ScheduledJob.builder("job", JOB.zone()).build());
    trying.start();
    String id = trying.trigger("job", "");

    assertThat(trying.fireDue()).hasSize(1);
    assertThat(trying.runs().find(id).orElseThrow().state()).isEqualTo(RunState.RETRYING);
    advance(Duration.ofMinutes(2));
    assertThat(trying.fireDue()).isEmpty();
    advance(Duration.ofMinutes(2));
    assertThat(trying.fireDue()).hasSize(1);
    assertThat(trying.runs().find(id).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
  }

  @Test
  void anotherPolicyTakesNothingFromMissedMomentsAndAnotherScheduleSaysThatItDoes() {
    scheduler.schedule(job(MissedPolicy.skip(), OverlapPolicy.SKIP));
    scheduler.start();
    advance(Duration.ofMinutes(12));
    scheduler.schedule(job(MissedPolicy.runOnce(), OverlapPolicy.SKIP));
    assertThat(scheduler.fireDue()).hasSize(1);
    advance(Duration.ofMinutes(12));
    scheduler.schedule(ScheduledJob.of("job", new Schedule.Every(Duration.ofHours(1)), JOB.zone()));

    assertThat(scheduler.fireDue()).isEmpty();
    assertThat(scheduler.decisions())
        .extracting(ManualScheduler.Decision::reason)
        .endsWith(
            "missed by 541s; its schedule was changed before it was fired",
            "missed by 241s; its schedule was changed before it was fired");
  }

  @Test
  void whatAHandlerThrowsComesOutAndTheRestFiresNext() {
    Set<String> broken = new HashSet<>(Set.of("a"));
    ManualScheduler failing =
        new ManualScheduler(
            this::now,
            firing -> {
              if (broken.contains(firing.job())) {
                throw new IllegalStateException("handler bug");
              }
              fired.add(firing);
            });
    failing.schedule(ScheduledJob.of("a", JOB.schedules().get(0), JOB.zone()));
    failing.schedule(ScheduledJob.of("b", JOB.schedules().get(0), JOB.zone()));
    failing.start();
    advance(Duration.ofMinutes(5));

    assertThatThrownBy(failing::fireDue).hasMessage("handler bug");
    broken.clear();
    assertThat(failing.fireDue()).extracting(Firing::job).containsExactly("b");
    advance(Duration.ofMinutes(5));
    assertThat(failing.fireDue()).extracting(Firing::job).containsExactly("a", "b");
  }

  @Test
  void aPausedJobStaysPausedWhenItsDefinitionChanges() {
    scheduler.schedule(JOB);
    scheduler.start();
    scheduler.pause("job");
    scheduler.schedule(job(MissedPolicy.skip(), OverlapPolicy.ALLOW));
    advance(Duration.ofMinutes(5));

    assertThat(scheduler.isPaused("job")).isTrue();
    assertThat(scheduler.fireDue()).isEmpty();
    scheduler.resume("job");
    assertThat(scheduler.nextFiring("job")).contains(MIDNIGHT.plusSeconds(600));
  }

  private static ScheduledJob job(MissedPolicy missed, OverlapPolicy overlap) {
    return ScheduledJob.builder("job", JOB.zone())
        .schedules(JOB.schedules())
        .missed(missed)
        .overlap(overlap)
        .build();
  }
}
