package io.waybill.scheduler.quartz;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.quartz.TriggerKey;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;

/**
 * The engine's statements for PostgreSQL.
 *
 * <p>Public because Quartz makes it by name.
 */
public final class PostgresDelegate extends PostgreSQLDelegate implements Eligibility.User {
  private volatile Eligibility eligibility = new Eligibility();

  @Override
  public void use(Eligibility decides) {
    eligibility = decides;
  }

  // noEarlierThan is for misfire policies, which our triggers do not have
  @Override
  public List<TriggerKey> selectTriggerToAcquire(
      Connection connection, long noLaterThan, long noEarlierThan, int most) throws SQLException {
    return eligibility.select(connection, tablePrefix + "TRIGGERS", schedName, noLaterThan, most);
  }
}
