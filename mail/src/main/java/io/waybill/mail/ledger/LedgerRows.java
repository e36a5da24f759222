package io.waybill.mail.ledger;

import io.waybill.mail.inbox.AfterAction;
import io.waybill.mail.inbox.Checkpoint;
import io.waybill.mail.inbox.LedgerEntry;
import io.waybill.mail.inbox.LedgerEntry.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Reads and writes the rows of one folder's messages within a transaction. */
final class LedgerRows {
  /** Done, and something is still to be done on the server. */
  private static final String FINISHING = "FINISHING";

  private static final String COLUMNS =
      "SELECT uid, state, attempts, identity, after_action, next_attempt_at, last_error"
          + " FROM wb_mail_inbound WHERE mailbox_id = ?";

  /** So many values stand in one statement. */
  private static final int MOST_VALUES = 500;

  private final Connection connection;
  private final long mailbox;
  private final long uidValidity;

  LedgerRows(Connection connection, long mailbox, long uidValidity) {
    this.connection = connection;
    this.mailbox = mailbox;
    this.uidValidity = uidValidity;
  }

  /** Returns the rows under the UIDVALIDITY that counts. */
  static LedgerRows current(Connection connection, long mailbox) throws SQLException {
    long uidValidity =
        checkpoint(connection, mailbox).map(Checkpoint::uidValidity).orElse(-1L); // of none
    return new LedgerRows(connection, mailbox, uidValidity);
  }

