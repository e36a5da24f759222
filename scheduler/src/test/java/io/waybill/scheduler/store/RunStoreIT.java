package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreIT extends RunStoreCases {
  @TempDir Path folder;

  private @Nullable Store store;

  @AfterEach
  void close() {
    store().close();
  }

  private Store store() {
    if (store == null) {
      store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    }
    return store;
  }

  @Override
  protected RunStore owner(String node, InstantSource time, Random random) {
    return RunStore.of(store(), node, time, random);
  }

  @Test
  void refusesRowsOfOtherTablesUnderAStaleToken() {
    Run stale = openRun(first);
    openRun(second);
    RunTables tables = RunTables.of(store(), first);
    assertThatThrownBy(() -> tables.fenced(stale, connection -> true))
        .isInstanceOfSatisfying(
            SchedulerException.StaleClaim.class,
            e -> {
              assertThat(e.runId()).isEqualTo(stale.id());
              assertThat(e.token()).isEqualTo(stale.token());
            });
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
    RunTables.of(store(), first).fenced(run, connection -> true);
    assertThat(first.find(run.id()).orElseThrow().state()).isEqualTo(RunState.RETRYING);
  }

  @Test
  void keepsTheStoreOpenWhenAThreadThatUsesItIsInterrupted() {
    Thread.currentThread().interrupt();
    Run run = openRun(first);
    Thread.interrupted();
    store().checkpoint();
    assertThat(second.find(run.id())).isPresent();
  }

  @Test
  void refusesASecondOpenerInThisProcessToo() {
    StoreSettings same = StoreSettings.h2(folder.resolve("waybill"));
    assertThatThrownBy(() -> Store.open(same).close())
        .isInstanceOf(SchedulerException.StoreOwned.class)
        .hasMessageContaining("a daemon or a run, owns the store")
        .hasMessageContaining("process " + ProcessHandle.current().pid());
    store().close();
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
