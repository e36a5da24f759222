package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.waybill.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of firings, whichever store records them. */
abstract class AdmissionCases {
  protected static final Instant DUE = Instant.parse("2026-11-30T02:30:00Z");
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

  private final SettableClock clock = SettableClock.at(DUE);

  @SuppressWarnings("NullAway.Init") // opened before each case
  private RunStore runs;

  @SuppressWarnings("NullAway.Init")
  private RunStore later;

  /** Returns a new owner of the same store each time. */
  protected abstract RunStore owner(String node, InstantSource time, Random random);

  @BeforeEach
  void open() {
    runs = owner("node", clock, new Random(1));
    later = owner("node", clock, new Random(2)); // the same machine's next life
  }

  private static ScheduledJob job(String name, OverlapPolicy overlap) {
    return ScheduledJob.builder(name, PARIS).overlap(overlap).build();
  }

  private static ScheduledJob limited(String name, int atMost) {
    return ScheduledJob.builder(name, PARIS)
        .overlap(OverlapPolicy.ALLOW)
        .limit(new ConcurrencyLimit("bank", atMost))
        .build();
  }

  private Admission fire(ScheduledJob job, int minute) {
    return runs.admit(
        job, TriggerKind.SCHEDULE, DUE.plus(Duration.ofMinutes(minute)), "{\"do\":1}");
  }

