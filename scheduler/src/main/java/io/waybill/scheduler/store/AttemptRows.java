package io.waybill.scheduler.store;

import io.waybill.scheduler.Attempt;
import io.waybill.scheduler.AttemptState;
import io.waybill.scheduler.FailureClass;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and writes rows of {@code wb_attempt}. */
final class AttemptRows {
  private AttemptRows() {}

  static void insert(Connection connection, Attempt attempt) throws SQLException {
    String sql =
        "insert into wb_attempt (id, run_id, step_key, number, token, state, started_at, message,"
            + " payload) values (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(attempt.id()).text(attempt.runId()).text(attempt.stepKey());
      columns.number(attempt.number()).number(attempt.token()).text(attempt.state().name());
      columns.time(attempt.startedAt()).text(attempt.message()).text(attempt.payload());
      statement.executeUpdate();
    }
  }

  /** Writes the end of an attempt; false if it had ended already. */
  static boolean updateEnd(Connection connection, Attempt attempt) throws SQLException {
    String sql =
        "update wb_attempt set state = ?, ended_at = ?, failure_class = ?, message = ?,"
            + " delay_millis = ?, payload = ? where id = ? and state = 'RUNNING'";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(attempt.state().name()).time(attempt.endedAt());
      columns.text(attempt.failureClass().map(FailureClass::name).orElse(null));
      columns.text(attempt.message()).number(attempt.delay().map(Duration::toMillis));
      columns.text(attempt.payload()).text(attempt.id());
      return statement.executeUpdate() == 1;
    }
  }

  /** Ends what an earlier owner of the run left running. */
  static void interruptOlder(Connection connection, String runId, long token, Instant now)
      throws SQLException {
    String sql =
        "update wb_attempt set state = 'INTERRUPTED', ended_at = ?, failure_class = 'TRANSIENT',"
            + " message = ? where run_id = ? and token < ? and state = 'RUNNING'";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement)
          .time(now)
          .text("its process died or lost the run")
          .text(runId)
          .number(token);
      statement.executeUpdate();
    }
  }

  static int lastNumber(Connection connection, String runId, String stepKey) throws SQLException {
    String sql = "select max(number) from wb_attempt where run_id = ? and step_key = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).text(runId).text(stepKey);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getInt(1) : 0;
      }
    }
  }

  static Optional<Attempt> byId(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select * from wb_attempt where id = ?")) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(read(row)) : Optional.empty();
      }
    }
  }

  static List<Attempt> ofRun(Connection connection, String runId) throws SQLException {
    String sql = "select * from wb_attempt where run_id = ? order by token, id";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, runId);
      try (ResultSet rows = statement.executeQuery()) {
        List<Attempt> attempts = new ArrayList<>();
        while (rows.next()) {
          attempts.add(read(rows));
        }
        return attempts;
      }
    }
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
