package io.waybill.scheduler.store;

import io.waybill.scheduler.Owner;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The row by which a process that shares its store counts as alive. Every time in it is the
 * database's: the clocks of nodes need not agree for one to know that another is dead.
 */
final class OwnerLease {
  /** Holds for owners that count as alive. */
  static final String ALIVE = " alive_until > current_timestamp";

  private final Transactions transactions;
  private final Owner owner;

  OwnerLease(Transactions transactions, Owner owner) {
    this.transactions = transactions;
    this.owner = owner;
  }

  /**
   * Another live daemon of the same name.
   *
   * @param aliveFor how long its lease lasts yet
   */
  record Rival(String incarnation, Duration aliveFor) {}

  /** Counts as alive from now on, without a name of its own. */
  void begin(Duration lease) {
    transactions.run(
        "beginning to hold runs",
        connection -> {
          if (!moveOn(connection, lease)) {
            insert(connection, lease);
          }
          return true;
        });
  }

  /**
   * Takes the node's name for this daemon, from a dead one if need be.
   *
   * @return the daemon that has it and lives; empty if the name is ours now
   */
  Optional<Rival> takeName(Duration lease) {
    return transactions.run(
        "joining as node " + owner.node(),
        connection -> {
          Gates.lock(connection, "node:" + owner.node());
          Optional<Rival> rival = rival(connection);
          if (rival.isEmpty()) {
            execute(connection, "update wb_owner set daemon = null where daemon = ?", owner.node());
            forgetLongDead(connection);
            if (!moveOn(connection, lease)) {
              insert(connection, lease);
            }
            execute(
                connection,
                "update wb_owner set daemon = node where incarnation = ?",
                owner.incarnation());
          }
          return rival;
        });
  }

  // who has no row is dead as well
  private static void forgetLongDead(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "delete from wb_owner where alive_until < current_timestamp - interval '1' day")) {
      statement.executeUpdate();
    }
  }

  private Optional<Rival> rival(Connection connection) throws SQLException {
    String sql =
        "select incarnation, alive_until, current_timestamp as now from wb_owner where daemon = ?"
            + " and incarnation <> ? and"
            + ALIVE;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).text(owner.node()).text(owner.incarnation());
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Rival(
                    row.getString("incarnation"),
                    Duration.between(
                        Columns.requiredTime(row, "now"),
                        Columns.requiredTime(row, "alive_until"))))
            : Optional.empty();
      }
    }
  }

  /**
   * Counts as alive for one lease more.
   *
   * @return whether it did until now
   */
  boolean renew(Duration lease) {
    return transactions.run(
        "renewing the lease of " + owner.node(),
        connection -> {
          boolean alive = isAlive(connection);
          if (!moveOn(connection, lease)) {
            insert(connection, lease);
          }
          return alive;
        });
  }

  private boolean isAlive(Connection connection) throws SQLException {
    String sql = "select 1 from wb_owner where incarnation = ? and" + ALIVE;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).text(owner.incarnation());
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private boolean moveOn(Connection connection, Duration lease) throws SQLException {
    String sql = "update wb_owner set alive_until = ? where incarnation = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).time(now(connection).plus(lease)).text(owner.incarnation());
      return statement.executeUpdate() == 1;
    }
  }

  private void insert(Connection connection, Duration lease) throws SQLException {
    Instant now = now(connection);
    String sql =
        "insert into wb_owner (incarnation, node, began_at, alive_until) values (?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement)
          .text(owner.incarnation())
          .text(owner.node())
          .time(now)
          .time(now.plus(lease));
      statement.executeUpdate();
    }
  }

  /** Ends: what is still held can be taken over at once. */
  void end() {
    transactions.run(
        "leaving",
        connection ->
            execute(connection, "delete from wb_owner where incarnation = ?", owner.incarnation()));
  }

  /** Returns how far this clock is ahead of the database's; negative if it is behind. */
  Duration skew(InstantSource clock) {
    return transactions.run(
        "comparing the clocks",
        connection -> {
          now(connection); // the first answer pays for the connection
          Instant asked = clock.instant();
          Instant theirs = now(connection);
          Instant answered = clock.instant();
          Instant ours = asked.plus(Duration.between(asked, answered).dividedBy(2));
          return Duration.between(theirs, ours);
        });
  }

  private static Instant now(Connection connection) throws SQLException {
    // not current_timestamp: in PostgreSQL that is when the transaction began
    String sql =
        connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")
            ? "select clock_timestamp() as now"
            : "select current_timestamp as now";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return Columns.requiredTime(row, "now");
    }
  }

  private static int execute(Connection connection, String sql, String value) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, value);
      return statement.executeUpdate();
    }
  }
}
