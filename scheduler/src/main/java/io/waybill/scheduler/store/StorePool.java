package io.waybill.scheduler.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * A pool that says which database gives it no connection, and why, whichever module asked for one;
 * the words of the library are about itself.
 */
final class StorePool extends HikariDataSource {
  private final StoreSettings settings;

  StorePool(HikariConfig config, StoreSettings settings) {
    super(config);
    this.settings = settings;
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      return super.getConnection();
    } catch (SQLTransientConnectionException e) {
      throw new SQLTransientConnectionException(words(e), e.getSQLState(), e);
    }
  }

  /** Returns a failure of a connection that this pool gave, and that names the database if lost. */
  static SQLException naming(DataSource dataSource, SQLException e) {
    boolean isNamed = e instanceof SQLTransientConnectionException;
    return dataSource instanceof StorePool pool && !isNamed && StoreTrouble.isConnectionLost(e)
        ? new SQLTransientConnectionException(
            StoreTrouble.lost(pool.settings, e), e.getSQLState(), e)
        : e;
  }

  private String words(SQLTransientConnectionException e) {
    if (e.getCause() instanceof SQLException refused) {
      return StoreTrouble.noConnection(settings, refused);
    }
    Duration waited = Duration.ofMillis(getConnectionTimeout());
    int open = getHikariPoolMXBean().getTotalConnections();
    return open < getMaximumPoolSize()
        ? StoreTrouble.unreachable(settings, "no answer within " + waited.toSeconds() + " s")
        : "all %d connections to the database %s were at work for %d s; try again"
            .formatted(open, settings, waited.toSeconds());
  }
}
