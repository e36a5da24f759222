package io.waybill.scheduler.store;

import java.sql.SQLException;

/**
 * Brings a failure of SQL through code that knows no SQL, to the {@link Transactions} that it
 * broke.
 */
final class SqlFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final SQLException failure;

  SqlFailure(SQLException failure) {
    super(failure);
    this.failure = failure;
  }

  SQLException failure() {
    return failure;
  }
}
