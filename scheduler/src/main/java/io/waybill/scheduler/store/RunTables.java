package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;

/**
 * Tables of other modules, in the same database, with rows that belong to runs.
 *
 * <p>Both methods throw {@link SchedulerException.StoreFailed} when the database does.
 */
public final class RunTables {
  private final Transactions transactions;
  private final Owner owner;

  private RunTables(Transactions transactions, Owner owner) {
    this.transactions = transactions;
    this.owner = owner;
  }

  /**
   * Returns the tables beside a store's runs.
   *
   * @param runs of the same store
   */
  public static RunTables of(Store store, RunStore runs) {
    return new RunTables(store.transactions(), runs.owner());
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
              .touch(run.id(), run.token(), owner.incarnation(), null)) {
            throw new SchedulerException.StaleClaim(run.id(), run.token());
          }
          return work.with(connection);
        });
  }

  /** Reads rows in one transaction. */
  public <T> T reading(SqlWork<T> work) {
    return transactions.run("reading what belongs to runs", work::with);
  }
}
