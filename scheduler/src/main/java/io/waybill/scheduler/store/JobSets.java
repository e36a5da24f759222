package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which job sets the live daemons of a store came with. The one that was seen for the first time
 * most recently is the newest; a set that is rolled back to counts again once no live daemon has a
 * newer one. In an exclusive store there is one daemon, and its set is the newest.
 */
public final class JobSets {
  private final Transactions transactions;
  private final Owner owner;
  private final boolean exclusive;

  JobSets(Transactions transactions, Owner owner, boolean exclusive) {
    this.transactions = transactions;
    this.owner = owner;
    this.exclusive = exclusive;
  }

  /**
   * Says which set this daemon has.
   *
   * @param hash of the set, 64 hexadecimal digits
   */
  public void announce(String hash) {
    if (exclusive) {
      return;
    }
    transactions.run(
        "announcing the job set",
        connection -> {
          Gates.lock(connection, "job-sets");
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into wb_job_set (hash, first_at) select ?, current_timestamp"
                      + " where not exists (select 1 from wb_job_set where hash = ?)")) {
            new Columns(insert).text(hash).text(hash);
            insert.executeUpdate();
          }
          try (PreparedStatement update =
              connection.prepareStatement(
                  "update wb_owner set job_set = ? where incarnation = ?")) {
            new Columns(update).text(hash).text(owner.incarnation());
            update.executeUpdate();
          }
          return true;
        });
  }

  /** Returns whether a live daemon has a newer set than this one. */
  public boolean isNewer() {
    if (exclusive) {
      return false;
    }
    return transactions.run(
        "comparing job sets",
        connection -> {
          String sql =
              "select 1 from wb_owner o join wb_job_set s on s.hash = o.job_set where o.daemon is"
                  + " not null and"
                  + OwnerLease.ALIVE
                  + " and s.first_at > (select m.first_at from wb_job_set m join wb_owner me on"
                  + " me.job_set = m.hash where me.incarnation = ?)";
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, owner.incarnation());
            return hasRow(statement);
          }
        });
  }

  private static boolean hasRow(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next();
    }
  }
}
