package io.waybill.jobs.measure;

import io.waybill.scheduler.store.RunTables;
import io.waybill.scheduler.store.StoreRule;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What was measured of the latest successful runs of each job; it is not bounded by what the job
 * file says of the history of runs.
 *
 * <p>All methods throw {@link io.waybill.scheduler.SchedulerException.StoreFailed} when the
 * database does. Safe for use by many threads.
 */
public final class MeasureHistory {
  private static final String TABLE = "wb_measure";

  private final RunTables tables;

  /** Prepares. */
  public MeasureHistory(RunTables tables) {
    this.tables = tables;
  }

  /** Returns what holds of the rows of a sound store. */
  public static List<StoreRule> rules() {
    return List.of(
        new StoreRule(
            TABLE,
            "has a figure below zero",
            "select run_id from wb_measure where duration_ms < 0 or bytes < 0 or files < 0"
                + " or latency_ms < 0",
            false),
        new StoreRule(
            TABLE,
            "is of a run that did not succeed, or of another job",
            "select run_id from wb_measure m where exists (select 1 from wb_run r"
                + " where r.id = m.run_id and (r.state <> 'SUCCEEDED' or r.job <> m.job))",
            false));
  }

  /**
   * Returns what was measured of the runs of a job that had ended by a moment, the latest first.
   * For a run's own last step it is the same whenever it is asked.
   */
  public List<RunMeasure> until(String job, Instant end) {
    return tables.reading(connection -> new MeasureRows(connection).until(job, end));
  }

  /**
   * Forgets runs of all jobs but some that had ended before a moment.
   *
   * @return how many
   */
  public int forgetOthers(Set<String> jobs, Instant before) {
    return tables.writing(
        "forgetting measures of jobs that are gone",
        connection -> {
          MeasureRows rows = new MeasureRows(connection);
          int forgotten = 0;
          for (String job : rows.jobs()) {
            if (!jobs.contains(job)) {
              forgotten += rows.deleteBefore(job, before);
            }
          }
          return forgotten;
        });
  }
}
