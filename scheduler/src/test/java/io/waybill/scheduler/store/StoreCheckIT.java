package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class StoreCheckIT {
  private static final Instant DUE = Instant.parse("2026-03-01T02:30:00Z");

  @TempDir Path folder;

  private Store store;
  private RunStore runs;
  private Run done;

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    runs = RunStore.of(store, "node", InstantSource.fixed(DUE), new Random(1));
    Run run = runs.open("job", TriggerKind.SCHEDULE, DUE, "{}").orElseThrow();
    runs.startAttempt(run, "step");
    done = runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "{}");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StoreReport check() {
    return StoreCheck.check(store, List.of(SchedulerSchema.version(store.dataSource())), List.of());
  }

  private void change(String... statements) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  @Test
  void aSoundStoreIsCountedTableByTable() {
    StoreReport report = check();

    assertThat(report.problems()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.schemas())
        .singleElement()
        .satisfies(version -> assertThat(version.isCurrent()).isTrue());
    assertThat(report.tables())
        .filteredOn(table -> table.rows() == 1)
        .extracting(TableCount::table)
        .contains("wb_run", "wb_attempt");
    assertThat(report.tables()).extracting(TableCount::table).contains("qrtz_triggers");
  }

  @Test
  void aRunThatWaitsWithoutATriggerIsANote() {
    Run queued = runs.enqueue("job", TriggerKind.MANUAL, DUE, "", "{}").orElseThrow();

    StoreReport report = check();

    assertThat(report.isSound()).isTrue();
    assertThat(report.notes())
        .singleElement()
        .satisfies(note -> assertThat(note).contains(queued.id(), "has no trigger"));
  }

  @Test
  void rowsThatNameOthersWhichAreNotThereAreFound() throws SQLException {
    change("set referential_integrity false", "delete from wb_run");

    assertThat(check().problems())
        .containsExactly("1 rows of WB_ATTEMPT name rows of WB_RUN that are not there");
  }

  @Test
  void statesThatDoNotFitAreFound() throws SQLException {
    change("update wb_run set state = 'RUNNING', node = null");
    assertThat(check().problems())
        .containsExactlyInAnyOrder(
            "wb_run: " + done.id() + " has an end and is not finished",
            "wb_run: " + done.id() + " is running without an owner, a token or a start");

    change("update wb_run set state = 'DANCING', ended_at = null");
    assertThat(check().problems())
        .containsExactly("wb_run: " + done.id() + " is in a state that this program does not know");

    change("update wb_run set state = 'FAILED'", "update wb_attempt set token = 9");
    assertThat(check().problems())
        .anyMatch(problem -> problem.endsWith("is finished and has no end"))
        .anyMatch(problem -> problem.endsWith("under a token that its run never had"));
  }

  @Test
  void manyRowsAreNotAllNamed() throws SQLException {
    for (int i = 0; i < 7; i++) {
      runs.enqueue("job", TriggerKind.MANUAL, DUE, "", "{}");
    }
    change("update wb_run set state = 'DANCING', ended_at = null");

    assertThat(check().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains(" and 3 more "));
  }

  @Test
  void rowsOfTheAuditThatWereRemovedOrPutInAreFound() throws SQLException {
    AuditLog audit = AuditLog.of(store, InstantSource.fixed(DUE));
    for (int i = 0; i < 3; i++) {
      audit.append(new AuditAct("alice", "trigger", "job", "{}"));
    }
    assertThat(check().problems()).isEmpty();
    String gone = "wb_audit_chain: audit is a chain whose last row is gone or another one";
    String not3 = " rows of the audit are there, and not as many as its chain is long";

    change("delete from wb_audit where number = 2");
    assertThat(check().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).startsWith("wb_audit: 2" + not3));

    change("delete from wb_audit where number = 3");
    assertThat(check().problems())
        .contains(gone)
        .anyMatch(problem -> problem.startsWith("wb_audit: 1" + not3));

    change("delete from wb_audit_chain");
    assertThat(check().problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).startsWith("wb_audit: 1" + not3));
  }

  @Test
  void aTriggerOfTheEngineWithoutItsScheduleIsFound() throws SQLException {
    change(
        "insert into qrtz_job_details values ('waybill', 'j', 'g', null, 'c', true, false, false,"
            + " true, null)",
        "insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group,"
            + " trigger_state, trigger_type, start_time) values ('waybill', 't', 'g', 'j', 'g',"
            + " 'WAITING', 'SIMPLE', 0)");
    assertThat(check().problems())
        .containsExactly("qrtz_triggers: t is a trigger whose schedule is missing");
  }
}
