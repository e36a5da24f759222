package io.waybill.scheduler.store;

import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.HistoryPolicy.Keep;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.Ulid;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Forgets finished runs that a {@link HistoryPolicy} no longer keeps, in small transactions of
 * their own. Nodes that share a store take turns.
 *
 * <p>All methods throw {@link SchedulerException.StoreFailed} when the database does. Safe for use
 * by many threads.
 */
public final class RunHistory {
  /** How many runs a transaction forgets at most, and how many rows that belong to them. */
  static final int BATCH_RUNS = 100;

  static final int BATCH_ROWS = 2_000;

  private static final String FINISHED = words(EnumSet.allOf(RunState.class));

  private final Transactions transactions;
  private final InstantSource clock;

  private RunHistory(Store store, InstantSource clock) {
    this.transactions = store.transactions();
    this.clock = clock;
  }

  /** Returns the history of a store. */
  public static RunHistory of(Store store, InstantSource clock) {
    return new RunHistory(store, clock);
  }

  /** How far a pruning has come. */
  public enum Progress {
    /** Nothing is left to forget. */
    COMPLETE,
    /** It was told to stop before that. */
    STOPPED,
    /** Another node is at it. */
    ELSEWHERE
  }

  /** Returns the first job, by name, behind a name; empty if no later one has runs. */
  public Optional<String> jobBehind(String name) {
    return transactions.run(
        "looking for jobs",
        connection ->
            texts(
                    connection,
                    "select job from wb_run where job > ? order by job fetch first 1 rows only",
                    name)
                .stream()
                .findFirst());
  }

  /** Returns those of these ids of which there is a run. */
  public Set<String> known(Collection<String> runIds) {
    Set<String> known = new HashSet<>();
    List<String> ids = List.copyOf(runIds);
    for (int from = 0; from < ids.size(); from += BATCH_RUNS) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + BATCH_RUNS));
      known.addAll(
          transactions.run(
              "looking for runs",
              connection ->
                  texts(
                      connection,
                      "select id from wb_run where id in (" + marks(some) + ")",
                      some.toArray())));
    }
    return known;
  }

  /**
   * Forgets runs of a job, the oldest first, until nothing is left to forget.
   *
   * @param belongings what goes with them
   * @param goesOn asked after each transaction
   */
  public Progress prune(
      String job, HistoryPolicy policy, RunBelongings belongings, BooleanSupplier goesOn) {
    for (Bound bound : bounds(job, policy)) {
      Batch batch;
      do {
        batch =
            transactions.run("forgetting runs of " + job, c -> prune(c, job, bound, belongings));
        if (!batch.forgotten().isEmpty()) {
          belongings.forgotten(batch.forgotten());
        }
        if (batch.progress() == Progress.ELSEWHERE) {
          return Progress.ELSEWHERE;
        }
        if (!goesOn.getAsBoolean()) {
          return Progress.STOPPED;
        }
      } while (batch.progress() == Progress.STOPPED);
    }
    return Progress.COMPLETE;
  }

  /**
   * Finished runs that are to be forgotten.
   *
   * @param states SQL words of their states
   * @param lastId the greatest of their ids
   * @param endedBefore before which they ended
   * @param keptId one that stays all the same; empty if there is none
   */
  private record Bound(String states, String lastId, Instant endedBefore, String keptId) {}

  private record Batch(List<String> forgotten, Progress progress) {}

  // What comes to an end while this goes on is newer than each of these bounds, and in none of
  // them.
  private List<Bound> bounds(String job, HistoryPolicy policy) {
    Instant now = clock.instant();
    Instant fresh = now.minus(HistoryPolicy.FRESH);
    Instant aged = now.minus(policy.age());
    return transactions.run(
        "looking for runs of " + job + " to forget",
        connection -> {
          String succeeded = words(EnumSet.of(RunState.SUCCEEDED));
          String latestSuccess = newest(connection, job, succeeded, 0).orElse("");
          List<Bound> bounds = new ArrayList<>();
          bounds.add(new Bound(FINISHED, Ulid.leastOf(aged), aged, latestSuccess));
          if (policy.keep() == Keep.FAILURES) {
            for (RunState state : List.of(RunState.SUCCEEDED, RunState.SKIPPED)) {
              String words = words(EnumSet.of(state));
              newest(connection, job, words, HistoryPolicy.UNEVENTFUL)
                  .ifPresent(id -> bounds.add(new Bound(words, id, fresh, latestSuccess)));
            }
          }
          newest(connection, job, FINISHED, policy.runs())
              .ifPresent(id -> bounds.add(new Bound(FINISHED, id, fresh, latestSuccess)));
          return bounds;
        });
  }

  // ordered by both columns of the index: H2 sorts all rows of the job if it is told only one
  private static Optional<String> newest(Connection connection, String job, String states, int skip)
      throws SQLException {
    return texts(
            connection,
            "select id from wb_run where job = ? and state in ("
                + states
                + ") order by job desc, id desc offset "
                + skip
                + " rows fetch next 1 rows only",
            job)
        .stream()
        .findFirst();
  }

  private static Batch prune(
      Connection connection, String job, Bound bound, RunBelongings belongings)
      throws SQLException {
    if (!Gates.lockIfFree(connection, "history")) {
      return new Batch(List.of(), Progress.ELSEWHERE);
    }
    List<String> found = find(connection, job, bound);
    List<String> forgotten = new ArrayList<>();
    int rowsLeft = BATCH_ROWS;
    for (String id : found) {
      int deleted = belongings.delete(connection, id, rowsLeft);
      rowsLeft -= deleted;
      if (rowsLeft <= 0) {
        break; // the rest of this run's rows, and the run, in the next transaction
      }
      forgotten.add(id);
    }
    delete(connection, forgotten);
    boolean isLast = forgotten.size() == found.size() && found.size() < BATCH_RUNS;
    return new Batch(forgotten, isLast ? Progress.COMPLETE : Progress.STOPPED);
  }

  // a shard stays until its parent has read what became of it
  private static List<String> find(Connection connection, String job, Bound bound)
      throws SQLException {
    return texts(
        connection,
        "select id from wb_run r where job = ? and id <= ? and state in ("
            + bound.states()
            + ") and ended_at < ? and id <> ? and (parent is null or not exists (select 1 from"
            + " wb_run p where p.id = r.parent and p.state not in ("
            + FINISHED
            + "))) order by job, id fetch first "
            + BATCH_RUNS
            + " rows only",
        job,
        bound.lastId(),
        bound.endedBefore(),
        bound.keptId());
  }

  private static void delete(Connection connection, List<String> ids) throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    String sql = "delete from wb_run where id in (" + marks(ids) + ")";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      fill(statement, ids.toArray());
      statement.executeUpdate();
    }
  }

  private static List<String> texts(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      fill(statement, values);
      try (ResultSet rows = statement.executeQuery()) {
        List<String> texts = new ArrayList<>();
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
        return texts;
      }
    }
  }

  private static void fill(PreparedStatement statement, Object... values) throws SQLException {
    Columns columns = new Columns(statement);
    for (Object value : values) {
      if (value instanceof Instant time) {
        columns.time(time);
      } else {
        columns.text((String) value);
      }
    }
  }

  private static String marks(List<String> values) {
    return String.join(", ", values.stream().map(value -> "?").toList());
  }

  private static String words(Set<RunState> states) {
    return Arrays.stream(RunState.values())
        .filter(state -> state.isFinished() && states.contains(state))
        .map(state -> "'" + state.name() + "'")
        .collect(Collectors.joining(", "));
  }
}
