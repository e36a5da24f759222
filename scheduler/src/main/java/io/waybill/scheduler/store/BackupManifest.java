package io.waybill.scheduler.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table in a backup, and in no other store, that says what the other tables held when it was
 * written: H2 has no checksums over content, so that a byte which a disk has changed since would be
 * taken for what was there.
 */
final class BackupManifest {
  static final String TABLE = "wb_backup_manifest";

  private BackupManifest() {}

  /** Writes it into a copy; one that a store has because it is a backup itself is replaced. */
  static void write(Connection connection, List<TableCount> counts) throws SQLException {
    drop(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table "
              + TABLE
              + " (table_name varchar(200) primary key, row_count bigint not null,"
              + " digest varchar(64) not null)");
    }
    try (PreparedStatement statement =
        connection.prepareStatement("insert into " + TABLE + " values (?, ?, ?)")) {
      for (TableCount count : counts) {
        new Columns(statement).text(count.table()).number(count.rows()).text(count.digest());
        statement.executeUpdate();
      }
    }
  }

  static void drop(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists " + TABLE);
    }
  }

  /** Returns what is not as it was written. */
  static List<String> differences(Connection connection, List<TableCount> found)
      throws SQLException {
    Map<String, TableCount> written = new HashMap<>();
    try (PreparedStatement statement =
            connection.prepareStatement("select table_name, row_count, digest from " + TABLE);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        TableCount count = new TableCount(rows.getString(1), rows.getLong(2), rows.getString(3));
        written.put(count.table(), count);
      }
    }
    List<String> differences = new ArrayList<>();
    for (TableCount count : found) {
      TableCount before = written.remove(count.table());
      if (!count.equals(before)) {
        differences.add(
            "table %s is not as it was written: it has %d rows, and had %s"
                .formatted(
                    count.table(),
                    count.rows(),
                    before == null
                        ? "not been there"
                        : before.rows() == count.rows()
                            ? "as many of other content"
                            : before.rows()));
      }
    }
    written.keySet().forEach(table -> differences.add("table " + table + " is missing"));
    return differences;
  }
}
