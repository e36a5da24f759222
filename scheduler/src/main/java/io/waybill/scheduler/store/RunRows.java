package io.waybill.scheduler.store;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes rows of {@code wb_run}. */
final class RunRows {
  private static final String COLUMNS =
      "id, job, kind, scheduled_at, state, created_at, started_at, ended_at, failure_class,"
          + " message, payload, recovered, node, incarnation, token, lease_until";
  private static final String UNFINISHED = " state in ('QUEUED', 'RUNNING', 'RETRYING')";

  private RunRows() {}

  /** Names the one moment a scheduled run stands for; null for runs that stand for none. */
  static @Nullable String slot(Run run) {
    return run.kind() == TriggerKind.SCHEDULE
        ? slot(run.job(), run.scheduledAt().toEpochMilli())
        : null;
  }

  static String slot(String job, long epochMillis) {
    return job + "@" + epochMillis;
  }

  static void insert(Connection connection, Run run) throws SQLException {
    String sql =
        "insert into wb_run (slot, "
            + COLUMNS
            + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(slot(run)).text(run.id()).text(run.job()).text(run.kind().name());
      columns.time(run.scheduledAt()).text(run.state().name()).time(run.createdAt());
      columns.time(run.startedAt()).time(run.endedAt());
      columns.text(run.failureClass().map(FailureClass::name).orElse(null));
      columns.text(run.message()).text(run.payload()).flag(run.recovered());
      columns.text(run.owner().map(Owner::node).orElse(null));
      columns.text(run.owner().map(Owner::incarnation).orElse(null));
      columns.number(run.token()).time(run.leaseUntil());
      statement.executeUpdate();
    }
  }

  /** Writes a run that was claimed, if nobody claimed or finished it since its row was read. */
  static boolean updateClaim(Connection connection, Run claimed, long readToken)
      throws SQLException {
    String sql =
        "update wb_run set state = ?, started_at = ?, recovered = ?, node = ?, incarnation = ?,"
            + " token = ?, lease_until = ? where id = ? and token = ? and"
            + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(claimed.state().name()).time(claimed.startedAt()).flag(claimed.recovered());
      columns.text(claimed.owner().map(Owner::node).orElse(null));
      columns.text(claimed.owner().map(Owner::incarnation).orElse(null));
      columns.number(claimed.token()).time(claimed.leaseUntil());
      columns.text(claimed.id()).number(readToken);
      return statement.executeUpdate() == 1;
    }
  }

  /** Writes a run's progress under its token; false if the token is stale. */
  static boolean updateFenced(Connection connection, Run run) throws SQLException {
    String sql =
        "update wb_run set state = ?, ended_at = ?, failure_class = ?, message = ?, payload = ?,"
            + " lease_until = ? where id = ? and token = ? and incarnation = ? and"
            + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(run.state().name()).time(run.endedAt());
      columns.text(run.failureClass().map(FailureClass::name).orElse(null));
      columns.text(run.message()).text(run.payload()).time(run.leaseUntil());
      columns.text(run.id()).number(run.token());
      columns.text(run.owner().map(Owner::incarnation).orElse(null));
      return statement.executeUpdate() == 1;
    }
  }

  /** Renews the lease and moves on to another unfinished state; false if the token is stale. */
  static boolean touch(Connection connection, TouchedRun touched) throws SQLException {
    String sql =
        "update wb_run set state = coalesce(?, state), lease_until = ? where id = ? and token = ?"
            + " and incarnation = ? and"
            + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(touched.state() == null ? null : touched.state().name());
      columns.time(touched.leaseUntil());
      columns.text(touched.runId()).number(touched.token()).text(touched.incarnation());
      return statement.executeUpdate() == 1;
    }
  }

  /** What {@link #touch} writes; without a state, the state stays. */
  record TouchedRun(
      String runId, long token, String incarnation, @Nullable RunState state, Instant leaseUntil) {}

  /** Writes the end of a run that was never claimed; false if somebody claimed it meanwhile. */
  static boolean finishQueued(Connection connection, Run run) throws SQLException {
    String sql =
        "update wb_run set state = ?, ended_at = ?, message = ? where id = ? and token = ? and"
            + " state = 'QUEUED'";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(run.state().name()).time(run.endedAt()).text(run.message());
      columns.text(run.id()).number(run.token());
      return statement.executeUpdate() == 1;
    }
  }

  static Optional<Run> byId(Connection connection, String id) throws SQLException {
    return select(connection, "where id = ?", id).stream().findFirst();
  }

  static Optional<Run> bySlot(Connection connection, String slot) throws SQLException {
    return select(connection, "where slot = ?", slot).stream().findFirst();
  }

  static List<Run> newest(Connection connection, @Nullable String job, int limit)
      throws SQLException {
    String order = " order by id desc limit " + limit;
    return job == null
        ? select(connection, order)
        : select(connection, "where job = ?" + order, job);
  }

  static List<Run> unfinished(Connection connection) throws SQLException {
    return select(connection, "where" + UNFINISHED + " order by id");
  }

  static List<Run> unfinishedOf(Connection connection, String job) throws SQLException {
    return select(connection, "where" + UNFINISHED + " and job = ? order by id", job);
  }

  private static List<Run> select(Connection connection, String condition, String... values)
      throws SQLException {
    String sql = "select " + COLUMNS + " from wb_run " + condition;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<Run> runs = new ArrayList<>();
        while (rows.next()) {
          runs.add(read(rows));
        }
        return runs;
      }
    }
  }

  private static Run read(ResultSet row) throws SQLException {
    String node = row.getString("node");
    String incarnation = row.getString("incarnation");
    String failure = row.getString("failure_class");
    return Run.builder()
        .id(row.getString("id"))
        .job(row.getString("job"))
        .kind(TriggerKind.valueOf(row.getString("kind")))
        .scheduledAt(Columns.requiredTime(row, "scheduled_at"))
        .state(RunState.valueOf(row.getString("state")))
        .createdAt(Columns.requiredTime(row, "created_at"))
        .startedAt(Columns.readTime(row, "started_at"))
        .endedAt(Columns.readTime(row, "ended_at"))
        .failureClass(failure == null ? null : FailureClass.valueOf(failure))
        .message(row.getString("message"))
        .payload(row.getString("payload"))
        .recovered(row.getBoolean("recovered"))
        .owner(node == null || incarnation == null ? null : new Owner(node, incarnation))
        .token(row.getLong("token"))
        .leaseUntil(Columns.readTime(row, "lease_until"))
        .build();
  }
}
