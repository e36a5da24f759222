package io.waybill.jobs.ledger;

import io.waybill.jobs.ItemState;
import io.waybill.jobs.JobException;
import io.waybill.jobs.measure.Measured;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunFollower;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Writes what became of the items that a run was given, inside of the transaction that ends the run
 * or the item.
 */
public final class LedgerSettlement implements RunFollower {
  private final InstantSource clock;

  public LedgerSettlement(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public void ended(Connection connection, Run run) throws SQLException {
    if (GivenItems.of(run.payload()).isEmpty()) {
      return;
    }
    LedgerRows rows = new LedgerRows(connection);
    if (run.state() == RunState.SKIPPED) {
      rows.giveBack(run.id(), clock.instant());
    } else {
      settle(
          rows,
          run,
          null,
          isDoneAndDoubtful(run) ? ItemState.UNKNOWN : itemState(run.state()),
          run.message());
    }
  }

  // its steps are done, and another run would do them again and find the same
  private static boolean isDoneAndDoubtful(Run run) {
    return run.state() == RunState.FAILED
        && Measured.in(run.payload()).filter(each -> !each.anomalies().isEmpty()).isPresent();
  }

  private static ItemState itemState(RunState state) {
    return switch (state) {
      case SUCCEEDED -> ItemState.SUCCEEDED;
      case UNKNOWN -> ItemState.UNKNOWN;
      default -> ItemState.FAILED;
    };
  }

  /**
   * Writes that the steps for one item are over, while its run goes on; does nothing about an item
   * that the run was not given.
   *
   * @param id of the item
   * @param message for a person
   */
  public void itemEnded(Connection connection, Run run, String id, ItemState state, String message)
      throws SQLException {
    if (GivenItems.of(run.payload()).isPresent()) {
      settle(new LedgerRows(connection), run, id, state, message);
    }
  }

  private void settle(
      LedgerRows rows, Run run, @Nullable String id, ItemState state, String message)
      throws SQLException {
    switch (state) {
      case SUCCEEDED -> rows.done(run.id(), id, clock.instant());
      case UNKNOWN -> rows.setAside(run.id(), id, message, clock.instant());
      default -> rows.failed(run.id(), id, message, clock.instant());
    }
  }

  /**
   * Gives the run what it has failed with.
   *
   * @throws JobException.Configuration if other runs have some of it by now, or it was forgotten
   */
  @Override
  public void goesOn(Connection connection, Run run) throws SQLException {
    GivenItems given = GivenItems.of(run.payload()).orElse(null);
    if (given == null) {
      return;
    }
    LedgerRows rows = new LedgerRows(connection);
    int left = rows.count(run.id());
    if (left < given.count()) {
      throw new JobException.Configuration(
          "run %s cannot be retried: %d of its %d %s were given to other runs since, put into the queue again, or forgotten; \"waybill ledger list %s\" tells where they are"
              .formatted(run.id(), given.count() - left, given.count(), given.root(), run.job()));
    }
    rows.claimAgain(run.id(), clock.instant());
  }
}
