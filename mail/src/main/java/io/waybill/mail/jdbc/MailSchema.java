package io.waybill.mail.jdbc;

import io.waybill.mail.MailException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Creates and upgrades the tables of this module, on H2 and PostgreSQL. */
public final class MailSchema {
  private static final String HISTORY = "wb_mail_schema_history";

  private MailSchema() {}

  /**
   * Brings the tables to the version of this library; does nothing when they are there already.
   *
   * @throws MailException.StoreFailed if the database is of another kind or refuses
   */
  public static void migrate(DataSource dataSource) {
    try {
      Flyway.configure(MailSchema.class.getClassLoader())
          .dataSource(dataSource)
          .locations("classpath:db/mail/" + vendor(dataSource))
          .table(HISTORY)
          // Each module has its own history in one database, so the schema is rarely empty at
          // first.
          .baselineOnMigrate(true)
          .baselineVersion("0")
          .load()
          .migrate();
    } catch (SQLException | FlywayException e) {
      throw new MailException.StoreFailed("migrate its tables", e);
    }
  }

  private static String vendor(DataSource dataSource) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
      return switch (product) {
        case "h2", "postgresql" -> product;
        default -> throw new SQLException("no migrations for the database " + product);
      };
    }
  }
}
