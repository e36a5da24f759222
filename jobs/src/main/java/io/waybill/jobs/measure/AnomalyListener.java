package io.waybill.jobs.measure;

import io.waybill.scheduler.Run;
import java.sql.Connection;
import java.sql.SQLException;

/** Is told of runs that are unlike those before, when they end. */
@FunctionalInterface
public interface AnomalyListener {
  /** Does nothing. */
  AnomalyListener NONE = (connection, run, text) -> {};

  /**
   * Takes note of one; it may have failed for that or not. Is called inside of the transaction that
   * ends the run, and again if a commit is tried again.
   *
   * @param run as it is written
   * @param text with both figures of each quantity: {@code 12 kB instead of the usual 3.1 MB; 1
   *     file instead of the usual 12}
   */
  void anomaly(Connection connection, Run run, String text) throws SQLException;
}
