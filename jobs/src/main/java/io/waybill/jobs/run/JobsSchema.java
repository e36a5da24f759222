package io.waybill.jobs.run;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** This module's tables. */
public final class JobsSchema {
  private JobsSchema() {}

  /** Brings the tables to this program's version; does nothing where they are. */
  public static void migrate(DataSource store, boolean isPostgresql) {
    Flyway.configure(JobsSchema.class.getClassLoader())
        .dataSource(store)
        .locations("classpath:db/jobs/" + (isPostgresql ? "postgresql" : "h2"))
        .table("wb_jobs_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
  }
}
