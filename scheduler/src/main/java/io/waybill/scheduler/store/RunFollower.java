package io.waybill.scheduler.store;

import io.waybill.scheduler.Run;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Keeps rows of another module in step with runs: what it writes is committed together with the run
 * or not at all. Both methods are called again if a commit is tried again.
 */
public interface RunFollower {
  /** Follows nothing. */
  RunFollower NONE = of(List.of());

  /**
   * Is called inside of the transaction in which a run ends, in whatever way: also one that is
   * skipped, or ends before it began.
   *
   * @param run as it is written
   */
  void ended(Connection connection, Run run) throws SQLException;

  /**
   * Is called inside of the transaction in which a run that had ended is let go on; what it throws
   * refuses that.
   *
   * @param run as it is written, waiting
   */
  void goesOn(Connection connection, Run run) throws SQLException;

  /** Returns one that calls several, one after the other. */
  static RunFollower of(List<RunFollower> followers) {
    List<RunFollower> all = List.copyOf(followers);
    return new RunFollower() {
      @Override
      public void ended(Connection connection, Run run) throws SQLException {
        for (RunFollower each : all) {
          each.ended(connection, run);
        }
      }

      @Override
      public void goesOn(Connection connection, Run run) throws SQLException {
        for (RunFollower each : all) {
          each.goesOn(connection, run);
        }
      }
    };
  }
}
