package io.waybill.mail.ledger;

import io.waybill.mail.MailException;
import io.waybill.mail.inbox.Checkpoint;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailboxKey;
import io.waybill.mail.jdbc.MailSchema;
import io.waybill.mail.jdbc.Owner;
import io.waybill.mail.jdbc.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Keeps the ledger in H2 or PostgreSQL. What was written survives the end of the process; nodes
 * that share the database share the ledger, and one of them at a time has a folder.
 */
public final class JdbcLedger implements MailLedger {
  private static final String UNIQUE_VIOLATION = "23505";

  private final Transactions transactions;
  private final Owner owner;
  private final Duration lease;
  private final InstantSource clock;

  private JdbcLedger(DataSource dataSource, Owner owner, Duration lease, InstantSource clock) {
    this.transactions = new Transactions(dataSource);
    this.owner = owner;
    this.lease = lease;
    this.clock = clock;
  }

  /**
   * Creates or upgrades the tables and returns the ledger.
   *
   * @param owner who works here, as {@code node/incarnation}: a new incarnation of a node proves
   *     that its earlier ones are dead; without a slash where several processes share a node
   * @param lease after how long a silent owner counts as dead, at least three seconds
   * @throws MailException.StoreFailed if the database cannot be reached or is of another kind
   */
  public static JdbcLedger open(
      DataSource dataSource, String owner, Duration lease, InstantSource clock) {
    if (lease.toSeconds() < 3) {
      throw new IllegalArgumentException("a lease has at least three seconds");
    }
    Owner self = new Owner(owner);
    MailSchema.migrate(dataSource);
    return new JdbcLedger(dataSource, self, lease, clock);
  }

  @Override
  public Optional<Hold> hold(MailboxKey mailbox) {
    String what = "take " + mailbox;
    requireRow(mailbox, what);
    return transactions.run(
        what,
        connection -> {
          Row row = row(connection, mailbox).orElseThrow();
          String free =
              owner.succeeds(row.owner())
                  ? ""
                  : " AND (owner = '' OR lease_until < CURRENT_TIMESTAMP)";
          String sql =
              "UPDATE wb_mail_mailbox SET owner = ?, fence = fence + 1, lease_until = "
                  + leaseEnd()
                  + " WHERE id = ? AND fence = ?"
                  + free;
          try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, owner.name());
            update.setLong(2, row.id());
            update.setLong(3, row.fence());
            return update.executeUpdate() == 0
                ? Optional.empty()
                : Optional.of(
                    new JdbcHold(transactions, mailbox, row.id(), row.fence() + 1, lease, clock));
          }
        });
  }

  /** The database's clock, which all nodes share; and a literal, as both databases read it. */
  private String leaseEnd() {
    return leaseEnd(lease);
  }

  static String leaseEnd(Duration lease) {
    return "CURRENT_TIMESTAMP + INTERVAL '" + lease.toSeconds() + "' SECOND";
  }

  private record Row(long id, String owner, long fence) {}

  private void requireRow(MailboxKey mailbox, String what) {
    boolean isThere = transactions.run(what, connection -> row(connection, mailbox).isPresent());
    if (isThere) {
      return;
    }
    try {
      transactions.run(
          what,
          connection -> {
            String sql = "INSERT INTO wb_mail_mailbox (account, folder) VALUES (?, ?)";
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
              insert.setString(1, mailbox.account());
              insert.setString(2, mailbox.folder());
              return insert.executeUpdate();
            }
          });
    } catch (MailException.StoreFailed e) {
      boolean isSecond =
          e.getCause() instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState());
      if (!isSecond) {
        throw e;
      }
    }
  }

  private static Optional<Row> row(Connection connection, MailboxKey mailbox) throws SQLException {
    String sql = "SELECT id, owner, fence FROM wb_mail_mailbox WHERE account = ? AND folder = ?";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, mailbox.account());
      select.setString(2, mailbox.folder());
      try (ResultSet found = select.executeQuery()) {
        return found.next()
            ? Optional.of(new Row(found.getLong(1), found.getString(2), found.getLong(3)))
            : Optional.empty();
      }
    }
  }

  @Override
  public Optional<Checkpoint> checkpoint(MailboxKey mailbox) {
    return transactions.run(
        "look at " + mailbox,
        connection -> {
          Optional<Row> row = row(connection, mailbox);
          return row.isEmpty()
              ? Optional.empty()
              : LedgerRows.checkpoint(connection, row.get().id());
        });
  }

  @Override
  public List<LedgerEntry> entries(MailboxKey mailbox, LedgerEntry.State state, int limit) {
    return transactions.run(
        "look at " + mailbox,
        connection -> {
          Optional<Row> row = row(connection, mailbox);
          if (row.isEmpty()) {
            return List.of();
          }
          LedgerRows rows = LedgerRows.current(connection, row.get().id());
          return switch (state) {
            case DONE -> rows.done(limit);
            default -> rows.in(state.name(), limit);
          };
        });
  }

  @Override
  public boolean release(MailboxKey mailbox, long uid) {
    return transactions.run(
        "release message " + uid + " of " + mailbox,
        connection -> {
          Optional<Row> row = row(connection, mailbox);
          return row.isPresent()
              && LedgerRows.current(connection, row.get().id()).release(uid, clock.instant());
        });
  }
}
