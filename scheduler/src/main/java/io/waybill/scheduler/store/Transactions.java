package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs work in a transaction, and turns SQL failures into the module's exception once. */
final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long FIRST_WAIT_MILLIS = 100;
  private static final long MOST_WAIT_MILLIS = 2_000;

  private final DataSource dataSource;
  private final @Nullable Uninterrupted threads;

  /**
   * Makes them for a database.
   *
   * @param threads where each is run as a whole; null for the caller's thread
   */
  Transactions(DataSource dataSource, @Nullable Uninterrupted threads) {
    this.dataSource = dataSource;
    this.threads = threads;
  }

  /** Does something with a connection whose transaction is committed afterwards. */
  @FunctionalInterface
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /** Commits what the work wrote, or rolls it back if it throws. */
  <T> T run(String doing, Work<T> work) {
    try {
      return attempt(work);
    } catch (SQLException e) {
      throw failure(doing, StorePool.naming(dataSource, e));
    }
  }

  /**
   * As {@link #run}, but tries again for a minute if the database is only away. The work must find
   * out by itself whether a commit whose answer was lost is there.
   */
  <T> T patiently(String doing, Work<T> work) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (long wait = FIRST_WAIT_MILLIS; ; wait = Math.min(MOST_WAIT_MILLIS, 2 * wait)) {
      try {
        return attempt(work);
      } catch (SQLException e) {
        SchedulerException.StoreFailed failed = failure(doing, StorePool.naming(dataSource, e));
        if (!failed.isTransient() || System.nanoTime() > deadline) {
          throw failed;
        }
        LOG.debug("event=store_away doing=\"{}\" why=\"{}\"", doing, e.getMessage());
        pause(wait, failed);
      }
    }
  }

  // an interrupt means that the process is told to end: what could not be written is found later
  private static void pause(long millis, SchedulerException.StoreFailed failed) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed;
    }
  }

  /** As {@link #run}, but leaves the translation of SQL failures to the caller. */
  <T> T attempt(Work<T> work) throws SQLException {
    return threads == null ? inTransaction(work) : threads.call(() -> inTransaction(work));
  }

  private <T> T inTransaction(Work<T> work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        T result = work.with(connection);
        connection.commit();
        return result;
      } catch (SqlFailure e) {
        rollBack(connection, e.failure());
        throw e.failure();
      } catch (SQLException | RuntimeException e) {
        rollBack(connection, e);
        throw e;
      }
    }
  }

  private static void rollBack(Connection connection, Exception failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  static SchedulerException.StoreFailed failure(String doing, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    // 08: connection lost; 40: deadlock or serialization; 57P: the server is going down or starting
    boolean temporary =
        e instanceof SQLTransientException
            || state.startsWith("08")
            || state.startsWith("40")
            || state.startsWith("57P");
    return new SchedulerException.StoreFailed(
        "the store failed while " + doing + ": " + e.getMessage() + StoreTrouble.advice(e),
        temporary,
        e);
  }

  static boolean isDuplicate(SQLException e) {
    return "23505".equals(e.getSQLState());
  }
}
