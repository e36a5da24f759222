package io.waybill.jobs.run;

import io.waybill.jobs.measure.MeasureHistory;
import io.waybill.scheduler.store.SchemaMigrations;
import io.waybill.scheduler.store.SchemaVersion;
import io.waybill.scheduler.store.StoreRule;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** This module's tables. */
public final class JobsSchema {
  private JobsSchema() {}

  /**
   * Brings the tables to this program's version; does nothing where they are.
   *
   * @throws io.waybill.scheduler.SchedulerException.StoreRefused if they are of a newer version
   */
  public static void migrate(DataSource store) {
    migrations(store).migrate();
  }

  /** Returns which version the tables have; changes nothing. */
  public static SchemaVersion version(DataSource store) {
    return migrations(store).version();
  }

  /** Returns what holds of the rows of a sound store. */
  public static List<StoreRule> rules() {
    return Stream.concat(
            Stream.of(
                stepsOfNoRun("wb_step"),
                stepsOfNoRun("wb_step_item"),
                new StoreRule(
                    "wb_item",
                    "is with a run that has ended, or is not there",
                    "select id from wb_item i where state = 'CLAIMED' and not exists (select 1 from"
                        + " wb_run r where r.id = i.run_id and r.ended_at is null)",
                    false),
                new StoreRule(
                    "wb_alert_delivery",
                    "waits, and is never tried",
                    "select alert_id from wb_alert_delivery where state = 'WAITING' and next_at is null",
                    false)),
            MeasureHistory.rules().stream())
        .toList();
  }

  private static StoreRule stepsOfNoRun(String table) {
    return new StoreRule(
        table,
        "belongs to a run that is not there",
        "select distinct run_id from "
            + table
            + " s where not exists (select 1 from wb_run r where r.id = s.run_id)",
        false);
  }

  private static SchemaMigrations migrations(DataSource store) {
    return SchemaMigrations.of("jobs", JobsSchema.class.getClassLoader(), store);
  }
}
