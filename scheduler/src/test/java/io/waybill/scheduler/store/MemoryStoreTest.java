package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.testkit.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {
  private static final Instant DUE = Instant.parse("2026-11-30T02:30:00Z");

  private final SettableClock clock = SettableClock.at(DUE);

  private RunStore keeping(int kept) {
    return RunStore.of(new MemoryStore(kept), "node", clock, new Random(1));
  }

  private static Run manual(RunStore runs) {
    return runs.open("job", TriggerKind.MANUAL, DUE, "").orElseThrow();
  }

  private static Run finish(RunStore runs, Run run) {
    return runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "");
  }

  private static List<String> ids(List<Run> runs) {
    return runs.stream().map(Run::id).toList();
  }

  @Test
  void forgetsWhatEndedFirstWithItsAttemptsAndItsMoment() {
    RunStore runs = keeping(2);
    Run unfinished = manual(runs);
    Run first = manual(runs);
    Run second = runs.open("job", TriggerKind.SCHEDULE, DUE, "").orElseThrow();
    Attempt attempt = runs.startAttempt(second, "step");
    runs.finishAttempt(attempt, AttemptEnd.succeeded(""));
    Run third = manual(runs);
    finish(runs, second);
    finish(runs, first);
    assertThat(runs.find("job", DUE)).isPresent();
    finish(runs, third);
    assertThat(ids(runs.list(Optional.of("job"), 9)))
        .containsExactly(third.id(), first.id(), unfinished.id());
    assertThat(ids(runs.list(Optional.empty(), 2))).containsExactly(third.id(), first.id());
    assertThat(runs.attempts(second.id())).isEmpty();
    assertThat(runs.find("job", DUE)).isEmpty();
    assertThat(runs.find(second.id())).isEmpty();
  }

  @Test
  void keepsShardsUntilTheirRunHasEnded() {
    RunStore runs = keeping(1);
    Run parent = manual(runs);
    List<Run> shards = runs.enqueueShards(parent, List.of("one", "two", "three"));
    shards.forEach(shard -> finish(runs, runs.claim(shard.id())));
    assertThat(runs.shards(parent.id()))
        .extracting(Run::state)
        .containsOnly(RunState.SUCCEEDED)
        .hasSize(3);
    finish(runs, parent);
    assertThat(ids(runs.list(Optional.empty(), 9))).containsExactly(parent.id());
    assertThat(runs.shards(parent.id())).isEmpty();
  }

  @Test
  void forgetsShardsThatOutliveTheirRun() {
    RunStore runs = keeping(1);
    Run parent = manual(runs);
    Run shard = runs.claim(runs.enqueueShards(parent, List.of("one")).get(0).id());
    finish(runs, parent);
    finish(runs, shard);
    assertThat(ids(runs.list(Optional.empty(), 9))).containsExactly(shard.id());
  }

  @Test
  void aTransactionThatThrowsLeavesNothing() {
    MemoryStore store = new MemoryStore();
    RunStore runs = RunStore.of(store, "node", clock, new Random(1));
    Run held = manual(runs);
    Attempt attempt = runs.startAttempt(held, "step");
    Run queued = runs.enqueue("job", TriggerKind.SCHEDULE, DUE, "", "").orElseThrow();
    Run done = manual(runs);
    List<Run> before = runs.list(Optional.empty(), 9);
    RunRecords records = store.records();
    assertThatThrownBy(
            () ->
                records.run(
                    "failing",
                    rows -> {
                      rows.insert(queued.toBuilder().id("0NEW").job("new").build(), "new slot");
                      rows.updateEnding(held.id(), "why");
                      rows.finishWaiting(queued.toBuilder().state(RunState.SKIPPED).build());
                      rows.updateFenced(done.toBuilder().state(RunState.FAILED).build());
                      rows.attempts().interruptOlder(held.id(), 9, DUE);
                      rows.attempts()
                          .insert(attempt.toBuilder().id("0NEW").stepKey("other").build());
                      throw new IllegalStateException("broken off");
                    }))
        .hasMessage("broken off");
    assertThat(runs.list(Optional.empty(), 9))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(before);
    assertThat(runs.attempts(held.id()))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(attempt);
    assertThat(ids(runs.unfinished("job"))).containsExactly(held.id(), queued.id(), done.id());
    assertThat(runs.unfinished("new")).isEmpty();
    assertThat(records.<Boolean>run("looking", rows -> rows.bySlot("new slot").isPresent()))
        .isFalse();
    finish(runs, done);
    finish(runs, held);
    assertThat(ids(runs.unfinished())).containsExactly(queued.id());
  }

  @Test
  void thousandsOfRunsLeaveAsManyAsAreKept() {
    RunStore runs = keeping(100);
    for (int i = 0; i < 3_000; i++) {
      clock.advance(Duration.ofSeconds(1));
      Run run = runs.open("job", TriggerKind.SCHEDULE, clock.instant(), "").orElseThrow();
      runs.finishAttempt(runs.startAttempt(run, "step"), AttemptEnd.succeeded(""));
      finish(runs, run);
      runs.letGo(run.id());
    }
    assertThat(runs.list(Optional.empty(), 3_000)).hasSize(100);
    assertThat(runs.list(Optional.of("job"), 3_000)).hasSize(100);
    assertThat(runs.unfinished()).isEmpty();
  }

  @Test
  void keepsAtLeastOne() {
    assertThatThrownBy(() -> new MemoryStore(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }
}
