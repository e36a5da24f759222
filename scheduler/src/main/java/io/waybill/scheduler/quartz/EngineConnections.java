package io.waybill.scheduler.quartz;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.quartz.utils.ConnectionProvider;

/** Lends the store's connections to Quartz, until Quartz is shut down; the pool stays ours. */
final class EngineConnections implements ConnectionProvider {
  private volatile @Nullable DataSource dataSource;

  EngineConnections(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  public Connection getConnection() throws SQLException {
    DataSource current = dataSource;
    if (current == null) {
      throw new SQLException("the scheduler is closed");
    }
    return current.getConnection();
  }

  @Override
  public void shutdown() {
    // Quartz keeps every provider it ever saw in a static map: at least it does not keep the pool
    dataSource = null;
  }

  @Override
  public void initialize() {}
}
