package io.waybill.jobs.run;

import io.waybill.jobs.StepJournal;
import io.waybill.jobs.json.Json;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.RunBelongings;
import io.waybill.scheduler.store.RunTables;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The rows of steps and of their finished items. Every write is fenced by the run's token. */
final class StepStore {
  private static final String INSERT_ITEM =
      "insert into wb_step_item (run_id, step_id, item_id, item, attempt, done_at, receipt)"
          + " values (?, ?, ?, ?, ?, current_timestamp, ?)";

  private final RunTables tables;

  StepStore(RunTables tables) {
    this.tables = tables;
  }

  /** A step that a run has begun. */
  record Begun(String id, String kind) {}

  /** Writes down that a run has come to a step; does nothing where it is written. */
  void begin(Run run, String stepId, String kind) {
    tables.fenced(
        run,
        connection ->
            update(
                connection,
                "insert into wb_step (run_id, step_id, ordinal, kind)"
                    + " select ?, ?, count(*) + 1, ? from wb_step where run_id = ?"
                    + " having not exists (select 1 from wb_step where run_id = ? and step_id = ?)",
                run.id(),
                stepId,
                kind,
                run.id(),
                run.id(),
                stepId));
  }

  /** Returns a run's steps in their order. */
  List<Begun> list(String runId) {
    return tables.reading(
        connection -> {
          List<Begun> steps = new ArrayList<>();
          try (PreparedStatement query =
              connection.prepareStatement(
                  "select step_id, kind from wb_step where run_id = ? order by ordinal")) {
            query.setString(1, runId);
            try (ResultSet rows = query.executeQuery()) {
              while (rows.next()) {
                steps.add(new Begun(rows.getString(1), rows.getString(2)));
              }
            }
          }
          return steps;
        });
  }

  /** Returns the items of a step of a run, to read. */
  Map<String, Map<String, Object>> items(String runId, String stepId) {
    return tables.reading(connection -> allItems(connection, runId, stepId));
  }

  StepJournal items(Run run, String stepId, int attempt) {
    return new StepJournal() {
      @Override
      public Optional<Map<String, Object>> find(String item) {
        return tables.reading(connection -> findItem(connection, run.id(), stepId, item));
      }

      @Override
      public Map<String, Map<String, Object>> items() {
        return StepStore.this.items(run.id(), stepId);
      }

      @Override
      public void done(String item, Map<String, Object> receipt) {
        tables.fenced(
            run, connection -> writeItem(connection, run.id(), stepId, attempt, item, receipt));
      }
    };
  }

  /** Something else that is written in the same transaction. */
  @FunctionalInterface
  interface Also {
    void write(Connection connection) throws SQLException;
  }

  /** Writes down that an item is done with, together with something else. */
  void done(Run run, String stepId, String item, Map<String, Object> receipt, Also also) {
    tables.fenced(
        run,
        connection -> {
          also.write(connection);
          return writeItem(connection, run.id(), stepId, 0, item, receipt);
        });
  }

  /** Writes several items of a step down at once, in the place of all that were written before. */
  void replaceItems(Run run, String stepId, Map<String, Map<String, Object>> receipts) {
    tables.fenced(
        run,
        connection -> {
          update(
              connection,
              "delete from wb_step_item where run_id = ? and step_id = ?",
              run.id(),
              stepId);
          try (PreparedStatement insert = connection.prepareStatement(INSERT_ITEM)) {
            for (Map.Entry<String, Map<String, Object>> item : receipts.entrySet()) {
              set(insert, itemRow(run.id(), stepId, 0, item.getKey(), item.getValue()));
              insert.addBatch();
            }
            insert.executeBatch();
          }
          return receipts.size();
        });
  }

  /**
   * Returns what is ours of runs that are forgotten.
   *
   * @param forgotten is told of them when they are
   */
  static RunBelongings belongings(Consumer<List<String>> forgotten) {
    return new RunBelongings() {
      @Override
      public int delete(Connection connection, String runId, int most) throws SQLException {
        return deleteSome(connection, runId, most);
      }

      @Override
      public void forgotten(List<String> runIds) {
        forgotten.accept(runIds);
      }
    };
  }

  /**
   * Deletes rows of a run that is forgotten: its items first, as there may be very many.
   *
   * @param most how many at most
   * @return how many; as many as {@code most} if there may be more
   */
  private static int deleteSome(Connection connection, String runId, int most) throws SQLException {
    Optional<Item> last = item(connection, runId, most);
    if (last.isPresent()) {
      return update(
          connection,
          "delete from wb_step_item where run_id = ?"
              + " and (step_id < ? or (step_id = ? and item_id <= ?))",
          runId,
          last.get().stepId(),
          last.get().stepId(),
          last.get().id());
    }
    // a run has as many steps as its job, and they go together
    return update(connection, "delete from wb_step_item where run_id = ?", runId)
        + update(connection, "delete from wb_step where run_id = ?", runId);
  }

  private record Item(String stepId, String id) {}

  /** Returns the item of this number, from 1; empty if there are not so many. */
  private static Optional<Item> item(Connection connection, String runId, int number)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select step_id, item_id from wb_step_item where run_id = ?"
                + " order by run_id, step_id, item_id offset ? rows fetch next 1 rows only")) {
      query.setString(1, runId);
      query.setInt(2, number - 1);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? Optional.of(new Item(row.getString(1), row.getString(2)))
            : Optional.empty();
      }
    }
  }

  private static Optional<Map<String, Object>> findItem(
      Connection connection, String runId, String stepId, String item) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select receipt from wb_step_item where run_id = ? and step_id = ? and item_id = ?")) {
      query.setString(1, runId);
      query.setString(2, stepId);
      query.setString(3, sha256(item));
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? Optional.of(Json.readObject(rows.getString(1))) : Optional.empty();
      }
    }
  }

  private static Map<String, Map<String, Object>> allItems(
      Connection connection, String runId, String stepId) throws SQLException {
    Map<String, Map<String, Object>> items = new LinkedHashMap<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select item, receipt from wb_step_item where run_id = ? and step_id = ?"
                + " order by done_at, item_id")) {
      query.setString(1, runId);
      query.setString(2, stepId);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          items.put(rows.getString(1), Json.readObject(rows.getString(2)));
        }
      }
    }
    return items;
  }

  private static int writeItem(
      Connection connection,
      String runId,
      String stepId,
      int attempt,
      String item,
      Map<String, Object> receipt)
      throws SQLException {
    String id = sha256(item);
    update(
        connection,
        "delete from wb_step_item where run_id = ? and step_id = ? and item_id = ?",
        runId,
        stepId,
        id);
    return update(connection, INSERT_ITEM, itemRow(runId, stepId, attempt, item, receipt));
  }

  private static Object[] itemRow(
      String runId, String stepId, int attempt, String item, Map<String, Object> receipt) {
    return new Object[] {runId, stepId, sha256(item), item, attempt, Json.write(receipt)};
  }

  private static int update(Connection connection, String sql, @Nullable Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, arguments);
      return statement.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, @Nullable Object... arguments)
      throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
