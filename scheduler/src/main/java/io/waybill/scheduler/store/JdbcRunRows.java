package io.waybill.scheduler.store;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.TriggerKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs as rows of {@code wb_run}. */
final class JdbcRunRows implements RunRows {
  private static final String COLUMNS =
      "id, job, kind, scheduled_at, state, created_at, started_at, ended_at, failure_class,"
          + " message, payload, recovered, node, incarnation, token, limit_name, due_at, ending,"
          + " parent, restart_token, decision";

  /** Holds for runs to which more will happen. */
  private static final String UNFINISHED = " state in ('QUEUED', 'RUNNING', 'RETRYING')";

  // The states by themselves first, and no parentheses around both: else no index helps, or H2 uses
  // it with neither of its columns, and all of the history is read.
  /** Holds for runs of which {@link RunRows#isAtWork} does. */
  private static final String AT_WORK =
      " state in ('RUNNING', 'RETRYING') and (state = 'RUNNING' or due_at is null)";

  /** Holds for runs that nobody holds: in the queue, or before their next attempt. */
  private static final String WAITING =
      " state in ('QUEUED', 'RETRYING') and (state = 'QUEUED' or due_at is not null)";

  private final Statements statements;
  private final RunFollower follower;

  /** Sees and changes the rows; nobody follows what is changed. */
  JdbcRunRows(Connection connection) {
    this(connection, RunFollower.NONE);
  }

  JdbcRunRows(Connection connection, RunFollower follower) {
    this.statements = new Statements(connection);
    this.follower = follower;
  }

  private boolean followed(boolean isWritten, Run run) {
    if (isWritten && run.state().isFinished()) {
      statements.call(
          connection -> {
            follower.ended(connection, run);
            return true;
          });
    }
    return isWritten;
  }

  @Override
  public AttemptRows attempts() {
    return new JdbcAttemptRows(statements);
  }

  @Override
  public void lock(ScheduledJob job) {
    statements.call(
        connection -> {
          Gates.lock(connection, job);
          return true;
        });
  }

  @Override
  public void insert(Run run, @Nullable String slot) {
    String sql =
        "insert into wb_run (slot, "
            + COLUMNS
            + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    try {
      statements.update(sql, columns -> fill(columns.text(slot), run));
    } catch (SqlFailure e) {
      if (Transactions.isDuplicate(e.failure())) {
        throw new RunRecords.SlotTaken(String.valueOf(slot), e);
      }
      throw e;
    }
    followed(true, run);
  }

  private static void fill(Columns columns, Run run) throws SQLException {
    columns.text(run.id()).text(run.job()).text(run.kind().name());
    columns.time(run.scheduledAt()).text(run.state().name()).time(run.createdAt());
    columns.time(run.startedAt()).time(run.endedAt());
    columns.text(run.failureClass().map(FailureClass::name).orElse(null));
    columns.text(run.message()).text(run.payload()).flag(run.recovered());
    columns.text(run.owner().map(Owner::node).orElse(null));
    columns.text(incarnation(run)).number(run.token());
    columns.text(run.limit().orElse(null)).time(run.dueAt());
    columns.text(run.ending().orElse(null)).text(run.parent().orElse(null));
    columns.number(run.restartToken()).text(run.decision());
  }

  private static @Nullable String incarnation(Run run) {
    return run.owner().map(Owner::incarnation).orElse(null);
  }

  @Override
  public boolean updateClaim(Run claimed, long readToken) {
    String sql =
        "update wb_run set state = ?, started_at = ?, recovered = ?, node = ?, incarnation = ?,"
            + " token = ?, limit_name = ?, due_at = null, message = '' where id = ? and token = ? and"
            + UNFINISHED;
    return statements.update(
            sql,
            columns -> {
              columns.text(claimed.state().name()).time(claimed.startedAt());
              columns.flag(claimed.recovered());
              columns.text(claimed.owner().map(Owner::node).orElse(null));
              columns.text(incarnation(claimed)).number(claimed.token());
              columns.text(claimed.limit().orElse(null)).text(claimed.id()).number(readToken);
            })
        == 1;
  }

  @Override
  public boolean updateFenced(Run run) {
    String sql =
        "update wb_run set state = ?, ended_at = ?, failure_class = ?, message = ?, payload = ?,"
            + " due_at = ? where id = ? and token = ? and incarnation = ? and"
            + UNFINISHED;
    boolean isWritten =
        statements.update(
                sql,
                columns -> {
                  columns.text(run.state().name()).time(run.endedAt());
                  columns.text(run.failureClass().map(FailureClass::name).orElse(null));
                  columns.text(run.message()).text(run.payload()).time(run.dueAt());
                  columns.text(run.id()).number(run.token()).text(incarnation(run));
                })
            == 1;
    return followed(isWritten, run);
  }

  @Override
  public boolean touch(String runId, long token, String incarnation, @Nullable RunState state) {
    String sql =
        "update wb_run set state = coalesce(?, state) where id = ? and token = ?"
            + " and incarnation = ? and due_at is null and"
            + UNFINISHED;
    return statements.update(
            sql,
            columns ->
                columns
                    .text(state == null ? null : state.name())
                    .text(runId)
                    .number(token)
                    .text(incarnation))
        == 1;
  }

