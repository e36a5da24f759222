package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Attempts as rows of {@code wb_attempt}. */
final class JdbcAttemptRows implements AttemptRows {
  private final Statements statements;

  JdbcAttemptRows(Statements statements) {
    this.statements = statements;
  }

  @Override
  public void insert(Attempt attempt) {
    String sql =
        "insert into wb_attempt (id, run_id, step_key, number, token, state, started_at, message,"
            + " payload) values (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    statements.update(
        sql,
        columns -> {
          columns.text(attempt.id()).text(attempt.runId()).text(attempt.stepKey());
          columns.number(attempt.number()).number(attempt.token()).text(attempt.state().name());
          columns.time(attempt.startedAt()).text(attempt.message()).text(attempt.payload());
        });
  }

  @Override
  public boolean updateEnd(Attempt attempt) {
    String sql =
        "update wb_attempt set state = ?, ended_at = ?, failure_class = ?, message = ?,"
            + " delay_millis = ?, payload = ? where id = ? and state = 'RUNNING'";
    return statements.update(
            sql,
            columns -> {
              columns.text(attempt.state().name()).time(attempt.endedAt());
              columns.text(attempt.failureClass().map(FailureClass::name).orElse(null));
              columns.text(attempt.message()).number(attempt.delay().map(Duration::toMillis));
              columns.text(attempt.payload()).text(attempt.id());
            })
        == 1;
  }

  @Override
  public void interruptOlder(String runId, long token, Instant now) {
    String sql =
        "update wb_attempt set state = 'INTERRUPTED', ended_at = ?, failure_class = 'TRANSIENT',"
            + " message = ? where run_id = ? and token < ? and state = 'RUNNING'";
    statements.update(
        sql, columns -> columns.time(now).text(INTERRUPTED).text(runId).number(token));
  }

  @Override
  public int lastNumber(String runId, String stepKey) {
    return statements
        .select(
            "select max(number) from wb_attempt where run_id = ? and step_key = ?",
            columns -> columns.text(runId).text(stepKey),
            row -> row.getInt(1)) // 0 of no rows
        .get(0);
  }

  @Override
  public Optional<Attempt> byId(String runId, String id) {
    return statements
        .select(
            "select * from wb_attempt where id = ? and run_id = ?",
            columns -> columns.text(id).text(runId),
            JdbcAttemptRows::read)
        .stream()
        .findFirst();
  }

  @Override
  public List<Attempt> ofRun(String runId) {
    return statements.select(
        "select * from wb_attempt where run_id = ? order by token, id",
        columns -> columns.text(runId),
        JdbcAttemptRows::read);
  }

  private static Attempt read(ResultSet row) throws SQLException {
    String failure = row.getString("failure_class");
    long delay = row.getLong("delay_millis");
    boolean noDelay = row.wasNull();
    return Attempt.builder()
        .id(row.getString("id"))
        .runId(row.getString("run_id"))
        .stepKey(row.getString("step_key"))
        .number(row.getInt("number"))
        .token(row.getLong("token"))
        .state(AttemptState.valueOf(row.getString("state")))
        .startedAt(Columns.requiredTime(row, "started_at"))
        .endedAt(Columns.readTime(row, "ended_at"))
        .failureClass(failure == null ? null : FailureClass.valueOf(failure))
        .message(row.getString("message"))
        .delay(noDelay ? null : Duration.ofMillis(delay))
        .payload(row.getString("payload"))
        .build();
  }
}
