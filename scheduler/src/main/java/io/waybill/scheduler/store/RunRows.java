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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes rows of {@code wb_run}. */
final class RunRows {
  private static final String COLUMNS =
      "id, job, kind, scheduled_at, state, created_at, started_at, ended_at, failure_class,"
          + " message, payload, recovered, node, incarnation, token, limit_name, due_at, ending,"
          + " parent, restart_token";

  /** Holds for runs to which more will happen. */
  static final String UNFINISHED = " state in ('QUEUED', 'RUNNING', 'RETRYING')";

  // the states by themselves first: without them no index helps, and all of the history is read
  /** Holds for runs that somebody works on, or worked on when he died. */
  static final String AT_WORK =
      " (state in ('RUNNING', 'RETRYING') and (state = 'RUNNING' or due_at is null))";

  /** Holds for runs that nobody holds: in the queue, or before their next attempt. */
  static final String WAITING =
      " (state in ('QUEUED', 'RETRYING') and (state = 'QUEUED' or due_at is not null))";

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

  static void insert(Connection connection, Run run, @Nullable String slot) throws SQLException {
    String sql =
        "insert into wb_run (slot, "
            + COLUMNS
            + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(slot).text(run.id()).text(run.job()).text(run.kind().name());
      columns.time(run.scheduledAt()).text(run.state().name()).time(run.createdAt());
      columns.time(run.startedAt()).time(run.endedAt());
      columns.text(run.failureClass().map(FailureClass::name).orElse(null));
      columns.text(run.message()).text(run.payload()).flag(run.recovered());
      columns.text(run.owner().map(Owner::node).orElse(null));
      columns.text(run.owner().map(Owner::incarnation).orElse(null));
      columns.number(run.token()).text(run.limit().orElse(null)).time(run.dueAt());
      columns.text(run.ending().orElse(null)).text(run.parent().orElse(null));
      columns.number(run.restartToken());
      statement.executeUpdate();
    }
  }

  /** Writes a run that was claimed, if nobody claimed or finished it since its row was read. */
  static boolean updateClaim(Connection connection, Run claimed, long readToken)
      throws SQLException {
    String sql =
        "update wb_run set state = ?, started_at = ?, recovered = ?, node = ?, incarnation = ?,"
            + " token = ?, limit_name = ?, due_at = null where id = ? and token = ? and"
            + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(claimed.state().name()).time(claimed.startedAt()).flag(claimed.recovered());
      columns.text(claimed.owner().map(Owner::node).orElse(null));
      columns.text(claimed.owner().map(Owner::incarnation).orElse(null));
      columns.number(claimed.token()).text(claimed.limit().orElse(null));
      columns.text(claimed.id()).number(readToken);
      return statement.executeUpdate() == 1;
    }
  }

  /** Writes what became of a run under its token; false if the token is stale. */
  static boolean updateFenced(Connection connection, Run run) throws SQLException {
    String sql =
        "update wb_run set state = ?, ended_at = ?, failure_class = ?, message = ?, payload = ?,"
            + " due_at = ? where id = ? and token = ? and incarnation = ? and"
            + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(run.state().name()).time(run.endedAt());
      columns.text(run.failureClass().map(FailureClass::name).orElse(null));
      columns.text(run.message()).text(run.payload()).time(run.dueAt());
      columns.text(run.id()).number(run.token());
      columns.text(run.owner().map(Owner::incarnation).orElse(null));
      return statement.executeUpdate() == 1;
    }
  }

  /**
   * Moves on to another unfinished state, or stays in its own where that is null; false if the
   * token is stale or the run is released.
   */
  static boolean touch(
      Connection connection, String runId, long token, String incarnation, @Nullable RunState state)
      throws SQLException {
    String sql =
        "update wb_run set state = coalesce(?, state) where id = ? and token = ?"
            + " and incarnation = ? and due_at is null and"
            + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(state == null ? null : state.name());
      columns.text(runId).number(token).text(incarnation);
      return statement.executeUpdate() == 1;
    }
  }

  /**
   * Writes the end of a run that nobody holds: queued, or waiting for its next attempt; false if
   * somebody claimed it meanwhile.
   */
  static boolean finishWaiting(Connection connection, Run run) throws SQLException {
    String sql =
        "update wb_run set state = ?, ended_at = ?, failure_class = ?, message = ?, due_at = null"
            + " where id = ? and token = ? and"
            + UNFINISHED
            + " and not"
            + AT_WORK;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Columns columns = new Columns(statement);
      columns.text(run.state().name()).time(run.endedAt());
      columns.text(run.failureClass().map(FailureClass::name).orElse(null)).text(run.message());
      columns.text(run.id()).number(run.token());
      return statement.executeUpdate() == 1;
    }
  }

  /** Lets only attempts from the run's token on count; false if the token is stale. */
  static boolean updateRestart(Connection connection, Run run) throws SQLException {
    String sql =
        "update wb_run set restart_token = token where id = ? and token = ? and incarnation = ?"
            + " and"
            + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement)
          .text(run.id())
          .number(run.token())
          .text(run.owner().map(Owner::incarnation).orElse(null));
      return statement.executeUpdate() == 1;
    }
  }

  /** Writes why a queued run waits. */
  static void updateMessage(Connection connection, Run run) throws SQLException {
    String sql = "update wb_run set message = ? where id = ? and state = 'QUEUED'";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).text(run.message()).text(run.id());
      statement.executeUpdate();
    }
  }

  /** Asks an unfinished run to end; the first reason stands. */
  static boolean updateEnding(Connection connection, String runId, String why) throws SQLException {
    String sql = "update wb_run set ending = coalesce(ending, ?) where id = ? and" + UNFINISHED;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).text(why).text(runId);
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

  /** Reads the runs for which a condition on {@code wb_run} holds. */
  static List<Run> select(Connection connection, String condition, String... values)
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
        .limit(row.getString("limit_name"))
        .dueAt(Columns.readTime(row, "due_at"))
        .ending(row.getString("ending"))
        .parent(row.getString("parent"))
        .restartToken(row.getLong("restart_token"))
        .build();
  }
}
