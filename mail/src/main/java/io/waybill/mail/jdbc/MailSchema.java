package io.waybill.mail.jdbc;

import io.waybill.mail.MailException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;

/** Creates and upgrades the tables of this module, on H2 and PostgreSQL. */
public final class MailSchema {
  private static final String HISTORY = "wb_mail_schema_history";

  private MailSchema() {}

  /**
   * Brings the tables to the version of this library; does nothing when they are there already.
   *
   * @throws MailException.StoreTooNew if they are of a newer version
   * @throws MailException.StoreFailed if the database is of another kind or refuses
   */
  public static void migrate(DataSource dataSource) {
    try {
      Flyway flyway = flyway(dataSource);
      Version version = version(flyway);
      // Flyway itself takes newer tables for good ones.
      if (version.isNewer()) {
        throw new MailException.StoreTooNew(version.stored(), version.known());
      }
      flyway.migrate();
    } catch (SQLException | FlywayException e) {
      throw new MailException.StoreFailed("migrate its tables", e);
    }
  }

  /**
   * Which version the tables have, and which this library knows.
   *
   * @param stored the newest migration that was applied; empty if there are no tables
   * @param known the newest migration of this library
   */
  public record Version(String stored, String known) {

    private boolean isNewer() {
      return !stored.isEmpty()
          && MigrationVersion.fromVersion(stored).isNewerThan(MigrationVersion.fromVersion(known));
    }
  }

  /**
   * Returns which version the tables have; changes nothing.
   *
   * @throws MailException.StoreFailed if the database is of another kind or refuses
   */
  public static Version version(DataSource dataSource) {
    try {
      return version(flyway(dataSource));
    } catch (SQLException | FlywayException e) {
      throw new MailException.StoreFailed("look at its tables", e);
    }
  }

  private static Flyway flyway(DataSource dataSource) throws SQLException {
    return Flyway.configure(MailSchema.class.getClassLoader())
        .dataSource(dataSource)
        .locations("classpath:db/mail/" + vendor(dataSource))
        .table(HISTORY)
        // Each module has its own history in one database, so the schema is rarely empty at
        // first.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load();
  }

  private static Version version(Flyway flyway) {
    List<MigrationInfo> all = List.of(flyway.info().all());
    return new Version(
        newest(all.stream().filter(info -> info.getState().isApplied())),
        newest(all.stream().filter(info -> info.getState().isResolved())));
  }

  private static String newest(Stream<MigrationInfo> migrations) {
    return migrations
        .map(MigrationInfo::getVersion)
        .max(Comparator.naturalOrder())
        .map(MigrationVersion::toString)
        .orElse("");
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
