package io.waybill.scheduler.store;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A table of the store, whichever module's it is.
 *
 * @param name as its database spells it
 * @param columns in the order of their names in lower case, which is the same on every database
 */
record StoredTable(String name, List<Column> columns) {
  private static final String HISTORY = "_schema_history";

  StoredTable {
    columns = List.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param name as its database spells it
   * @param isIdentity whether the database numbers its rows
   */
  record Column(String name, ColumnKind kind, boolean isIdentity) {

    String key() {
      return name.toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the name by which it is known on every database. */
  String key() {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Returns whether migrations write it, and nobody else. */
  boolean isHistory() {
    return key().endsWith(HISTORY);
  }

  /** Returns what a copy must have to take its rows. */
  String shape() {
    return columns.stream()
        .map(column -> column.key() + " " + column.kind())
        .collect(Collectors.joining(", "));
  }

  String selectAll() {
    return "select " + columnList() + " from " + quoted(name);
  }

  String insert() {
    return "insert into "
        + quoted(name)
        + " ("
        + columnList()
        + ") values ("
        + columns.stream().map(column -> "?").collect(Collectors.joining(", "))
        + ")";
  }

  private String columnList() {
    return columns.stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
  }

  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
