package io.waybill.mail.jdbc;

import io.waybill.mail.MailException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs work in one committed transaction, or rolls it back and says what could not be done. */
public final class Transactions {
  private static final Logger log = LoggerFactory.getLogger(Transactions.class);

  private final DataSource dataSource;

  /** Runs on connections of this source. */
  public Transactions(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Commits what work has done, or rolls it back, whatever it threw.
   *
   * @param what in an error: "could not ..."
   * @throws MailException.StoreFailed if the database fails
   * @throws MailException.ContentUnavailable if something that was to be stored cannot be read
   */
  public <T> T run(String what, Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      return in(connection, work);
    } catch (SQLException e) {
      throw new MailException.StoreFailed(what, e);
    } catch (IOException e) {
      throw new MailException.ContentUnavailable("frozen message, to " + what, e);
    }
  }

  /** Commits what work has done, or rolls it back, whatever it threw. */
  public static <T> T in(Connection connection, Work<T> work) throws SQLException, IOException {
    connection.setAutoCommit(false);
    boolean isCommitted = false;
    try {
      T result = work.in(connection);
      connection.commit();
      isCommitted = true;
      return result;
    } finally {
      end(connection, isCommitted);
    }
  }

  /** In this order: a change that hangs half done would be committed by the switch back. */
  private static void end(Connection connection, boolean isCommitted) {
    try {
      if (!isCommitted) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      // What counts has happened; of a connection that is gone the database forgets the rest.
      log.debug("mail.store-connection-lost committed={} error={}", isCommitted, e.toString());
    }
  }

  /** Work within a transaction. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it; the caller commits. */
    T in(Connection connection) throws SQLException, IOException;
  }
}
