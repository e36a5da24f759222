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
  private final StoreOutage outage = new StoreOutage();

  StorePool(HikariConfig config, StoreSettings settings) {
    super(config);
    this.settings = settings;
  }

  @Override
  public Connection getConnection() throws SQLException {
    try {
      Connection connection = super.getConnection();
      outage.ended();
      return connection;
    } catch (SQLTransientConnectionException e) {
      String words = words(e);
      if (isAway(e)) {
        outage.began(words);
      }
      throw new SQLTransientConnectionException(words, e.getSQLState(), e);
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

  // else all of its connections are at work
  private boolean isAway(SQLTransientConnectionException e) {
    return e.getCause() instanceof SQLException
        || getHikariPoolMXBean().getTotalConnections() < getMaximumPoolSize();
  }

  private String words(SQLTransientConnectionException e) {
    if (e.getCause() instanceof SQLException refused) {
      return StoreTrouble.noConnection(settings, refused);
    }
    long waited = Duration.ofMillis(getConnectionTimeout()).toSeconds();
    return isAway(e)
        ? StoreTrouble.unreachable(settings, "no answer within " + waited + " s")
        : "all %d connections to the database %s were at work for %d s; try again"
            .formatted(getMaximumPoolSize(), settings, waited);
  }
}
