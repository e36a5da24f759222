package io.waybill.mail.ledger;

import io.waybill.mail.MailException;
import io.waybill.mail.inbox.Checkpoint;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.MailLedger;
import io.waybill.mail.inbox.MailboxKey;
import io.waybill.mail.jdbc.Transactions;
import io.waybill.mail.net.Timer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes for one folder as long as this process has it. Each transaction locks the folder's row and
 * looks at its fencing token, so that whoever was overtaken changes nothing.
 */
final class JdbcHold implements MailLedger.Hold {
  private static final Logger log = LoggerFactory.getLogger(JdbcHold.class);

  private final Transactions transactions;
  private final MailboxKey key;
  private final long mailbox;
  private final long fence;
  private final Duration lease;
  private final InstantSource clock;
  private ScheduledFuture<?> renewal;
  private boolean isClosed;

  JdbcHold(
      Transactions transactions,
      MailboxKey key,
      long mailbox,
      long fence,
      Duration lease,
      InstantSource clock) {
    this.transactions = transactions;
    this.key = key;
    this.mailbox = mailbox;
    this.fence = fence;
    this.lease = lease;
    this.clock = clock;
    this.renewal = nextRenewal();
  }

  @FunctionalInterface
  private interface Change {
    void of(LedgerRows rows) throws SQLException;
  }

  @FunctionalInterface
  private interface Look {
    List<LedgerEntry> at(LedgerRows rows) throws SQLException;
  }

  @FunctionalInterface
  private interface Rows {
    LedgerRows in(Connection connection) throws SQLException;
  }

  private void write(String what, Change change) {
    write(what, connection -> LedgerRows.current(connection, mailbox), change);
  }

  private void write(String what, Rows rows, Change change) {
    boolean isMine =
        transactions.run(
            what + " " + key,
            connection -> {
              if (!isMine(connection)) {
                return false;
              }
              change.of(rows.in(connection));
              return true;
            });
    if (!isMine) {
      throw new MailException.LeaseLost(key.toString());
    }
  }

  private boolean isMine(Connection connection) throws SQLException {
    String sql = "SELECT fence FROM wb_mail_mailbox WHERE id = ? FOR UPDATE";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, mailbox);
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getLong(1) == fence;
      }
    }
  }

  private List<LedgerEntry> read(Look look) {
    return transactions.run(
        "look at " + key, connection -> look.at(LedgerRows.current(connection, mailbox)));
  }

  @Override
  public Optional<Checkpoint> checkpoint() {
    return transactions.run(
        "look at " + key, connection -> LedgerRows.checkpoint(connection, mailbox));
  }

  @Override
  public void carry(long uidValidity, List<LedgerEntry> entries) {
    write(
        "write messages of",
        connection -> new LedgerRows(connection, mailbox, uidValidity),
        rows -> rows.put(entries, clock.instant()));
  }

  @Override
  public void start(Checkpoint checkpoint) {
    write("write where to begin in", rows -> rows.startFrom(checkpoint));
  }

  @Override
  public void advance(long uid) {
    write("write how far was read in", rows -> rows.advance(uid));
  }

  @Override
  public List<LedgerEntry> find(List<Long> uids) {
    return uids.isEmpty() ? List.of() : read(rows -> rows.find(uids));
  }

  @Override
  public List<LedgerEntry> due(int limit) {
    return read(rows -> rows.due(clock.instant(), limit));
  }

  @Override
  public List<LedgerEntry> unfinished(int limit) {
    return read(rows -> rows.unfinished(limit));
  }

  @Override
  public List<LedgerEntry> recognise(List<String> identities) {
    return identities.isEmpty() ? List.of() : read(rows -> rows.recognise(identities));
  }

  @Override
  public void begin(List<LedgerEntry> messages) {
    if (!messages.isEmpty()) {
      write("write what begins in", rows -> rows.put(messages, clock.instant()));
    }
  }

  @Override
  public void giveBack(List<LedgerEntry> messages) {
    write(
        "give back messages of",
        rows -> rows.put(messages.stream().map(LedgerEntry::givenBack).toList(), clock.instant()));
  }

  @Override
  public void conclude(LedgerEntry entry) {
    write("write what became of a message of", rows -> rows.put(List.of(entry), clock.instant()));
  }

  @Override
  public void forget(List<Long> uids) {
    if (!uids.isEmpty()) {
      write("forget messages of", rows -> rows.forget(uids));
    }
  }

  @Override
  public void finish(List<Long> uids) {
    write("write what was finished in", rows -> rows.finish(uids, clock.instant()));
  }

  private synchronized ScheduledFuture<?> nextRenewal() {
    return Timer.SHARED.schedule(
        () -> Timer.elsewhere("waybill-mail-lease", this::renew),
        lease.dividedBy(3).toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private void renew() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
    }
    try {
      set("renew the hold on", ", lease_until = " + JdbcLedger.leaseEnd(lease));
    } catch (MailException e) {
      // The fence guards what is written: whoever is taken over meanwhile writes nothing.
      log.warn("inbox.lease-not-renewed mailbox=\"{}\" error={}", key, e.toString());
    }
    synchronized (this) {
      if (!isClosed) {
        renewal = nextRenewal();
      }
    }
  }

  private void set(String what, String assignment) {
    transactions.run(
        what + " " + key,
        connection -> {
          String sql =
              "UPDATE wb_mail_mailbox SET fence = fence"
                  + assignment
                  + " WHERE id = ? AND fence = ?";
          try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, mailbox);
            update.setLong(2, fence);
            return update.executeUpdate();
          }
        });
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      renewal.cancel(false);
    }
    try {
      set("let go", ", owner = '', lease_until = NULL");
    } catch (MailException e) {
      // it ends by itself when the lease is over
      log.warn("inbox.hold-not-released mailbox=\"{}\" error={}", key, e.toString());
    }
  }
}
