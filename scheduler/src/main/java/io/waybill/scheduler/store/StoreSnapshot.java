package io.waybill.scheduler.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Reads a whole store as it is at one moment, while others go on writing. */
final class StoreSnapshot {
  private StoreSnapshot() {}

  /** Returns what the work returns, which sees what was committed when its first query began. */
  static <T> T read(Store store, String doing, Transactions.Work<T> work) {
    return store
        .transactions()
        .run(
            doing,
            connection -> store.isPostgres() ? onServer(connection, work) : inH2(connection, work));
  }

  private static <T> T onServer(Connection connection, Transactions.Work<T> work)
      throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    return work.with(connection);
  }

  private static <T> T inH2(Connection connection, Transactions.Work<T> work) throws SQLException {
    // below this level H2 takes a snapshot of each table by itself, when it is first read
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    try (Statement statement = connection.createStatement()) {
      // else a result is in memory as a whole before its first row is handed out
      statement.execute("set lazy_query_execution true");
      try {
        return work.with(connection);
      } finally {
        statement.execute("set lazy_query_execution false");
      }
    }
  }
}
