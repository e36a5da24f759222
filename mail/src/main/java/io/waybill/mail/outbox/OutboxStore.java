package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailException;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.Reply;
import io.waybill.mail.jdbc.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Changes the outbox's rows. Every change names the fencing token that it saw: whoever was
 * overtaken changes nothing.
 */
final class OutboxStore {
  private static final int MAX_TEXT = 2000;
  private static final long LARGE = 1024 * 1024;
  private static final String UNIQUE_VIOLATION = "23505";

  private final Transactions transactions;
  private final GroupCommit commits;
  private final OutboxRows rows;
  private final String leaseEnd;

  OutboxStore(DataSource dataSource, OutboxSettings settings) {
    this.transactions = new Transactions(dataSource);
    this.commits = new GroupCommit(dataSource);
    this.rows = new OutboxRows(transactions);
    // The database's clock, which all nodes share; and a literal, as both databases read it.
    this.leaseEnd = "CURRENT_TIMESTAMP + INTERVAL '" + settings.lease().toSeconds() + "' SECOND";
  }

  Bounces bounces() {
    return new Bounces(transactions, rows);
  }

  OutboxRows rows() {
    return rows;
  }

  /** What is to be known of a claimed or overruled entry from now on. */
  record Outcome(
      OutboxState state,
      List<RecipientResult> results,
      @Nullable String error,
      @Nullable Instant nextAttemptAt,
      Tries tries) {}

  /** How often it was tried, and how often a server asked to come back later. */
  record Tries(int attempts, int deferrals) {
    static Tries of(OutboxEntry entry) {
      return new Tries(entry.attempts(), entry.deferrals());
    }
  }

