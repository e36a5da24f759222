package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import java.sql.Connection;
import java.time.Instant;

/**
 * Tables of other modules, in the same database, with rows that belong to runs.
 *
 * <p>Those that begin a transaction throw {@link SchedulerException.StoreFailed} when the database
 * does.
 */
public final class RunTables {
  private final Transactions transactions;
  private final RunStore runs;

  private RunTables(Transactions transactions, RunStore runs) {
    this.transactions = transactions;
    this.runs = runs;
  }

  /**
   * Returns the tables beside a store's runs.
   *
   * @param runs of the same store
   */
  public static RunTables of(Store store, RunStore runs) {
    return new RunTables(store.transactions(), runs);
  }

  /**
   * Writes rows that belong to a run, in one transaction with the check of the run's token.
   *
   * @throws SchedulerException.StaleClaim if the run was taken over, released or finished; nothing
   *     is written then
   */
  public <T> T fenced(Run run, SqlWork<T> work) {
    return transactions.run(
        "writing what belongs to run " + run.id(),
        connection -> {
          if (!new JdbcRunRows(connection)
              .touch(run.id(), run.token(), runs.owner().incarnation(), null)) {
            throw new SchedulerException.StaleClaim(run.id(), run.token());
          }
          return work.with(connection);
        });
  }

  /** Reads rows in one transaction. */
  public <T> T reading(SqlWork<T> work) {
    return transactions.run("reading what belongs to runs", work::with);
  }

  /**
   * Writes rows in one transaction, whoever holds what they belong to.
   *
   * @param doing what is being done, for a message
   */
  public <T> T writing(String doing, SqlWork<T> work) {
    return transactions.run(doing, work::with);
  }

  /**
   * Records a run that somebody will claim, inside of a transaction: it is there together with what
   * it is for, or neither is. {@link io.waybill.scheduler.Scheduler#wake} has it begin at once, and
   * else it begins when it is found.
   *
   * @param kind none of {@link TriggerKind#SCHEDULE}, whose moments have one run each
   * @return the queued run
   */
  public Run enqueue(
      Connection connection, String job, TriggerKind kind, Instant scheduledAt, String payload) {
    if (kind == TriggerKind.SCHEDULE) {
      throw new IllegalArgumentException("a scheduled run is recorded by its moment");
    }
    Run run = runs.stamps().newRun(job, kind, scheduledAt).payload(payload).build();
    new JdbcRunRows(connection).insert(run, null);
    return run;
  }
}
