package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import io.waybill.scheduler.SchedulerException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Names that one live owner at a time has, of those that share a store: who has one is the only one
 * that does what it stands for. A name stays its owner's until that lets it go or counts as dead,
 * see {@link Membership}. Who wrongly thinks that he has it, as after a long pause, is found out by
 * {@link #require}.
 *
 * <p>All methods that begin a transaction throw {@link SchedulerException.StoreFailed} when the
 * database does.
 */
public final class Leases {
  private final Transactions transactions;
  private final Owner owner;
  private final Membership membership;

  private Leases(Transactions transactions, RunStore runs) {
    this.transactions = transactions;
    this.owner = runs.owner();
    this.membership = runs.membership();
  }

  /**
   * Returns the names of a store.
   *
   * @param runs of the same store, whose owner takes them
   */
  public static Leases of(Store store, RunStore runs) {
    return new Leases(store.transactions(), runs);
  }

  private record Held(String incarnation, long token) {}

  /**
   * Takes a name, or finds that this owner has it.
   *
   * @param name at most 300 characters
   * @return the lease; empty if another live owner has the name
   */
  public Optional<Lease> take(String name) {
    membership.require();
    return transactions.run(
        "taking the lease " + name,
        connection -> {
          Gates.lock(connection, "leases"); // else two could insert the row
          Optional<Held> held = held(connection, name);
          if (held.isEmpty()) {
            write(
                connection,
                "insert into wb_lease (incarnation, token, name) values (?, ?, ?)",
                owner.incarnation(),
                1,
                name);
            return Optional.of(new Lease(name, 1));
          }
          if (held.get().incarnation().equals(owner.incarnation())) {
            return Optional.of(new Lease(name, held.get().token()));
          }
          if (isAlive(connection, held.get().incarnation())) {
            return Optional.empty();
          }
          long token = held.get().token() + 1;
          write(
              connection,
              "update wb_lease set incarnation = ?, token = ? where name = ?",
              owner.incarnation(),
              token,
              name);
          return Optional.of(new Lease(name, token));
        });
  }

  /**
   * Makes sure that this owner still has a name, until the transaction ends.
   *
   * @throws SchedulerException.LeaseLost if another has taken it
   */
  public void require(Connection connection, Lease lease) throws SQLException {
    if (held(connection, lease.name()).filter(held -> isOurs(held, lease)).isEmpty()) {
      throw new SchedulerException.LeaseLost(lease.name());
    }
  }

  /** Returns whether this owner still has a name. */
  public boolean isHeld(Lease lease) {
    return transactions.run(
        "looking at the lease " + lease.name(),
        connection ->
            held(connection, lease.name()).filter(held -> isOurs(held, lease)).isPresent());
  }

  /** Lets a name go: any owner can take it at once. Does nothing if it is another's by now. */
  public void letGo(Lease lease) {
    transactions.run(
        "letting the lease " + lease.name() + " go",
        connection -> {
          if (held(connection, lease.name()).filter(held -> isOurs(held, lease)).isPresent()) {
            write(
                connection,
                "update wb_lease set incarnation = ?, token = ? where name = ?",
                "",
                lease.token(),
                lease.name());
          }
          return true;
        });
  }

  private boolean isOurs(Held held, Lease lease) {
    return held.incarnation().equals(owner.incarnation()) && held.token() == lease.token();
  }

  // in a store of one process every other owner is dead
  private boolean isAlive(Connection connection, String incarnation) {
    return membership.isShared()
        && !incarnation.isEmpty()
        && new JdbcRunRows(connection).isAlive(new Owner("", incarnation));
  }

  private static Optional<Held> held(Connection connection, String name) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select incarnation, token from wb_lease where name = ? for update")) {
      query.setString(1, name);
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? Optional.of(new Held(row.getString(1), row.getLong(2)))
            : Optional.empty();
      }
    }
  }

  private static void write(
      Connection connection, String sql, String incarnation, long token, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).text(incarnation).number(token).text(name);
      statement.executeUpdate();
    }
  }
}
