package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of others that are written together with the ends of runs, and runs together with them. */
class RunFollowerIT {
  private static final Instant NOW = Instant.parse("2026-11-30T02:30:00Z");
  private static final ScheduledJob JOB =
      ScheduledJob.builder("job", ZoneOffset.UTC).overlap(OverlapPolicy.SKIP).build();

  @TempDir Path folder;

  private final List<String> heard = new ArrayList<>();
  private boolean refuses;

  @SuppressWarnings("NullAway.Init") // opened before each case
  private Store store;

  @SuppressWarnings("NullAway.Init")
  private RunStore runs;

  private final RunFollower follower =
      new RunFollower() {
        @Override
        public void ended(Connection connection, Run run) {
          refuse();
          heard.add(run.state() + " " + run.message());
        }

        @Override
        public void goesOn(Connection connection, Run run) {
          refuse();
          heard.add("goes on");
        }

        private void refuse() {
          if (refuses) {
            throw new IllegalStateException("not now");
          }
        }
      };

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    runs = RunStore.of(store, "node", InstantSource.fixed(NOW), new Random(1), follower);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Run fail(Run run) {
    Optional<FailureClass> failure = Optional.of(FailureClass.TRANSIENT);
    return runs.finish(run, RunState.FAILED, failure, "no answer", run.payload());
  }

  @Test
  void hearsOfEveryWayInWhichARunEnds() {
    Run run = runs.open("job", TriggerKind.SCHEDULE, NOW, "").orElseThrow();
    assertThat(runs.admit(JOB, TriggerKind.SCHEDULE, NOW.plusSeconds(60), ""))
        .isInstanceOf(Admission.Skipped.class);
    Run failed = fail(run);
    runs.letGo(run.id());
    runs.skip("job", NOW.plusSeconds(120), "too late");
    Run queued = runs.enqueue("job", TriggerKind.MANUAL, NOW, "", "").orElseThrow();
    runs.requestEnd(queued.id(), "unwanted");
    runs.retry(failed.id(), TriggerKind.MANUAL, "");
    assertThat(heard)
        .containsExactly(
            "SKIPPED overlap skip: run " + run.id() + " of this job has not ended",
            "FAILED no answer",
            "SKIPPED too late",
            "CANCELLED unwanted",
            "goes on");
  }

  @Test
  void aRunDoesNotEndWithoutWhatFollowsIt() {
    Run run = runs.open("job", TriggerKind.MANUAL, NOW, "").orElseThrow();
    refuses = true;
    assertThatThrownBy(() -> fail(run)).hasMessage("not now");
    assertThat(runs.find(run.id()).orElseThrow().state()).isEqualTo(RunState.RUNNING);
    refuses = false;
    Run failed = fail(run);
    refuses = true;
    assertThatThrownBy(() -> runs.retry(failed.id(), TriggerKind.MANUAL, "")).hasMessage("not now");
    assertThat(runs.find(run.id()).orElseThrow().state()).isEqualTo(RunState.FAILED);
  }

  @Test
  void aRunIsRecordedTogetherWithWhatItIsFor() {
    RunTables tables = RunTables.of(store, runs);
    assertThatThrownBy(
            () ->
                tables.writing(
                    "taking files",
                    connection -> {
                      tables.enqueue(connection, "job", TriggerKind.EVENT, NOW, "");
                      throw new IllegalStateException("killed");
                    }))
        .hasMessage("killed");
    assertThat(runs.unfinished()).isEmpty();
    Run run =
        tables.writing(
            "taking files",
            connection -> tables.enqueue(connection, "job", TriggerKind.EVENT, NOW, "{}"));
    assertThat(runs.unfinished()).extracting(Run::id).containsExactly(run.id());
  }

  @Test
  void aRunForAnEventIsNotSkippedForAnother() {
    Run busy = runs.open("job", TriggerKind.SCHEDULE, NOW, "").orElseThrow();
    RunTables tables = RunTables.of(store, runs);
    Run event =
        tables.writing(
            "a file came",
            connection -> tables.enqueue(connection, "job", TriggerKind.EVENT, NOW, ""));
    assertThat(runs.admit(JOB, event.id())).isInstanceOf(Admission.Waiting.class);
    assertThat(runs.find(event.id()).orElseThrow())
        .extracting(Run::state, Run::message)
        .containsExactly(
            RunState.QUEUED, "overlap skip: run " + busy.id() + " of this job has not ended");
  }
}