  /** Stores a message; the first under a key wins, and its entry is returned. */
  OutboxEntry insert(
      String id, EnqueueRequest request, FrozenMessage message, Instant expiresAt, Instant now) {
    OutboxInsert insert = new OutboxInsert(id, request, message, expiresAt, now);
    String what = "enqueue " + message.messageId();
    try {
      boolean isNew;
      if (message.sizeBytes() > LARGE) {
        isNew = transactions.run(what, insert::apply); // not while all others wait
        commits.write(what, connection -> id);
      } else {
        isNew = commits.write(what, insert::apply);
      }
      if (isNew) {
        return insert.entry();
      }
    } catch (MailException.StoreFailed e) {
      boolean isSecond =
          e.getCause() instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState());
      if (!isSecond) {
        throw e;
      }
    }
    return rows.findByKey(request.dedupeKey()).orElseThrow(() -> gone(id));
  }

  /**
   * Claims an entry for an attempt.
   *
   * @throws MailException.OutboxConflict if somebody else is at work on it, or was meanwhile
   */
  OutboxEntry claim(OutboxEntry entry, String owner, Instant now) {
    boolean isMine =
        commits.commit(
            "claim entry " + entry.id(), connection -> claim(connection, entry, owner, now));
    if (!isMine) {
      throw taken(entry.id());
    }
    return entry.claimedBy(owner);
  }

  static MailException taken(String id) {
    return new MailException.OutboxConflict(id, "is being sent by another owner", true);
  }

  /**
   * Removes an entry as it was seen, with its key.
   *
   * @return whether nothing has changed since, and it is gone
   */
  boolean withdraw(OutboxEntry entry) {
    return commits.write(
        "withdraw entry " + entry.id(),
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement(
                  "DELETE FROM wb_mail_outbox WHERE id = ? AND fence = ? AND state = ?")) {
            delete.setString(1, entry.id());
            delete.setLong(2, entry.fence());
            delete.setString(3, entry.state().name());
            return delete.executeUpdate() == 1;
          }
        });
  }

  /** Says of all that waits for an account why it does. */
  void note(String account, String why) {
    commits.commit(
        "note why mail by " + account + " waits",
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE wb_mail_outbox SET last_error = ?"
                      + " WHERE account = ? AND state IN ('QUEUED', 'DEFERRED')")) {
            update.setString(1, why);
            update.setString(2, account);
            return update.executeUpdate();
          }
        });
  }

  /** Claims up to {@code most} entries of an account that are due, the oldest first. */
  List<OutboxEntry> claimDue(String account, int most, String owner, Instant now) {
    List<OutboxEntry> mine = List.of();
    List<OutboxEntry> due = rows.due(account, most, now);
    while (mine.isEmpty() && !due.isEmpty()) {
      List<OutboxEntry> wanted = due;
      mine =
          commits.commit(
              "claim what is due", connection -> claimAll(connection, wanted, owner, now));
      // Another node may have been faster with all of these: then there are others.
      due = mine.isEmpty() ? rows.due(account, most, now) : List.of();
    }
    return mine;
  }

  private List<OutboxEntry> claimAll(
      Connection connection, List<OutboxEntry> due, String owner, Instant now) throws SQLException {
    List<OutboxEntry> mine = new ArrayList<>();
    for (OutboxEntry entry : due) {
      if (claim(connection, entry, owner, now)) {
        mine.add(entry.claimedBy(owner));
      }
    }
    return mine;
  }

  private boolean claim(Connection connection, OutboxEntry entry, String owner, Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE wb_mail_outbox SET state = 'SENDING', owner = ?, fence = fence + 1,"
                + " attempts = attempts + 1, updated_at = ?, lease_until = "
                + leaseEnd
                + " WHERE id = ? AND fence = ? AND state = ? AND state IN ('QUEUED', 'DEFERRED')")) {
      update.setString(1, owner);
      update.setObject(2, utc(now));
      update.setString(3, entry.id());
      update.setLong(4, entry.fence());
      update.setString(5, entry.state().name());
      return update.executeUpdate() == 1;
    }
  }

  /**
   * Hands in what became of a claimed entry.
   *
   * <p>Waiting for it throws {@link MailException.OutboxConflict} if the claim was lost to another
   * owner; nothing is written then.
   */
  GroupCommit.Pending<Boolean> write(
      OutboxEntry claim, List<RecipientResult> before, Outcome outcome, Instant now) {
    return commits.submit(
        "update entry " + claim.id(),
        connection -> {
          if (!update(connection, claim, OutboxState.SENDING, 0, outcome, now)) {
            if (isWritten(connection, claim, outcome)) {
              return true; // the database had it all the same when it seemed to fail
            }
            throw new MailException.OutboxConflict(
                claim.id(), "was taken over by another owner meanwhile", true);
          }
          updateRecipients(connection, claim.id(), before, outcome.results());
          return true;
        });
  }

  /**
   * Changes an entry that nobody is at work on, or whose owner is dead; the latter's writes no
   * longer count from then on.
   *
   * @throws MailException.OutboxConflict if it has changed since it was read
   */
  OutboxEntry overrule(
      OutboxEntry entry, Outcome outcome, @Nullable Instant expiresAt, Instant now) {
    return commits.write(
        "change entry " + entry.id(),
        connection -> {
          if (!outcome.state().isFinal() && !keepsContent(connection, entry.id())) {
            throw new MailException.OutboxConflict(
                entry.id(), "has no content any more: send the message anew", false);
          }
          if (!update(connection, entry, entry.state(), 1, outcome, now)) {
            throw new MailException.OutboxConflict(entry.id(), "has changed meanwhile", true);
          }
          updateRecipients(connection, entry.id(), entry.recipients(), outcome.results());
          if (expiresAt != null) {
            extend(connection, entry.id(), expiresAt);
          }
          return require(connection, entry.id());
        });
  }

  /**
   * Takes a claimed entry from its owner, whose writes no longer count from then on, and lets it
   * wait again, or be unknown, as the owner's last words have it.
   *
   * @param evenIfLeased whether its owner is known to be dead, whatever its lease says
   * @throws MailException.OutboxConflict if it has changed since it was read
   */
  OutboxEntry takeOver(OutboxEntry entry, boolean evenIfLeased, String why, Instant now) {
    return commits.write(
        "take over entry " + entry.id(),
        connection -> {
          Outcome taken = new Outcome(entry.state(), List.of(), why, null, Tries.of(entry));
          boolean isFree = evenIfLeased || isSilent(connection, entry.id());
          if (!isFree || !update(connection, entry, entry.state(), 1, taken, now)) {
            throw new MailException.OutboxConflict(entry.id(), "has changed meanwhile", true);
          }
          // Read only now: until the row was ours its owner may have written.
          OutboxEntry mine = require(connection, entry.id());
          Outcome rest =
              new Outcome(
                  StateRule.of(mine.recipients()),
                  mine.recipients(),
                  why,
                  entry.nextAttemptAt().orElse(null),
                  Tries.of(entry));
          update(connection, mine, mine.state(), 0, rest, now);
          return require(connection, entry.id());
        });
  }

  /** Locks the row, so that its owner cannot renew the lease from here on. */
  private static boolean isSilent(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM wb_mail_outbox WHERE id = ? AND " + OutboxRows.SILENT + " FOR UPDATE")) {
      select.setString(1, id);
      try (ResultSet found = select.executeQuery()) {
        return found.next();
      }
    }
  }

  private OutboxEntry require(Connection connection, String id) throws SQLException {
    return rows.find(connection, id).orElseThrow(() -> gone(id));
  }

  private static void extend(Connection connection, String id, Instant expiresAt)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE wb_mail_outbox SET expires_at = ? WHERE id = ?")) {
      update.setObject(1, utc(expiresAt));
      update.setString(2, id);
      update.executeUpdate();
    }
  }

  private static boolean update(
      Connection connection,
      OutboxEntry seen,
      OutboxState from,
      int raise,
      Outcome outcome,
      Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE wb_mail_outbox SET state = ?, next_attempt_at = ?, last_error = ?,"
                + " attempts = ?, deferrals = ?, updated_at = ?, fence = fence + ?"
                + " WHERE id = ? AND fence = ? AND state = ?")) {
      Instant next = outcome.nextAttemptAt();
      update.setString(1, outcome.state().name());
      update.setObject(2, next == null ? null : utc(next), Types.TIMESTAMP_WITH_TIMEZONE);
      update.setString(3, outcome.error() == null ? null : cut(outcome.error()));
      update.setInt(4, outcome.tries().attempts());
      update.setInt(5, outcome.tries().deferrals());
      update.setObject(6, utc(now));
      update.setInt(7, raise);
      update.setString(8, seen.id());
      update.setLong(9, seen.fence());
      update.setString(10, from.name());
      return update.executeUpdate() == 1;
    }
  }

  private static boolean isWritten(Connection connection, OutboxEntry claim, Outcome outcome)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT 1 FROM wb_mail_outbox WHERE id = ? AND fence = ? AND state = ?")) {
      select.setString(1, claim.id());
      select.setLong(2, claim.fence());
      select.setString(3, outcome.state().name());
      try (ResultSet found = select.executeQuery()) {
        return found.next();
      }
    }
  }

  /** Both lists are in the envelope's order; only what differs is written, all if none is given. */
  private static void updateRecipients(
      Connection connection, String id, List<RecipientResult> before, List<RecipientResult> after)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE wb_mail_outbox_recipient SET status = ?, phase = ?, reply_code = ?,"
                + " reply_text = ? WHERE outbox_id = ? AND idx = ?")) {
      for (int i = 0; i < after.size(); i++) {
        RecipientResult result = after.get(i);
        if (!before.isEmpty() && result.equals(before.get(i))) {
          continue;
        }
        setResult(update, 1, result);
        update.setString(5, id);
        update.setInt(6, i);
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  /** Sets status, phase, reply code and text, from this parameter on. */
  static void setResult(PreparedStatement statement, int first, RecipientResult result)
      throws SQLException {
    Reply reply = result.reply().orElse(null);
    String text = reply != null ? reply.text() : result.why().orElse(null);
    statement.setString(first, result.status().name());
    statement.setString(first + 1, result.phase().name());
    if (reply == null) {
      statement.setNull(first + 2, Types.INTEGER);
    } else {
      statement.setInt(first + 2, reply.code());
    }
    statement.setString(first + 3, text == null ? null : cut(text));
  }

  /** Shows other nodes that the owner of these is alive. */
  void renew(List<OutboxEntry> claims) {
    // In line with all other changes, so that no two transactions of this process wait for each
    // other's rows.
    commits.commit(
        "renew leases",
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  "UPDATE wb_mail_outbox SET lease_until = "
                      + leaseEnd
                      + " WHERE id = ? AND fence = ? AND state = 'SENDING'")) {
            for (OutboxEntry claim : claims) {
              update.setString(1, claim.id());
              update.setLong(2, claim.fence());
              update.addBatch();
            }
            return update.executeBatch().length;
          }
        });
  }

  /** Deletes what is no longer kept: bytes first, whole entries later. Returns how many entries. */
  int prune(Instant contentBefore, Instant entriesBefore) {
    for (String id : rows.withOldContent(contentBefore)) {
      transactions.run("delete old content", connection -> prune(connection, id, contentBefore));
    }
    return transactions.run(
        "delete old entries",
        connection -> {
          try (PreparedStatement entries =
              connection.prepareStatement("DELETE FROM wb_mail_outbox WHERE " + OutboxRows.OLD)) {
            entries.setObject(1, utc(entriesBefore));
            return entries.executeUpdate();
          }
        });
  }

  /** An operator may have it tried again in this moment: then its bytes stay. */
  private static int prune(Connection connection, String id, Instant before) throws SQLException {
    try (PreparedStatement lock =
            connection.prepareStatement(
                "SELECT 1 FROM wb_mail_outbox WHERE id = ? AND " + OutboxRows.OLD + " FOR UPDATE");
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM wb_mail_outbox_chunk WHERE outbox_id = ?")) {
      lock.setString(1, id);
      lock.setObject(2, utc(before));
      try (ResultSet locked = lock.executeQuery()) {
        if (!locked.next()) {
          return 0;
        }
      }
      delete.setString(1, id);
      return delete.executeUpdate();
    }
  }

  /** Locks the row, so that its content is not deleted from here on. */
  private static boolean keepsContent(Connection connection, String id) throws SQLException {
    try (PreparedStatement lock =
            connection.prepareStatement("SELECT 1 FROM wb_mail_outbox WHERE id = ? FOR UPDATE");
        PreparedStatement select =
            connection.prepareStatement(
                "SELECT 1 FROM wb_mail_outbox_chunk WHERE outbox_id = ? AND idx = 0")) {
      lock.setString(1, id);
      lock.executeQuery().close();
      select.setString(1, id);
      try (ResultSet found = select.executeQuery()) {
        return found.next();
      }
    }
  }

  /** Brings to the disk what was handed in and not waited for. */
  void flush() {
    commits.flush();
  }

  FrozenMessage message(OutboxEntry entry, List<Address> recipients) {
    return new StoredMessage(transactions, entry, recipients);
  }

  static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static String cut(String text) {
    return cut(text, MAX_TEXT);
  }

  /** Returns at most so many characters, and never half of one. */
  static String cut(String text, int length) {
    String shown = text.replace('\0', '?'); // which PostgreSQL does not take, and servers may say
    if (shown.length() <= length) {
      return shown;
    }
    int end = Character.isHighSurrogate(shown.charAt(length - 1)) ? length - 1 : length;
    return shown.substring(0, end);
  }

  private static MailException gone(String id) {
    return new MailException.OutboxConflict(id, "was deleted meanwhile", false);
  }
}
