package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Moves everything in an embedded store, runs in flight included, to a PostgreSQL database.
 *
 * <p>The tables of all modules go there in one transaction, which is committed only once every row
 * has been read again from the server and is equal. The embedded store is left as it was, and
 * marked, so that nobody goes on with it by accident. What is cut short before that leaves the
 * store usable, and no row at the server.
 */
public final class StoreMove {
  private static final String POSTGRES_URL = "jdbc:postgresql:";
  private static final int CONNECTIONS = 2;

  private final List<Consumer<DataSource>> migrations;
  private final Function<DataSource, List<SchemaVersion>> versions;
  private final InstantSource clock;

  /**
   * Prepares.
   *
   * @param migrations create each module's tables
   * @param versions tells which versions they have
   * @param clock says when the store was moved
   */
  public StoreMove(
      List<Consumer<DataSource>> migrations,
      Function<DataSource, List<SchemaVersion>> versions,
      InstantSource clock) {
    this.migrations = List.copyOf(migrations);
    this.versions = versions;
    this.clock = clock;
  }

  /**
   * Moves.
   *
   * @param file the embedded store, without {@code .mv.db}
   * @param to where it goes; a database without rows of waybill's
   * @throws SchedulerException.StoreOwned if another process has the store open
   * @throws SchedulerException.StoreRefused if there is no store, it was moved before, its tables
   *     are not of this program's version, or the target is no PostgreSQL or not empty
   * @throws SchedulerException.StoreDamaged if what arrived is not what was sent; nothing was moved
   * @throws SchedulerException.StoreFailed if one of the two cannot be reached, read or written
   */
  public MoveReport move(Path file, StoreSettings to) {
    if (!to.url().startsWith(POSTGRES_URL)) {
      throw new SchedulerException.StoreRefused(
          "a store can be moved to PostgreSQL only, and "
              + to
              + " is none; its address begins with "
              + POSTGRES_URL,
          null);
    }
    StoreSettings from = StoreSettings.h2(file);
    Path store = from.file().orElseThrow();
    MovedStore.refuse(store);
    try (Store source = Store.openAsIs(from)) {
      requireCurrent(source);
      try (Store target = Store.openAsIs(to.withPoolSize(CONNECTIONS))) {
        refuseRows(target);
        migrations.forEach(migration -> migration.accept(target.dataSource()));
        return move(source, new MovedStore(store), target);
      }
    }
  }

  private void requireCurrent(Store source) {
    for (SchemaVersion version : versions.apply(source.dataSource())) {
      if (version.isNewer()) {
        throw version.refusal();
      }
      if (!version.isCurrent()) {
        throw new SchedulerException.StoreRefused(
            "the %s's tables in %s are of version %s, and this program has version %s; open the store with this program once, which upgrades it, and move it then"
                .formatted(
                    version.module(),
                    source.place(),
                    version.stored().isEmpty() ? "none" : version.stored(),
                    version.known()),
            null);
      }
    }
  }

  // tables without rows are what a move that was cut short has left
  private static void refuseRows(Store target) {
    List<String> filled =
        target
            .transactions()
            .run(
                "looking for what is there",
                connection -> {
                  List<String> names = new ArrayList<>();
                  for (String table : tableNames(connection)) {
                    if (!table.endsWith("_schema_history") && hasRows(connection, table)) {
                      names.add(table);
                    }
                  }
                  return names;
                });
    if (!filled.isEmpty()) {
      throw new SchedulerException.StoreRefused(
          "the database "
              + target.place()
              + " is not empty: there are rows in "
              + filled.stream().limit(3).collect(Collectors.joining(", "))
              + (filled.size() > 3 ? " and " + (filled.size() - 3) + " more tables" : "")
              + "; nothing was moved, give an empty database",
          null);
    }
  }

