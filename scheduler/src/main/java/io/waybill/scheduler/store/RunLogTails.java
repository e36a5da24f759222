package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the end of each run's log beside its row, with which it goes.
 *
 * <p>All methods throw {@link SchedulerException.StoreFailed} when the database does. Safe for use
 * by many threads.
 */
public final class RunLogTails {
  /** How many bytes of a log are kept. */
  public static final int MOST_BYTES = 256 * 1024;

  private final Transactions transactions;

  private RunLogTails(Store store) {
    this.transactions = store.transactions();
  }

  /** Returns those of a store. */
  public static RunLogTails of(Store store) {
    return new RunLogTails(store);
  }

  /** The end of a run's log. */
  public static final class Tail {
    private final String runId;
    private final byte[] bytes;
    private final boolean isCut;

    /**
     * Takes the end of a log.
     *
     * @param bytes UTF-8, at most {@link #MOST_BYTES}
     * @param isCut whether more stood before it
     * @throws IllegalArgumentException if there are more bytes
     */
    public Tail(String runId, byte[] bytes, boolean isCut) {
      if (bytes.length > MOST_BYTES) {
        throw new IllegalArgumentException(bytes.length + " bytes are no tail");
      }
      this.runId = runId;
      this.bytes = bytes.clone();
      this.isCut = isCut;
    }

    public String runId() {
      return runId;
    }

    /** Returns a copy of the bytes. */
    public byte[] bytes() {
      return bytes.clone();
    }

    /** Returns whether more stood before it. */
    public boolean isCut() {
      return isCut;
    }
  }

  /**
   * Writes tails, each in place of the run's earlier one; one of a run that is gone is left out.
   */
  public void put(List<Tail> tails) {
    transactions.run(
        "keeping the ends of logs",
        connection -> {
          for (Tail tail : tails) {
            put(connection, tail);
          }
          return tails;
        });
  }

  private static void put(Connection connection, Tail tail) throws SQLException {
    try (PreparedStatement delete =
            connection.prepareStatement("delete from wb_run_log where run_id = ?");
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into wb_run_log (run_id, tail, is_cut) select id, ?, ? from wb_run where id = ?")) {
      delete.setString(1, tail.runId);
      delete.executeUpdate();
      insert.setBytes(1, tail.bytes);
      insert.setBoolean(2, tail.isCut);
      insert.setString(3, tail.runId);
      insert.executeUpdate();
    }
  }

  /** Returns the end of a run's log; empty if it said nothing, or has not ended. */
  public Optional<Tail> find(String runId) {
    return transactions.run("reading the end of the log of run " + runId, c -> find(c, runId));
  }

  private static Optional<Tail> find(Connection connection, String runId) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select tail, is_cut from wb_run_log where run_id = ?")) {
      statement.setString(1, runId);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Tail(runId, row.getBytes(1), row.getBoolean(2)))
            : Optional.empty();
      }
    }
  }
}
