package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Creates and upgrades the scheduler's tables: its own and the engine's. */
public final class SchedulerSchema {
  private static final String HISTORY_TABLE = "wb_scheduler_schema_history";

  private SchedulerSchema() {}

  /**
   * Brings the tables to this version; does nothing when they are.
   *
   * @param dataSource an H2 or PostgreSQL database; other modules may have tables there too
   * @throws SchedulerException.StoreFailed if the database is another one or refuses
   */
  public static void migrate(DataSource dataSource) {
    String dialect = dialect(dataSource);
    try {
      Flyway.configure(SchedulerSchema.class.getClassLoader())
          .dataSource(dataSource)
          .locations("classpath:db/scheduler/" + dialect)
          .table(HISTORY_TABLE)
          // other modules keep their tables in the same schema, so it need not be empty
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new SchedulerException.StoreFailed(
          "the scheduler's tables could not be brought to this version: "
              + e.getMessage()
              + "; a store written by a newer version cannot be opened by an older one",
          false,
          e);
    }
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