  static Optional<Checkpoint> checkpoint(Connection connection, long mailbox) throws SQLException {
    String sql = "SELECT uid_validity, uid, since FROM wb_mail_mailbox WHERE id = ?";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, mailbox);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next() || row.getObject(3) == null) {
          return Optional.empty();
        }
        return Optional.of(new Checkpoint(row.getLong(1), row.getLong(2), instant(row, 3)));
      }
    }
  }

  void startFrom(Checkpoint checkpoint) throws SQLException {
    String sql = "UPDATE wb_mail_mailbox SET uid_validity = ?, uid = ?, since = ? WHERE id = ?";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setLong(1, checkpoint.uidValidity());
      update.setLong(2, checkpoint.uid());
      update.setObject(3, checkpoint.since().atOffset(ZoneOffset.UTC));
      update.setLong(4, mailbox);
      update.executeUpdate();
    }
    String others = "DELETE FROM wb_mail_inbound WHERE mailbox_id = ? AND uid_validity <> ?";
    try (PreparedStatement delete = connection.prepareStatement(others)) {
      delete.setLong(1, mailbox);
      delete.setLong(2, checkpoint.uidValidity());
      delete.executeUpdate();
    }
  }

  void advance(long uid) throws SQLException {
    String sql = "UPDATE wb_mail_mailbox SET uid = ? WHERE id = ?";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setLong(1, uid);
      update.setLong(2, mailbox);
      update.executeUpdate();
    }
  }

  /** Writes entries, whether they are there or not. */
  void put(List<LedgerEntry> entries, Instant now) throws SQLException {
    String update =
        "UPDATE wb_mail_inbound SET state = ?, attempts = ?, identity = ?, after_action = ?,"
            + " next_attempt_at = ?, last_error = ?, updated_at = ?"
            + " WHERE mailbox_id = ? AND uid_validity = ? AND uid = ?";
    List<LedgerEntry> missing = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      for (LedgerEntry entry : entries) {
        set(statement, entry, now);
        statement.addBatch();
      }
      int[] updated = statement.executeBatch();
      for (int i = 0; i < updated.length; i++) {
        if (updated[i] == 0) {
          missing.add(entries.get(i));
        }
      }
    }
    insert(missing, now);
  }

  private void insert(List<LedgerEntry> entries, Instant now) throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    String sql =
        "INSERT INTO wb_mail_inbound (state, attempts, identity, after_action, next_attempt_at,"
            + " last_error, updated_at, mailbox_id, uid_validity, uid)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (LedgerEntry entry : entries) {
        set(statement, entry, now);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private void set(PreparedStatement statement, LedgerEntry entry, Instant now)
      throws SQLException {
    statement.setString(1, column(entry));
    statement.setInt(2, entry.attempts());
    statement.setString(3, entry.identity());
    statement.setString(4, entry.after().toString());
    if (entry.nextAttemptAt().isPresent()) {
      statement.setObject(5, entry.nextAttemptAt().get().atOffset(ZoneOffset.UTC));
    } else {
      statement.setNull(5, Types.TIMESTAMP_WITH_TIMEZONE);
    }
    statement.setString(6, entry.lastError().orElse(null));
    statement.setObject(7, now.atOffset(ZoneOffset.UTC));
    statement.setLong(8, mailbox);
    statement.setLong(9, uidValidity);
    statement.setLong(10, entry.uid());
  }

  private static String column(LedgerEntry entry) {
    return entry.state() == State.DONE && entry.after().isChange()
        ? FINISHING
        : entry.state().name();
  }

  void forget(List<Long> uids) throws SQLException {
    String sql =
        "DELETE FROM wb_mail_inbound WHERE mailbox_id = ? AND uid_validity = ? AND uid = ?";
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      for (long uid : uids) {
        delete.setLong(1, mailbox);
        delete.setLong(2, uidValidity);
        delete.setLong(3, uid);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  void finish(List<Long> uids, Instant now) throws SQLException {
    String sql =
        "UPDATE wb_mail_inbound SET state = 'DONE', after_action = 'NONE', updated_at = ?"
            + " WHERE mailbox_id = ? AND uid_validity = ? AND uid = ? AND state = 'FINISHING'";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      for (long uid : uids) {
        update.setObject(1, now.atOffset(ZoneOffset.UTC));
        update.setLong(2, mailbox);
        update.setLong(3, uidValidity);
        update.setLong(4, uid);
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  boolean release(long uid, Instant now) throws SQLException {
    String sql =
        "UPDATE wb_mail_inbound SET state = 'PENDING', attempts = 0, next_attempt_at = NULL,"
            + " updated_at = ?"
            + " WHERE mailbox_id = ? AND uid_validity = ? AND uid = ? AND state = 'QUARANTINED'";
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      update.setObject(1, now.atOffset(ZoneOffset.UTC));
      update.setLong(2, mailbox);
      update.setLong(3, uidValidity);
      update.setLong(4, uid);
      return update.executeUpdate() == 1;
    }
  }

  List<LedgerEntry> find(List<Long> uids) throws SQLException {
    List<LedgerEntry> found = new ArrayList<>();
    for (int from = 0; from < uids.size(); from += MOST_VALUES) {
      List<Long> part = uids.subList(from, Math.min(uids.size(), from + MOST_VALUES));
      String sql = COLUMNS + " AND uid_validity = ? AND uid IN (" + marks(part) + ") ORDER BY uid";
      found.addAll(query(sql, uidValidity, part, part.size()));
    }
    return found;
  }

  /** What waits to be handled and may be now, and what was begun and not concluded. */
  List<LedgerEntry> due(Instant now, int limit) throws SQLException {
    String sql =
        COLUMNS
            + " AND uid_validity = ? AND state IN ('PENDING', 'BEGUN')"
            + " AND (next_attempt_at IS NULL OR next_attempt_at <= ?) ORDER BY uid";
    return query(sql, uidValidity, List.of(now.atOffset(ZoneOffset.UTC)), limit);
  }

  List<LedgerEntry> unfinished(int limit) throws SQLException {
    return in(FINISHING, limit);
  }

  List<LedgerEntry> in(String state, int limit) throws SQLException {
    String sql = COLUMNS + " AND uid_validity = ? AND state = ? ORDER BY uid";
    return query(sql, uidValidity, List.of(state), limit);
  }

  List<LedgerEntry> done(int limit) throws SQLException {
    String sql = COLUMNS + " AND uid_validity = ? AND state IN ('DONE', 'FINISHING') ORDER BY uid";
    return query(sql, uidValidity, List.of(), limit);
  }

  List<LedgerEntry> recognise(List<String> identities) throws SQLException {
    List<LedgerEntry> found = new ArrayList<>();
    for (int from = 0; from < identities.size(); from += MOST_VALUES) {
      List<String> part = identities.subList(from, Math.min(identities.size(), from + MOST_VALUES));
      String sql = COLUMNS + " AND uid_validity = ? AND identity IN (" + marks(part) + ")";
      found.addAll(query(sql, uidValidity, part, Integer.MAX_VALUE));
    }
    return found;
  }

  private static String marks(List<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }

  private List<LedgerEntry> query(String sql, long validity, List<?> values, int limit)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, mailbox);
      select.setLong(2, validity);
      for (int i = 0; i < values.size(); i++) {
        select.setObject(3 + i, values.get(i));
      }
      select.setMaxRows(limit == Integer.MAX_VALUE ? 0 : limit);
      List<LedgerEntry> entries = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          entries.add(entry(row));
        }
      }
      return entries;
    }
  }

  private static LedgerEntry entry(ResultSet row) throws SQLException {
    String state = row.getString(2);
    return new LedgerEntry(
        row.getLong(1),
        state.equals(FINISHING) ? State.DONE : State.valueOf(state),
        row.getInt(3),
        row.getString(4),
        AfterAction.parse(row.getString(5)),
        row.getObject(6) == null ? Optional.empty() : Optional.of(instant(row, 6)),
        Optional.ofNullable(row.getString(7)));
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