  @Override
  public boolean finishWaiting(Run run) {
    String sql =
        "update wb_run set state = ?, ended_at = ?, failure_class = ?, message = ?, due_at = null"
            + " where id = ? and token = ? and"
            + UNFINISHED
            + " and not ("
            + AT_WORK
            + ")";
    boolean isWritten =
        statements.update(
                sql,
                columns -> {
                  columns.text(run.state().name()).time(run.endedAt());
                  columns.text(run.failureClass().map(FailureClass::name).orElse(null));
                  columns.text(run.message()).text(run.id()).number(run.token());
                })
            == 1;
    return followed(isWritten, run);
  }

  @Override
  public boolean updateRestart(Run run) {
    String sql =
        "update wb_run set restart_token = token where id = ? and token = ? and incarnation = ?"
            + " and"
            + UNFINISHED;
    return statements.update(
            sql, columns -> columns.text(run.id()).number(run.token()).text(incarnation(run)))
        == 1;
  }

  @Override
  public void updateObstacle(Run run) {
    statements.update(
        "update wb_run set message = ?, limit_name = ? where id = ? and state = 'QUEUED'",
        columns -> columns.text(run.message()).text(run.limit().orElse(null)).text(run.id()));
  }

  @Override
  public boolean reopen(String runId, Instant now) {
    String sql =
        "update wb_run set state = 'QUEUED', ended_at = null, message = ''"
            + " where id = ? and state = 'SKIPPED' and created_at > ?";
    return statements.update(sql, columns -> columns.text(runId).time(now)) == 1;
  }

  @Override
  public boolean updateRetried(Run waiting) {
    String sql =
        "update wb_run set state = 'RETRYING', kind = ?, payload = ?, due_at = ?, ended_at = null,"
            + " failure_class = null, message = '', ending = null where id = ? and token = ?"
            + " and state in ('FAILED', 'PARTIAL', 'TIMED_OUT', 'CANCELLED', 'UNKNOWN')";
    boolean isWritten =
        statements.update(
                sql,
                columns -> {
                  columns.text(waiting.kind().name()).text(waiting.payload()).time(waiting.dueAt());
                  columns.text(waiting.id()).number(waiting.token());
                })
            == 1;
    if (isWritten) {
      statements.call(
          connection -> {
            follower.goesOn(connection, waiting);
            return true;
          });
    }
    return isWritten;
  }

  @Override
  public boolean updateEnding(String runId, String why) {
    return statements.update(
            "update wb_run set ending = coalesce(ending, ?) where id = ? and" + UNFINISHED,
            columns -> columns.text(why).text(runId))
        == 1;
  }

  @Override
  public Optional<Run> byId(String id) {
    return select("where id = ?", id).stream().findFirst();
  }

  @Override
  public Optional<Run> bySlot(String slot) {
    return select("where slot = ?", slot).stream().findFirst();
  }

  @Override
  public List<Run> newest(@Nullable String job, int most) {
    String order = " order by id desc limit " + most;
    return job == null ? select(order) : select("where job = ?" + order, job);
  }

  @Override
  public List<Run> unfinished() {
    return select("where" + UNFINISHED + " order by id");
  }

  @Override
  public List<Run> unfinishedOf(String job) {
    return select("where" + UNFINISHED + " and job = ? order by id", job);
  }

  @Override
  public List<Run> shardsOf(String parent) {
    return select("where parent = ? order by id", parent);
  }

  @Override
  public List<Run> atWork() {
    return select("where" + AT_WORK + " and kind <> 'LOCAL' order by id");
  }

  @Override
  public List<Run> atWorkIn(String incarnation) {
    return select("where incarnation = ? and" + AT_WORK, incarnation);
  }

  @Override
  public List<Run> atWorkUnder(String limit, String butRunId) {
    return select(
        "where limit_name = ? and kind <> 'SHARD' and" + AT_WORK + " and id <> ? order by id",
        limit,
        butRunId);
  }

  @Override
  public List<Run> waitingBefore(String limit, String runId) {
    return select(
        "r where limit_name = ? and id < ? and"
            + WAITING
            + " and not exists (select 1 from wb_run l where l.job = r.job and l.state ="
            + " 'RUNNING')",
        limit,
        runId);
  }

  @Override
  public List<Run> queuedBefore(String job, String runId) {
    return select("where job = ? and state = 'QUEUED' and kind <> 'SHARD' and id < ?", job, runId);
  }

  @Override
  public List<Run> waitingOf(String job, int most) {
    return select("where job = ? and kind <> 'LOCAL' and" + WAITING + oldest(most), job);
  }

  @Override
  public List<Run> waitingUnder(String limit, int most) {
    return select("where limit_name = ? and kind <> 'LOCAL' and" + WAITING + oldest(most), limit);
  }

  private static String oldest(int most) {
    return " order by id limit " + most;
  }

  @Override
  public List<Run> longestWaiting(int most) {
    return select(
        "where kind <> 'LOCAL' and"
            + WAITING
            + " order by coalesce(due_at, created_at) limit "
            + most);
  }

  @Override
  public boolean isAlive(Owner other) {
    return !statements
        .select(
            "select 1 from wb_owner where incarnation = ? and" + OwnerLease.ALIVE,
            columns -> columns.text(other.incarnation()),
            row -> true)
        .isEmpty();
  }

  private List<Run> select(String condition, String... values) {
    return statements.select(
        "select " + COLUMNS + " from wb_run " + condition,
        columns -> {
          for (String value : values) {
            columns.text(value);
          }
        },
        JdbcRunRows::read);
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
        .decision(row.getString("decision"))
        .build();
  }
}
