package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/** Creates and upgrades the scheduler's tables: its own and the engine's. */
public final class SchedulerSchema {
  private SchedulerSchema() {}

  /**
   * Brings the tables to this version; does nothing when they are.
   *
   * @param dataSource an H2 or PostgreSQL database; other modules may have tables there too
   * @throws SchedulerException.StoreRefused if they are of a newer version
   * @throws SchedulerException.StoreFailed if the database is another one or refuses
   */
  public static void migrate(DataSource dataSource) {
    migrations(dataSource).migrate();
  }

  /**
   * Returns which version the tables have; changes nothing.
   *
   * @throws SchedulerException.StoreFailed if the database is another one or refuses
   */
  public static SchemaVersion version(DataSource dataSource) {
    return migrations(dataSource).version();
  }

  private static SchemaMigrations migrations(DataSource dataSource) {
    return SchemaMigrations.of("scheduler", SchedulerSchema.class.getClassLoader(), dataSource);
  }

  static String dialect(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
      return switch (product) {
        case "h2", "postgresql" -> product;
        default ->
            throw new SchedulerException.StoreFailed(
                "the store is a " + product + " database; use H2 or PostgreSQL", false, null);
      };
    } catch (SQLException e) {
      throw Transactions.failure("asking the store what database it is", e);
    }
  }
}
