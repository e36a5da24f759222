package io.waybill.jobs.measure;

import io.waybill.jobs.AnomalyPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunFollower;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Writes what was measured of a run that has succeeded into the history of its job, inside of the
 * transaction that ends the run, and tells of runs that are unlike those before.
 */
public final class MeasureRecorder implements RunFollower {
  private final AnomalyListener listener;

  /** Prepares. */
  public MeasureRecorder(AnomalyListener listener) {
    this.listener = listener;
  }

  @Override
  public void ended(Connection connection, Run run) throws SQLException {
    Optional<Measured> measured = Measured.in(run.payload());
    if (measured.isEmpty()) {
      return;
    }
    if (run.state() == RunState.SUCCEEDED) {
      MeasureRows rows = new MeasureRows(connection);
      rows.insert(run.job(), run.id(), run.endedAt().orElseThrow(), measured.get().measure());
      rows.keepLatest(run.job(), AnomalyPolicy.MOST_RUNS);
    }
    if (!measured.get().anomalies().isEmpty()) {
      listener.anomaly(connection, run, String.join("; ", measured.get().anomalies()));
    }
  }

  @Override
  public void goesOn(Connection connection, Run run) {
    // a run that has failed is in no history
  }
}
