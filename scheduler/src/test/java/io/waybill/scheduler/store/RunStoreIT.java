package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreIT {
  private static final Instant DUE = Instant.parse("2026-03-01T02:30:00Z");
  private static final Optional<FailureClass> NONE = Optional.empty();

  @TempDir Path folder;

  private Store store;

  private RunStore first;

  private RunStore second;

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    first = owner("first", 1);
    second = owner("second", 2);
  }

  private RunStore owner(String node, long seed) {
    return RunStore.of(store, node, InstantSource.fixed(DUE.plusSeconds(1)), new Random(seed));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Run openRun(RunStore runs) {
    return runs.open("job", TriggerKind.SCHEDULE, DUE, "{}").orElseThrow();
  }

  @Test
  void readsBackWhatItWrote() {
    Run run = openRun(first);
    assertThat(first.find(run.id()).orElseThrow()).usingRecursiveComparison().isEqualTo(run);
    Run finished =
        first.finish(
            run, RunState.FAILED, Optional.of(FailureClass.PERMANENT), "no such file", "{\"a\":1}");
    assertThat(first.find(run.id()).orElseThrow()).usingRecursiveComparison().isEqualTo(finished);
    assertThat(first.find("job", DUE)).isPresent();
  }

  @Test
  void opensOneRunForOneMoment() {
    Run run = openRun(first);
    assertThat(first.open("job", TriggerKind.SCHEDULE, DUE, "{}")).isEmpty();
    first.finish(run, RunState.SUCCEEDED, NONE, "", "{}");
    assertThat(second.open("job", TriggerKind.SCHEDULE, DUE, "{}")).isEmpty();
    assertThat(first.skip("job", DUE, "why")).isEmpty();
    assertThat(first.open("job", TriggerKind.MANUAL, DUE, "{}")).isPresent();
    assertThat(first.open("job", TriggerKind.MANUAL, DUE, "{}")).isPresent();
  }

  @Test
  void refusesEveryWriteUnderAStaleToken() {
    Run stale = openRun(first);
    Attempt attempt = first.startAttempt(stale, "pull");
    Run taken = openRun(second);
    assertThat(taken.id()).isEqualTo(stale.id());
    assertThat(taken.recovered()).isTrue();
    assertThat(taken.token()).isEqualTo(stale.token() + 1);

    assertThatThrownBy(() -> first.fenced(stale, connection -> true))
        .isInstanceOfSatisfying(
            SchedulerException.StaleClaim.class,
            e -> {
              assertThat(e.runId()).isEqualTo(stale.id());
              assertThat(e.token()).isEqualTo(stale.token());
            });
    assertThatThrownBy(() -> first.startAttempt(stale, "pull"))
        .isInstanceOf(SchedulerException.StaleClaim.class);
    assertThatThrownBy(() -> first.finishAttempt(attempt, AttemptEnd.succeeded("{}")))
        .isInstanceOf(SchedulerException.StaleClaim.class);
    assertThatThrownBy(() -> first.finish(stale, RunState.SUCCEEDED, NONE, "", "{}"))
        .isInstanceOf(SchedulerException.StaleClaim.class);
    assertThat(second.find(stale.id()).orElseThrow()).usingRecursiveComparison().isEqualTo(taken);
    assertThat(second.attempts(stale.id()))
        .extracting(Attempt::state)
        .containsExactly(AttemptState.RUNNING);
  }

  @Test
  void countsAttemptsOnAfterATakeoverAndClosesTheInterruptedOne() {
    Run run = openRun(first);
    Attempt one = first.startAttempt(run, "pull");
    first.finishAttempt(
        one,
        new AttemptEnd(
            AttemptState.FAILED,
            Optional.of(FailureClass.TRANSIENT),
            "connection lost",
            Optional.of(Duration.ofSeconds(10)),
            "{}"));
    assertThat(first.find(run.id()).orElseThrow().state()).isEqualTo(RunState.RETRYING);
    first.startAttempt(run, "pull");
    assertThat(first.find(run.id()).orElseThrow().state()).isEqualTo(RunState.RUNNING);

    Run taken = second.claim(run.id());
    Attempt three = second.startAttempt(taken, "pull");
    assertThat(three.number()).isEqualTo(3);
    assertThat(second.startAttempt(taken, "push").number()).isEqualTo(1);
    assertThat(second.attempts(run.id()))
        .extracting(Attempt::state)
        .containsExactly(
            AttemptState.FAILED,
            AttemptState.INTERRUPTED,
            AttemptState.RUNNING,
            AttemptState.RUNNING);
    assertThat(second.attempts(run.id()).get(0).delay()).contains(Duration.ofSeconds(10));
  }

  @Test
  void renewingKeepsAWaitingRunWaiting() {
    Run run = openRun(first);
    Attempt attempt = first.startAttempt(run, "pull");
    first.finishAttempt(
        attempt,
        new AttemptEnd(
            AttemptState.FAILED,
            Optional.of(FailureClass.TRANSIENT),
            "",
            Optional.of(Duration.ofSeconds(1)),
            "{}"));
    first.fenced(run, connection -> true);
    assertThat(first.find(run.id()).orElseThrow().state()).isEqualTo(RunState.RETRYING);
  }

  @Test
  void claimsQueuedRunsOnce() {
    Run queued = first.enqueue("job", TriggerKind.MANUAL, DUE, "", "{\"day\":1}").orElseThrow();
    assertThat(first.unfinished()).hasSize(1);
    Run claimed = first.claim(queued.id());
    assertThat(claimed.payload()).isEqualTo("{\"day\":1}");
    assertThat(claimed.recovered()).isFalse();
    assertThatThrownBy(() -> first.claim(queued.id()))
        .isInstanceOf(SchedulerException.NotClaimable.class)
        .hasMessageContaining("held by first");
    assertThat(first.skipQueued(queued.id(), "too late")).isEmpty();
    first.finish(claimed, RunState.SUCCEEDED, NONE, "", "{}");
    assertThatThrownBy(() -> second.claim(queued.id()))
        .isInstanceOf(SchedulerException.NotClaimable.class)
        .hasMessageContaining("SUCCEEDED");
    assertThatThrownBy(() -> second.claim("nothing"))
        .isInstanceOf(SchedulerException.NotClaimable.class)
        .hasMessageContaining("no run nothing");
  }

  @Test
  void keepsTheStoreOpenWhenAThreadThatUsesItIsInterrupted() {
    Thread.currentThread().interrupt();
    Run run = openRun(first);
    Thread.interrupted();
    store.checkpoint();
    assertThat(second.find(run.id())).isPresent();
  }

  @Test
  void refusesASecondOpenerInThisProcessToo() {
    StoreSettings same = StoreSettings.h2(folder.resolve("waybill"));
    assertThatThrownBy(() -> Store.open(same).close())
        .isInstanceOf(SchedulerException.StoreOwned.class)
        .hasMessageContaining("a daemon or a run, owns the store")
        .hasMessageContaining("process " + ProcessHandle.current().pid());
    store.close();
    Store.open(same).close();
  }

  @Test
  void tellsNobodyThePassword() {
    String url = "jdbc:h2:file:" + folder.resolve("locked");
    try (Store made = Store.open(StoreSettings.jdbc(url, "waybill", () -> "right"))) {
      assertThat(made.toString()).doesNotContain("right");
    }
    StoreSettings wrong = StoreSettings.jdbc(url, "waybill", () -> "hunter2-planted");
    assertThat(wrong.toString()).doesNotContain("hunter2-planted");
    assertThatThrownBy(() -> Store.open(wrong).close())
        .isInstanceOf(SchedulerException.StoreLoginRefused.class)
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("hunter2-planted"));
    assertThatThrownBy(
            () -> StoreSettings.jdbc("jdbc:x://h/db?Password=hunter2-planted", "u", () -> ""))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("hunter2-planted"));
  }

  private static String stackTrace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
