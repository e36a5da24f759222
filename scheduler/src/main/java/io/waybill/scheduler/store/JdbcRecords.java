package io.waybill.scheduler.store;

/** Runs and attempts in the tables of a database. */
final class JdbcRecords implements RunRecords {
  private final Transactions transactions;
  private final RunFollower follower;

  JdbcRecords(Transactions transactions, RunFollower follower) {
    this.transactions = transactions;
    this.follower = follower;
  }

  @Override
  public <T> T run(String doing, Work<T> work) {
    return transactions.run(doing, connection -> work.with(new JdbcRunRows(connection, follower)));
  }

  @Override
  public <T> T patiently(String doing, Work<T> work) {
    return transactions.patiently(
        doing, connection -> work.with(new JdbcRunRows(connection, follower)));
  }
}
