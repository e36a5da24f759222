package io.waybill.scheduler.store;

import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.ScheduledJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Rows that are locked while something is decided that only one node at a time may decide, such as
 * who may run: without them two nodes could each see that nobody runs. Always in the same order:
 * the job's, then the limit's.
 */
final class Gates {
  private Gates() {}

  static void lock(Connection connection, ScheduledJob job) throws SQLException {
    if (job.overlap() != OverlapPolicy.ALLOW) {
      lock(connection, "job:" + job.name());
    }
    if (job.limit().isPresent()) {
      ConcurrencyLimit limit = job.limit().get();
      lock(connection, "limit:" + limit.name());
    }
  }

  /** Waits for the gate of a name; it stays locked until the transaction ends. */
  static void lock(Connection connection, String name) throws SQLException {
    if (!tryLock(connection, name)) {
      insert(connection, name);
      tryLock(connection, name);
    }
  }

  /**
   * Takes the gate of a name if nobody has it; it stays locked until the transaction ends.
   *
   * @return whether it was free
   */
  static boolean lockIfFree(Connection connection, String name) throws SQLException {
    if (tryLock(connection, name, " for update skip locked")) {
      return true;
    }
    if (tryLock(connection, name, "")) {
      return false; // it is there, and locked
    }
    insert(connection, name);
    return tryLock(connection, name, " for update skip locked");
  }

  private static boolean tryLock(Connection connection, String name) throws SQLException {
    return tryLock(connection, name, " for update");
  }

  private static boolean tryLock(Connection connection, String name, String how)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select name from wb_gate where name = ?" + how)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private static void insert(Connection connection, String name) throws SQLException {
    boolean postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    // in PostgreSQL a failed statement would end the transaction; H2 has no such clause
    String sql =
        "insert into wb_gate (name) values (?)" + (postgres ? " on conflict do nothing" : "");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.executeUpdate();
    } catch (SQLException e) {
      if (!Transactions.isDuplicate(e)) {
        throw e;
      }
    }
  }
}
