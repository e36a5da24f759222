package io.waybill.scheduler.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Something to be done inside a transaction, which is committed afterwards, or rolled back if this
 * throws.
 *
 * @param <T> what it returns
 */
@FunctionalInterface
public interface SqlWork<T> {
  T with(Connection connection) throws SQLException;
}