  // by name only: tables of other programs may have columns that a store has none of
  private static List<String> tableNames(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement(
                "select table_name from information_schema.tables where table_schema ="
                    + " current_schema and table_type = 'BASE TABLE' order by 1");
        ResultSet rows = statement.executeQuery()) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    }
  }

  private static boolean hasRows(Connection connection, String table) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("select 1 from " + StoredTable.quoted(table) + " limit 1");
        ResultSet row = statement.executeQuery()) {
      return row.next();
    }
  }

  private MoveReport move(Store source, MovedStore marker, Store target) {
    List<TableCount> tables = copyAndMark(source, marker, target);
    try {
      marker.markMoved(target.place(), clock.instant());
    } catch (IOException e) {
      throw StoreFiles.failure(
          "everything is at " + target.place() + " now, but " + marker.file() + " does not say so",
          e);
    }
    return new MoveReport(source.place(), target.place(), tables, marker.file());
  }

  private List<TableCount> copyAndMark(Store source, MovedStore marker, Store target) {
    AtomicBoolean isMarked = new AtomicBoolean();
    Transactions.Work<List<TableCount>> receive =
        from ->
            target
                .transactions()
                .run(
                    "receiving the rows",
                    to -> {
                      Store.waitInTransaction(to); // while rows are read at the other side
                      List<TableCount> moved = copy(from, to);
                      mark(marker, target);
                      isMarked.set(true);
                      return moved;
                    });
    try {
      return StoreSnapshot.read(source, "moving it", receive);
    } catch (SchedulerException e) {
      if (isMarked.get()) {
        // all that was left to do was the commit
        throw new SchedulerException.StoreFailed(
            "nobody knows whether the server has committed what was moved ("
                + e.getMessage()
                + "); look whether the runs are at "
                + target.place()
                + ": if so, go on there; if not, delete "
                + marker.file()
                + " and move again",
            false,
            e);
      }
      throw e;
    }
  }

  private List<TableCount> copy(Connection from, Connection to) throws SQLException {
    Catalogue here = Catalogue.read(from);
    Map<String, StoredTable> there = new HashMap<>();
    Catalogue.read(to).contents().forEach(table -> there.put(table.key(), table));
    requireSameShape(here, there);
    List<TableCount> counts = new ArrayList<>();
    for (StoredTable table : here.contents()) {
      counts.add(copy(from, table, to, Objects.requireNonNull(there.get(table.key()))));
    }
    return counts;
  }

  private static void requireSameShape(Catalogue here, Map<String, StoredTable> there) {
    List<String> differing =
        here.contents().stream()
            .filter(
                table -> {
                  StoredTable other = there.get(table.key());
                  return other == null || !other.shape().equals(table.shape());
                })
            .map(StoredTable::key)
            .toList();
    if (!differing.isEmpty()) {
      throw new SchedulerException.StoreRefused(
          "these tables of the store are not the same at the server: "
              + differing
              + "; nothing was moved, give an empty database",
          null);
    }
  }

  private static TableCount copy(
      Connection from, StoredTable table, Connection to, StoredTable target) throws SQLException {
    TableCount sent;
    try {
      sent = TableRows.copy(from, table, to, target, () -> {});
    } catch (SQLException e) {
      throw new SQLException(
          "table " + table.key() + " could not be copied, nothing was moved: " + e.getMessage(),
          e.getSQLState(),
          e);
    }
    TableCount arrived = TableRows.read(to, target);
    if (!arrived.equals(sent)) {
      throw new SchedulerException.StoreDamaged(
          "table %s was sent with %d rows and arrived with %d, or with other content; nothing was moved"
              .formatted(table.key(), sent.rows(), arrived.rows()),
          null);
    }
    for (StoredTable.Column column : target.columns()) {
      if (column.isIdentity()) {
        continueNumbering(from, table, to, target, column);
      }
    }
    return sent;
  }

  /** Goes on where the store's own numbers are, which can be beyond the highest that is there. */
  private static void continueNumbering(
      Connection from,
      StoredTable table,
      Connection to,
      StoredTable target,
      StoredTable.Column column)
      throws SQLException {
    long next;
    try (PreparedStatement statement =
        from.prepareStatement(
            "select identity_base from information_schema.columns where table_schema ="
                + " current_schema and table_name = ? and lower(column_name) = ?")) {
      statement.setString(1, table.name());
      statement.setString(2, column.key());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        next = row.getLong(1);
      }
    }
    try (PreparedStatement statement =
        to.prepareStatement("select setval(pg_get_serial_sequence(?, ?), ?, false)")) {
      statement.setString(1, StoredTable.quoted(target.name()));
      statement.setString(2, column.name());
      statement.setLong(3, next);
      statement.execute();
    }
  }

  private void mark(MovedStore marker, Store target) {
    try {
      marker.markMoving(target.place(), clock.instant());
    } catch (IOException e) {
      throw StoreFiles.failure("the store cannot be marked as moved, so it was not", e);
    }
  }
}
