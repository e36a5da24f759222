package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;

/** Creates and upgrades one module's tables in a store, and tells which version they have. */
public final class SchemaMigrations {
  private final String module;
  private final Flyway flyway;

  private SchemaMigrations(String module, Flyway flyway) {
    this.module = module;
    this.flyway = flyway;
  }

  /**
   * Finds a module's migrations, {@code db/MODULE/DIALECT} on the class path; their history is in
   * {@code wb_MODULE_schema_history}.
   *
   * @param loader of the module's resources
   * @param dataSource an H2 or PostgreSQL database; other modules may have tables there too
   * @throws SchedulerException.StoreFailed if it is another database, or cannot be reached
   */
  public static SchemaMigrations of(String module, ClassLoader loader, DataSource dataSource) {
    return new SchemaMigrations(
        module,
        Flyway.configure(loader)
            .dataSource(dataSource)
            .locations("classpath:db/" + module + "/" + SchedulerSchema.dialect(dataSource))
            .table("wb_" + module + "_schema_history")
            // other modules keep their tables in the same schema, so it need not be empty
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .load());
  }

  /**
   * Brings the tables to this version; does nothing when they are.
   *
   * @throws SchedulerException.StoreRefused if they are of a newer version
   * @throws SchedulerException.StoreFailed if the database refuses
   */
  public void migrate() {
    try {
      // Flyway itself takes newer tables for good ones
      SchemaVersion version = version();
      if (version.isNewer()) {
        throw version.refusal();
      }
      flyway.migrate();
    } catch (FlywayException e) {
      throw failure("could not be brought to this version", e);
    }
  }

  /**
   * Returns which version the tables have; changes nothing.
   *
   * @throws SchedulerException.StoreFailed if the database refuses
   */
  public SchemaVersion version() {
    try {
      List<MigrationInfo> all = List.of(flyway.info().all());
      return new SchemaVersion(
          module,
          newest(all.stream().filter(info -> info.getState().isApplied())),
          newest(all.stream().filter(info -> info.getState().isResolved())));
    } catch (FlywayException e) {
      throw failure("cannot be looked at", e);
    }
  }

  private static String newest(Stream<MigrationInfo> migrations) {
    return migrations
        .map(MigrationInfo::getVersion)
        .max(Comparator.naturalOrder())
        .map(MigrationVersion::toString)
        .orElse("");
  }

  private SchedulerException.StoreFailed failure(String what, FlywayException e) {
    return new SchedulerException.StoreFailed(
        "the "
            + module
            + "'s tables "
            + what
            + ": "
            + StoreTrouble.firstLine(e)
            + StoreTrouble.advice(e),
        false,
        e);
  }
}
