package io.waybill.scheduler.store;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads all rows of a table, and writes them elsewhere, with a bounded number of them in memory.
 */
final class TableRows {
  private static final int FETCHED_ROWS = 200;
  private static final int BATCH_ROWS = 500;
  // the outbox keeps messages in rows of 256 KiB
  private static final long BATCH_BYTES = 1L << 20;

  private TableRows() {}

  /** Says what goes on with each row. */
  @FunctionalInterface
  private interface Reader {
    void row(@Nullable Object[] values) throws SQLException;
  }

  /** Reads a table from end to end. */
  static TableCount read(Connection connection, StoredTable table) throws SQLException {
    TableDigest digest = new TableDigest();
    each(connection, table, values -> digest.add(table, values));
    return digest.count(table);
  }

  /**
   * Copies all rows of a table into an empty one of the same columns.
   *
   * @param end called after each batch
   * @return what was read
   */
  static TableCount copy(
      Connection from, StoredTable table, Connection to, StoredTable target, BatchEnd end)
      throws SQLException {
    TableDigest digest = new TableDigest();
    try (PreparedStatement insert = to.prepareStatement(target.insert())) {
      Batch batch = new Batch(insert, target, end);
      each(
          from,
          table,
          values -> {
            digest.add(table, values);
            batch.add(values);
          });
      batch.flush();
    }
    return digest.count(table);
  }

  /** What is done between two batches. */
  @FunctionalInterface
  interface BatchEnd {
    void reached() throws SQLException;
  }

  private static void each(Connection connection, StoredTable table, Reader reader)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(table.selectAll())) {
      statement.setFetchSize(FETCHED_ROWS);
      try (ResultSet rows = statement.executeQuery()) {
        int width = table.columns().size();
        while (rows.next()) {
          @Nullable Object[] values = new @Nullable Object[width];
          for (int i = 0; i < width; i++) {
            values[i] = table.columns().get(i).kind().read(rows, i + 1);
          }
          reader.row(values);
        }
      }
    }
  }

  private static final class Batch {
    private final PreparedStatement insert;
    private final StoredTable table;
    private final BatchEnd end;
    private int rows;
    private long bytes;

    Batch(PreparedStatement insert, StoredTable table, BatchEnd end) {
      this.insert = insert;
      this.table = table;
      this.end = end;
    }

    void add(@Nullable Object[] values) throws SQLException {
      for (int i = 0; i < values.length; i++) {
        StoredTable.Column column = table.columns().get(i);
        Object value = values[i];
        column.kind().write(insert, i + 1, value);
        bytes += sizeOf(value);
      }
      insert.addBatch();
      if (++rows >= BATCH_ROWS || bytes >= BATCH_BYTES) {
        flush();
      }
    }

    private static long sizeOf(@Nullable Object value) {
      if (value instanceof byte[] content) {
        return content.length;
      }
      return value instanceof String text ? text.length() : Long.BYTES;
    }

    void flush() throws SQLException {
      if (rows == 0) {
        return;
      }
      try {
        insert.executeBatch();
      } catch (BatchUpdateException e) {
        // the one behind it says which row and why
        throw e.getNextException() == null ? e : e.getNextException();
      }
      rows = 0;
      bytes = 0;
      end.reached();
    }
  }
}