  private Run admitted(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) admission).run();
  }

  private Admission.Waiting waiting(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Waiting.class);
    return (Admission.Waiting) admission;
  }

  private Run finish(Run run) {
    Run finished = runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", run.payload());
    runs.letGo(run.id());
    return finished;
  }

  /** Fails the run's only step, to be tried again after a minute. */
  private Run release(Run run) {
    Attempt attempt = runs.startAttempt(run, "pull");
    runs.finishAttemptAndRelease(
        run,
        attempt,
        new AttemptEnd(
            AttemptState.FAILED,
            Optional.of(FailureClass.TRANSIENT),
            "connection lost",
            Optional.of(Duration.ofMinutes(1)),
            ""));
    return runs.letGo(run.id()).orElseThrow();
  }

  @Test
  void skipsAFiringBesideALiveRunAndNamesIt() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run live = admitted(fire(job, 0));
    Admission second = fire(job, 1);
    assertThat(second).isInstanceOf(Admission.Skipped.class);
    Run skipped = ((Admission.Skipped) second).run();
    assertThat(skipped.state()).isEqualTo(RunState.SKIPPED);
    assertThat(skipped.message()).contains(live.id());
    finish(live);
    admitted(fire(job, 2));
  }

  @Test
  void firesOneMomentOnce() {
    ScheduledJob job = job("job", OverlapPolicy.ALLOW);
    admitted(fire(job, 0));
    assertThat(fire(job, 0)).isInstanceOf(Admission.Settled.class);
  }

  @Test
  void queuesInTheOrderOfFirings() {
    ScheduledJob job = job("job", OverlapPolicy.QUEUE);
    Run first = admitted(fire(job, 0));
    clock.advance(Duration.ofMinutes(1));
    Run second = waiting(fire(job, 1)).run();
    clock.advance(Duration.ofMinutes(1));
    Run third = waiting(fire(job, 2)).run();
    assertThat(second.message()).contains(first.id());
    Run ended = finish(first);
    assertThat(runs.waitingBehind(ended, 5))
        .extracting(Run::id)
        .containsExactly(second.id(), third.id());
    assertThat(waiting(runs.admit(job, third.id())).run().message()).contains(second.id());
    finish(admitted(runs.admit(job, second.id())));
    finish(admitted(runs.admit(job, third.id())));
  }

  @Test
  void letsBothRunWhereOverlapIsAllowed() {
    ScheduledJob job = job("job", OverlapPolicy.ALLOW);
    admitted(fire(job, 0));
    admitted(fire(job, 1));
  }

  @Test
  void theNewestReplacesTheLiveRunAndWhatWaitedBefore() {
    ScheduledJob job = job("job", OverlapPolicy.REPLACE);
    Run live = admitted(fire(job, 0));
    clock.advance(Duration.ofMinutes(1));
    Admission.Waiting second = waiting(fire(job, 1));
    assertThat(second.replaces()).containsExactly(live.id());
    assertThat(runs.find(live.id()).orElseThrow().ending())
        .contains("replaced by run " + second.run().id());
    clock.advance(Duration.ofMinutes(1));
    Admission.Waiting third = waiting(fire(job, 2));
    assertThat(third.dropped()).extracting(Run::id).containsExactly(second.run().id());
    finish(live);
    assertThat(runs.admit(job, second.run().id())).isInstanceOf(Admission.Settled.class);
    admitted(runs.admit(job, third.run().id()));
  }

  @Test
  void aLimitCountsTheRunsOfAllItsJobs() {
    Run one = admitted(fire(limited("a", 2), 0));
    admitted(fire(limited("b", 2), 0));
    clock.advance(Duration.ofMinutes(1));
    Run third = waiting(fire(limited("c", 2), 0)).run();
    assertThat(third.message()).contains("limit bank (2): runs ", " of a, ", " of b are at work");
    Run ended = finish(one);
    assertThat(runs.waitingBehind(ended, 5)).extracting(Run::id).containsExactly(third.id());
    admitted(runs.admit(limited("c", 2), third.id()));
    admitted(fire(job("d", OverlapPolicy.SKIP), 0)); // has no limit
  }

  @Test
  void whoWaitedLongerForALimitGoesFirst() {
    Run live = admitted(fire(limited("a", 1), 0));
    clock.advance(Duration.ofMinutes(1));
    Run waited = waiting(fire(limited("b", 1), 0)).run();
    finish(live);
    clock.advance(Duration.ofMinutes(1));
    Run late = waiting(fire(limited("c", 1), 0)).run();
    assertThat(late.message()).contains("1 runs wait for it longer");
    finish(admitted(runs.admit(limited("b", 1), waited.id())));
    admitted(runs.admit(limited("c", 1), late.id()));
  }

  @Test
  void aRunOfADeadOwnerHoldsItsPlaceUntilItIsRecovered() {
    ScheduledJob job = limited("a", 1);
    Run dead = admitted(fire(job, 0));
    assertThat(later.admit(limited("b", 1), TriggerKind.SCHEDULE, DUE, ""))
        .isInstanceOf(Admission.Waiting.class);
    assertThat(later.abandoned()).extracting(Run::id).containsExactly(dead.id());
    Run recovered = admitted(later.admit(job, dead.id()));
    assertThat(recovered.recovered()).isTrue();
    assertThat(recovered.token()).isEqualTo(2);
  }

  @Test
  void aRetryHoldsNothingWhileItWaitsAndIsNotTakenBeforeItIsDue() {
    ScheduledJob job = limited("a", 1);
    Run released = release(admitted(fire(job, 0)));
    assertThat(released.state()).isEqualTo(RunState.RETRYING);
    assertThat(released.dueAt()).contains(DUE.plus(Duration.ofMinutes(1)));
    assertThat(runs.find(released.id()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(released);
    assertThat(runs.isHeld(released)).isFalse();
    finish(admitted(fire(limited("b", 1), 0)));
    assertThat(runs.admit(job, released.id())).isInstanceOf(Admission.Settled.class);
    clock.advance(Duration.ofMinutes(1));
    Run again = admitted(runs.admit(job, released.id()));
    assertThat(again.recovered()).isFalse();
    assertThat(runs.startAttempt(again, "pull").number()).isEqualTo(2);
  }

  @Test
  void aRetryWaitsForALiveRunOfItsJobAndIsNotSkipped() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run released = release(admitted(fire(job, 0)));
    Run other = admitted(runs.admit(job, TriggerKind.MANUAL, clock.instant(), "{\"do\":2}"));
    clock.advance(Duration.ofMinutes(1));
    assertThat(waiting(runs.admit(job, released.id())).run().state()).isEqualTo(RunState.RETRYING);
    finish(other);
    admitted(runs.admit(job, released.id()));
  }

  @Test
  void theNextOccurrenceTakesThePlaceOfARetryOfTheSameWork() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run released = release(admitted(fire(job, 0)));
    Admission next = fire(job, 1);
    assertThat(((Admission.Admitted) next).superseded())
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.id()).isEqualTo(released.id());
              assertThat(run.state()).isEqualTo(RunState.FAILED);
              assertThat(run.message()).contains("superseded by").contains("connection lost");
            });
    assertThat(runs.find(released.id()).orElseThrow().state()).isEqualTo(RunState.FAILED);
  }

  @Test
  void aRetryOfOtherWorkGoesOnBesideTheNextOccurrence() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run released = release(admitted(fire(job, 0)));
    Admission next = runs.admit(job, TriggerKind.SCHEDULE, DUE.plusSeconds(60), "{\"do\":2}");
    assertThat(((Admission.Admitted) next).superseded()).isEmpty();
    assertThat(runs.find(released.id()).orElseThrow().state()).isEqualTo(RunState.RETRYING);
  }

  @Test
  void missedMomentsThatAreMadeUpWaitForOneAnother() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run one = runs.enqueue("job", TriggerKind.SCHEDULE, DUE, "missed", "").orElseThrow();
    clock.advance(Duration.ofSeconds(1));
    Run two =
        runs.enqueue("job", TriggerKind.SCHEDULE, DUE.plusSeconds(60), "missed", "").orElseThrow();
    waiting(runs.admit(job, two.id()));
    Run live = admitted(runs.admit(job, one.id()));
    waiting(runs.admit(job, two.id()));
    finish(live);
    admitted(runs.admit(job, two.id()));
  }

  @Test
  void endsWhatWaitsAndAsksWhatIsLive() {
    ScheduledJob job = job("job", OverlapPolicy.QUEUE);
    Run live = admitted(fire(job, 0));
    Run queued = waiting(fire(job, 1)).run();
    assertThat(runs.requestEnd(queued.id(), "by ops").state()).isEqualTo(RunState.CANCELLED);
    Run asked = runs.requestEnd(live.id(), "by ops");
    assertThat(asked.state()).isEqualTo(RunState.RUNNING);
    assertThat(asked.ending()).contains("by ops");
    assertThat(runs.requestEnd(live.id(), "by dev").ending()).contains("by ops");
    finish(live);
    assertThatThrownBy(() -> runs.requestEnd(live.id(), "by ops"))
        .isInstanceOf(SchedulerException.NotClaimable.class);
  }

  @Test
  void aRetryThatIsToEndIsDueAtOnce() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run released = release(admitted(fire(job, 0)));
    runs.requestEnd(released.id(), "by ops");
    assertThat(admitted(runs.admit(job, released.id())).ending()).contains("by ops");
  }

  @Test
  void aRunThatFailedForGoodWaitsAgainForWhoeverRetriesItAndKeepsItsAttempts() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run live = admitted(fire(job, 0));
    runs.startAttempt(live, "pull");
    runs.finish(
        live, RunState.FAILED, Optional.of(FailureClass.PERMANENT), "refused", live.payload());
    runs.letGo(live.id());

    Run waiting = runs.retry(live.id(), TriggerKind.MANUAL, "{\"retried\":1}");

    assertThat(waiting.state()).isEqualTo(RunState.RETRYING);
    assertThat(runs.find(live.id()).orElseThrow()).usingRecursiveComparison().isEqualTo(waiting);
    Run again = admitted(runs.admit(job, live.id()));
    assertThat(again.kind()).isEqualTo(TriggerKind.MANUAL);
    assertThat(again.payload()).isEqualTo("{\"retried\":1}");
    assertThat(again.token()).isEqualTo(live.token() + 1);
    assertThat(again.failureClass()).isEmpty();
    assertThat(runs.startAttempt(again, "pull").number()).isEqualTo(2);
    assertThatThrownBy(
            () -> runs.finish(live, RunState.FAILED, Optional.empty(), "late", live.payload()))
        .isInstanceOf(SchedulerException.StaleClaim.class);
    assertThat(fire(job, 0)).isInstanceOf(Admission.Settled.class);
  }

  @Test
  void onlyWhatHasEndedWithoutSuccessCanBeRetried() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run live = admitted(fire(job, 0));
    String skipped = ((Admission.Skipped) fire(job, 1)).run().id();
    assertThatThrownBy(() -> runs.retry(live.id(), TriggerKind.MANUAL, ""))
        .isInstanceOf(SchedulerException.NotClaimable.class);
    finish(live);
    for (String id : List.of(live.id(), skipped, "nobody")) {
      assertThatThrownBy(() -> runs.retry(id, TriggerKind.MANUAL, ""))
          .isInstanceOf(SchedulerException.NotClaimable.class);
    }
  }

  @Test
  void shardsAreNotHeldUpAndAreRecordedOnce() {
    ScheduledJob job = limited("a", 1);
    Run parent = admitted(fire(job, 0));
    List<Run> shards = runs.enqueueShards(parent, List.of("one", "two"));
    assertThat(runs.enqueueShards(parent, List.of("one", "two")))
        .extracting(Run::id)
        .containsExactlyElementsOf(shards.stream().map(Run::id).toList());
    Run shard = admitted(runs.admit(job, shards.get(0).id()));
    assertThat(shard.parent()).contains(parent.id());
    assertThat(shard.payload()).isEqualTo("one");
    admitted(runs.admit(job, shards.get(1).id()));
    assertThat(runs.shards(parent.id())).hasSize(2);
  }

  @Test
  void aRunThatBeginsAnewForgetsNothingButCountsFromItsToken() {
    ScheduledJob job = job("job", OverlapPolicy.SKIP);
    Run dead = admitted(fire(job, 0));
    runs.startAttempt(dead, "pull");
    Run recovered = admitted(later.admit(job, dead.id()));
    Run restarted = later.restart(recovered);
    assertThat(restarted.restartToken()).isEqualTo(2);
    assertThat(later.find(dead.id()).orElseThrow().restartToken()).isEqualTo(2);
    assertThat(later.attempts(dead.id())).hasSize(1);
    assertThatThrownBy(() -> runs.restart(dead)).isInstanceOf(SchedulerException.StaleClaim.class);
  }

  @Test
  void tellsWhatWasNotWoken() {
    ScheduledJob job = job("job", OverlapPolicy.QUEUE);
    admitted(fire(job, 0));
    Run queued = waiting(fire(job, 1)).run();
    assertThat(runs.overdue(Duration.ofMinutes(1), 10)).isEmpty();
    clock.advance(Duration.ofMinutes(2));
    assertThat(runs.overdue(Duration.ofMinutes(1), 10))
        .extracting(Run::id)
        .containsExactly(queued.id());
  }

  @Test
  void aRunThatItsProcessRunsItselfIsLeftToIt() {
    ScheduledJob job = job("job", OverlapPolicy.QUEUE);
    Run live = admitted(fire(job, 0));
    Run local = waiting(runs.admit(job, TriggerKind.LOCAL, clock.instant(), "")).run();
    clock.advance(Duration.ofMinutes(2));
    assertThat(runs.overdue(Duration.ofMinutes(1), 10)).isEmpty();
    assertThat(runs.waitingBehind(finish(live), 5)).isEmpty();
    admitted(runs.admit(job, local.id()));
    assertThat(later.abandoned()).isEmpty();
  }
}
