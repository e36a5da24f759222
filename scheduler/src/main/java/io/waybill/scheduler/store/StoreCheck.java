package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for damage in a store, while it is in use or not: reads every table of every module from
 * end to end, follows the keys between them, and holds the rows against rules.
 */
public final class StoreCheck {
  private static final int NAMED_ROWS = 5;

  private final List<SchemaVersion> schemas;
  private final List<StoreRule> rules;
  private final List<TableCount> tables = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private StoreCheck(List<SchemaVersion> schemas, List<StoreRule> rules) {
    this.schemas = schemas;
    this.rules = rules;
  }

  /**
   * Checks a store as it is at one moment.
   *
   * @param schemas which versions the tables have
   * @param more rules of other modules, beside the scheduler's own
   * @throws SchedulerException.StoreFailed if it cannot be reached; what cannot be read in it is a
   *     problem of the report
   */
  public static StoreReport check(Store store, List<SchemaVersion> schemas, List<StoreRule> more) {
    List<StoreRule> rules = new ArrayList<>(SchedulerRules.all());
    rules.addAll(more);
    StoreCheck check = new StoreCheck(schemas, rules);
    StoreSnapshot.read(
        store, "checking it", connection -> check.look(connection, store.isReadOnly()));
    return new StoreReport(store.place(), schemas, check.tables, check.problems, check.notes);
  }

  private boolean look(Connection connection, boolean isBackup) throws SQLException {
    lookAtVersions();
    Catalogue catalogue = Catalogue.read(connection);
    if (catalogue.contents().isEmpty()) {
      problems.add("there are no tables in it: this is no store of waybill's");
    }
    for (StoredTable table : catalogue.withoutManifest()) {
      read(connection, table);
    }
    if (isBackup && catalogue.table(BackupManifest.TABLE).isPresent()) {
      guarded(
          connection,
          "what the backup held cannot be read",
          () -> problems.addAll(BackupManifest.differences(connection, tables)));
    }
    for (ForeignKey key : catalogue.foreignKeys()) {
      follow(connection, key);
    }
    for (StoreRule rule : rules) {
      if (catalogue.table(rule.table()).isPresent()) {
        hold(connection, rule);
      }
    }
    return true;
  }

  private void lookAtVersions() {
    for (SchemaVersion schema : schemas) {
      if (schema.stored().isEmpty()) {
        problems.add("the " + schema.module() + "'s tables are missing");
      } else if (schema.isNewer()) {
        problems.add(schema.newerThanProgram());
      } else if (!schema.isCurrent()) {
        notes.add(
            "the %s's tables are of version %s; this program upgrades them to %s when it next opens the store"
                .formatted(schema.module(), schema.stored(), schema.known()));
      }
    }
  }

  private void read(Connection connection, StoredTable table) throws SQLException {
    guarded(
        connection,
        "table " + table.key() + " cannot be read to its end",
        () -> tables.add(TableRows.read(connection, table)));
  }

  private void follow(Connection connection, ForeignKey key) throws SQLException {
    guarded(
        connection,
        "the keys from " + key.child() + " to " + key.parent() + " cannot be followed",
        () -> {
          try (PreparedStatement statement = connection.prepareStatement(key.countOrphans());
              ResultSet row = statement.executeQuery()) {
            row.next();
            if (row.getLong(1) > 0) {
              problems.add(
                  "%d rows of %s name rows of %s that are not there"
                      .formatted(row.getLong(1), key.child(), key.parent()));
            }
          }
        });
  }

  private void hold(Connection connection, StoreRule rule) throws SQLException {
    guarded(
        connection,
        "rows of " + rule.table() + " cannot be looked at",
        () -> {
          List<String> named = new ArrayList<>();
          long count = 0;
          try (PreparedStatement statement = connection.prepareStatement(rule.query());
              ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              if (++count <= NAMED_ROWS) {
                named.add(rows.getString(1).strip());
              }
            }
          }
          if (count > 0) {
            String more = count > NAMED_ROWS ? " and " + (count - NAMED_ROWS) + " more" : "";
            (rule.isNote() ? notes : problems)
                .add(rule.table() + ": " + String.join(", ", named) + more + " " + rule.meaning());
          }
        });
  }

  /** One look at the store. */
  @FunctionalInterface
  private interface Look {
    void take() throws SQLException;
  }

  // what cannot be read is a problem, and the next table may be readable
  private void guarded(Connection connection, String trouble, Look look) throws SQLException {
    // a server does nothing more in a transaction in which something has failed
    Savepoint before = connection.setSavepoint();
    try {
      look.take();
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      problems.add(trouble + ": " + e.getMessage());
      connection.rollback(before);
    }
  }
}
