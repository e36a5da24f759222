package io.waybill.scheduler.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which tables a store has, read from the database itself: other modules keep tables beside the
 * scheduler's, and what is copied or checked is all of them.
 */
final class Catalogue {
  private final List<StoredTable> tables;
  private final List<ForeignKey> foreignKeys;

  private Catalogue(List<StoredTable> tables, List<ForeignKey> foreignKeys) {
    this.tables = tables;
    this.foreignKeys = foreignKeys;
  }

  static Catalogue read(Connection connection) throws SQLException {
    Map<String, List<StoredTable.Column>> columns = new LinkedHashMap<>();
    String sql =
        "select t.table_name, c.column_name, c.data_type, c.is_identity from"
            + " information_schema.tables t join information_schema.columns c"
            + " on c.table_schema = t.table_schema and c.table_name = t.table_name"
            + " where t.table_schema = current_schema and t.table_type = 'BASE TABLE'"
            + " order by t.table_name, c.ordinal_position";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        String table = rows.getString(1);
        columns
            .computeIfAbsent(table, name -> new ArrayList<>())
            .add(
                new StoredTable.Column(
                    rows.getString(2),
                    ColumnKind.of(table, rows.getString(2), rows.getString(3)),
                    "YES".equals(rows.getString(4))));
      }
    }
    List<StoredTable> tables = new ArrayList<>();
    List<ForeignKey> foreignKeys = new ArrayList<>();
    for (Map.Entry<String, List<StoredTable.Column>> each : columns.entrySet()) {
      each.getValue().sort(Comparator.comparing(StoredTable.Column::key));
      tables.add(new StoredTable(each.getKey(), each.getValue()));
      foreignKeys.addAll(foreignKeys(connection, each.getKey()));
    }
    return new Catalogue(parentsFirst(tables, foreignKeys), List.copyOf(foreignKeys));
  }

  private static List<ForeignKey> foreignKeys(Connection connection, String table)
      throws SQLException {
    Map<String, String> parents = new LinkedHashMap<>();
    Map<String, List<ForeignKey.Pair>> pairs = new LinkedHashMap<>();
    try (ResultSet rows =
        connection.getMetaData().getImportedKeys(null, connection.getSchema(), table)) {
      while (rows.next()) {
        String name = rows.getString("FK_NAME");
        parents.put(name, rows.getString("PKTABLE_NAME"));
        pairs
            .computeIfAbsent(name, key -> new ArrayList<>())
            .add(
                new ForeignKey.Pair(
                    rows.getString("FKCOLUMN_NAME"), rows.getString("PKCOLUMN_NAME")));
      }
    }
    List<ForeignKey> keys = new ArrayList<>();
    parents.forEach(
        (name, parent) ->
            keys.add(new ForeignKey(table, parent, pairs.getOrDefault(name, List.of()))));
    return keys;
  }

  // a table comes after those that its rows name, so that its rows can be written in this order
  private static List<StoredTable> parentsFirst(List<StoredTable> tables, List<ForeignKey> keys) {
    List<StoredTable> left = new ArrayList<>(tables);
    left.sort(Comparator.comparing(StoredTable::key));
    List<StoredTable> ordered = new ArrayList<>();
    Set<String> done = new HashSet<>();
    while (!left.isEmpty()) {
      StoredTable next =
          left.stream()
              .filter(table -> keys.stream().allMatch(key -> isReady(key, table, done)))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("tables that name each other: " + left));
      left.remove(next);
      done.add(next.name());
      ordered.add(next);
    }
    return List.copyOf(ordered);
  }

  private static boolean isReady(ForeignKey key, StoredTable table, Set<String> done) {
    return !key.child().equals(table.name())
        || key.parent().equals(table.name())
        || done.contains(key.parent());
  }

  /** Returns all tables, each after those that its rows name. */
  List<StoredTable> tables() {
    return tables;
  }

  /** Returns all tables but the one that only backups have, in that order. */
  List<StoredTable> withoutManifest() {
    return tables.stream().filter(table -> !table.key().equals(BackupManifest.TABLE)).toList();
  }

  /** Returns the tables that hold more than the histories of migrations, in that order. */
  List<StoredTable> contents() {
    return withoutManifest().stream().filter(table -> !table.isHistory()).toList();
  }

  Optional<StoredTable> table(String key) {
    return tables.stream().filter(table -> table.key().equals(key)).findFirst();
  }

  List<ForeignKey> foreignKeys() {
    return foreignKeys;
  }
}
