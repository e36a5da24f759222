package io.waybill.scheduler.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What another module keeps beside runs, and takes away when they are forgotten. */
public interface RunBelongings {
  /**
   * Deletes rows that belong to a run, inside of the transaction that forgets it.
   *
   * @param most how many rows at most, at least 1
   * @return how many were deleted; as many as {@code most} if there may be more
   */
  int delete(Connection connection, String runId, int most) throws SQLException;

  /** Hears that runs are forgotten for good, and takes away what is no row of theirs. */
  void forgotten(List<String> runIds);
}
