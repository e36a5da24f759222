package io.waybill.scheduler.store;

/** Runs and attempts in the tables of a database. */
final class JdbcRecords implements RunRecords {
  private final Transactions transactions;

  JdbcRecords(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public <T> T run(String doing, Work<T> work) {
    return transactions.run(doing, connection -> work.with(new JdbcRunRows(connection)));
  }

  @Override
  public <T> T patiently(String doing, Work<T> work) {
    return transactions.patiently(doing, connection -> work.with(new JdbcRunRows(connection)));
  }
}
