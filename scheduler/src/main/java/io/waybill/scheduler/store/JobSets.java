package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Which job sets the live daemons of a store came with. The one that was seen for the first time
 * most recently is the newest; a set that is rolled back to counts again once no live daemon has a
 * newer one. In an exclusive store there is one daemon, and its set is the newest.
 */
public final class JobSets {
  private final @Nullable Sharing shared;

  private JobSets(@Nullable Sharing shared) {
    this.shared = shared;
  }

  /** The store that live daemons share, and this one of them. */
  private record Sharing(Transactions transactions, Owner owner) {}

  static JobSets shared(Transactions transactions, Owner owner) {
    return new JobSets(new Sharing(transactions, owner));
  }

  /** Returns those of an exclusive store. */
  static JobSets alone() {
    return new JobSets(null);
  }

  /**
   * Says which set this daemon has.
   *
   * @param hash of the set, 64 hexadecimal digits
   */
  public void announce(String hash) {
    Sharing sharing = shared;
    if (sharing == null) {
      return;
    }
    sharing
        .transactions()
        .run(
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
                new Columns(update).text(hash).text(sharing.owner().incarnation());
                update.executeUpdate();
              }
              return true;
            });
  }

  /** Returns whether a live daemon has a newer set than this one. */
  public boolean isNewer() {
    Sharing sharing = shared;
    if (sharing == null) {
      return false;
    }
    return sharing
        .transactions()
        .run(
            "comparing job sets",
            connection -> {
              String sql =
                  "select 1 from wb_owner o join wb_job_set s on s.hash = o.job_set where o.daemon is"
                      + " not null and"
                      + OwnerLease.ALIVE
                      + " and s.first_at > (select m.first_at from wb_job_set m join wb_owner me on"
                      + " me.job_set = m.hash where me.incarnation = ?)";
              try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, sharing.owner().incarnation());
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
