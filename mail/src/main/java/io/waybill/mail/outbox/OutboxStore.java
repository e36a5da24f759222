package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.MailException;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads and writes the outbox's rows; every write carries the fencing token of its claim. */
final class OutboxStore {
  static final int CHUNK_BYTES = 256 * 1024;
  private static final int MAX_ERROR = 2000;
  private static final int MAX_SUBJECT = 255;
  private static final String UNIQUE_VIOLATION = "23505";

  private final Transactions transactions;

  OutboxStore(DataSource dataSource) {
    this.transactions = new Transactions(dataSource);
  }

  OutboxEntry insert(
      String id, String dedupeKey, String subject, FrozenMessage message, Instant now) {
    String inserted =
        transactions.run(
            "enqueue " + message.messageId(),
            connection -> {
              try {
                insertEntry(connection, id, dedupeKey, subject, message, now);
              } catch (SQLException e) {
                if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                  connection.rollback(); // somebody else was first under this key
                  return "";
                }
                throw e;
              }
              List<RecipientResult> waiting =
                  message.envelope().recipients().stream()
                      .map(a -> RecipientResult.of(a, Status.NOT_ATTEMPTED, Phase.SESSION, null))
                      .toList();
              insertRecipients(connection, id, waiting);
              insertChunks(connection, id, message);
              return id;
            });
    return inserted.isEmpty()
        ? findByKey(dedupeKey).orElseThrow(() -> gone(id))
        : find(id).orElseThrow(() -> gone(id));
  }

  private static void insertEntry(
      Connection connection,
      String id,
      String dedupeKey,
      String subject,
      FrozenMessage message,
      Instant now)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO wb_mail_outbox (id, dedupe_key, state, owner, fence, attempts, message_id,"
                + " sender, subject, size_bytes, sha256, enqueued_at, updated_at)"
                + " VALUES (?, ?, 'QUEUED', '', 0, 0, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, id);
      insert.setString(2, dedupeKey);
      insert.setString(3, message.messageId());
      insert.setString(4, message.envelope().sender().map(Address::address).orElse(""));
      insert.setString(5, cut(subject, MAX_SUBJECT));
      insert.setLong(6, message.sizeBytes());
      insert.setString(7, message.sha256());
      insert.setObject(8, utc(now));
      insert.setObject(9, utc(now));
      insert.executeUpdate();
    }
  }

  private static void insertRecipients(
      Connection connection, String id, List<RecipientResult> results) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO wb_mail_outbox_recipient"
                + " (outbox_id, idx, address, status, phase, reply_code, reply_text)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      for (int i = 0; i < results.size(); i++) {
        RecipientResult result = results.get(i);
        Reply reply = result.reply().orElse(null);
        insert.setString(1, id);
        insert.setInt(2, i);
        insert.setString(3, result.recipient().address());
        insert.setString(4, result.status().name());
        insert.setString(5, result.phase().name());
        insert.setObject(6, reply == null ? null : reply.code(), Types.INTEGER);
        insert.setString(7, reply == null ? null : cut(reply.text(), MAX_ERROR));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static void insertChunks(Connection connection, String id, FrozenMessage message)
      throws SQLException, IOException {
    try (InputStream content = message.open();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO wb_mail_outbox_chunk (outbox_id, idx, bytes) VALUES (?, ?, ?)")) {
      byte[] buffer = new byte[CHUNK_BYTES];
      int index = 0;
      for (int n = content.readNBytes(buffer, 0, CHUNK_BYTES);
          n > 0;
          n = content.readNBytes(buffer, 0, CHUNK_BYTES)) {
        insert.setString(1, id);
        insert.setInt(2, index++);
        insert.setBytes(3, n == CHUNK_BYTES ? buffer : Arrays.copyOf(buffer, n));
        insert.executeUpdate();
      }
    }
  }

  /** Makes an entry that waits ours; the attempt is committed before it begins. */
  OutboxEntry claim(OutboxEntry entry, String owner, Instant now) {
    return seize(entry, owner, now, 1, "'QUEUED', 'DEFERRED'");
  }

  /** Makes an entry ours that nobody is at work on any more, or that waits for a decision. */
  OutboxEntry takeOver(OutboxEntry entry, String owner, Instant now) {
    return seize(entry, owner, now, 0, "'SENDING', 'UNKNOWN'");
  }

  private OutboxEntry seize(
      OutboxEntry entry, String owner, Instant now, int attempt, String fromStates) {
    int rows =
        transactions.run(
            "claim entry " + entry.id(),
            connection -> {
              try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE wb_mail_outbox SET state = 'SENDING', owner = ?, fence = fence + 1,"
                          + " attempts = attempts + ?, updated_at = ?"
                          + " WHERE id = ? AND fence = ? AND state IN ("
                          + fromStates
                          + ")")) {
                update.setString(1, owner);
                update.setInt(2, attempt);
                update.setObject(3, utc(now));
                update.setString(4, entry.id());
                update.setLong(5, entry.fence());
                return update.executeUpdate();
              }
            });
    if (rows != 1) {
      throw new MailException.OutboxConflict(entry.id(), "is being sent by another owner", true);
    }
    return find(entry.id()).orElseThrow(() -> gone(entry.id()));
  }

  /**
   * Writes state and recipients of a claimed entry in one transaction.
   *
   * @throws MailException.OutboxConflict if the claim was lost to another owner; nothing is written
   */
  OutboxEntry update(
      OutboxEntry claim,
      OutboxState state,
      List<RecipientResult> results,
      @Nullable String error,
      Instant now) {
    Instant next =
        state == OutboxState.DEFERRED ? now.plus(StateRule.delayAfter(claim.attempts())) : null;
    int rows =
        transactions.run(
            "update entry " + claim.id(),
            connection -> {
              try (PreparedStatement update =
                      connection.prepareStatement(
                          "UPDATE wb_mail_outbox SET state = ?, next_attempt_at = ?,"
                              + " last_error = ?, updated_at = ?"
                              + " WHERE id = ? AND fence = ? AND state = 'SENDING'");
                  PreparedStatement delete =
                      connection.prepareStatement(
                          "DELETE FROM wb_mail_outbox_recipient WHERE outbox_id = ?")) {
                update.setString(1, state.name());
                update.setObject(2, next == null ? null : utc(next), Types.TIMESTAMP_WITH_TIMEZONE);
                update.setString(3, error == null ? null : cut(error, MAX_ERROR));
                update.setObject(4, utc(now));
                update.setString(5, claim.id());
                update.setLong(6, claim.fence());
                int updated = update.executeUpdate();
                if (updated == 1) {
                  delete.setString(1, claim.id());
                  delete.executeUpdate();
                  insertRecipients(connection, claim.id(), results);
                }
                return updated;
              }
            });
    if (rows != 1) {
      throw new MailException.OutboxConflict(
          claim.id(), "was taken over by another owner meanwhile", true);
    }
    return find(claim.id()).orElseThrow(() -> gone(claim.id()));
  }

  /** Makes sure that what was committed survives a power cut; PostgreSQL does so on commit. */
  void syncToDisk() {
    transactions.run(
        "sync to disk",
        connection -> {
          if (connection.getMetaData().getDatabaseProductName().equals("H2")) {
            try (Statement statement = connection.createStatement()) {
              statement.execute("CHECKPOINT SYNC");
            }
          }
          return 0;
        });
  }

  FrozenMessage message(OutboxEntry entry, List<Address> recipients) {
    return new StoredMessage(transactions, entry, recipients);
  }

  Optional<OutboxEntry> find(String id) {
    return select("find entry " + id, "WHERE id = ?", List.of(id), 1).stream().findFirst();
  }

  Optional<OutboxEntry> findByKey(String dedupeKey) {
    return select("find a key", "WHERE dedupe_key = ?", List.of(dedupeKey), 1).stream().findFirst();
  }

  List<OutboxEntry> list(Set<OutboxState> states, int limit) {
    if (states.isEmpty()) {
      return List.of();
    }
    String marks = String.join(", ", Collections.nCopies(states.size(), "?"));
    List<String> names = states.stream().map(Enum::name).toList();
    return select("list entries", "WHERE state IN (" + marks + ") ORDER BY id", names, limit);
  }

  private List<OutboxEntry> select(String what, String where, List<String> values, int limit) {
    return transactions.run(
        what,
        connection -> {
          List<OutboxEntry.Builder> found = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement("SELECT * FROM wb_mail_outbox " + where)) {
            for (int i = 0; i < values.size(); i++) {
              select.setString(i + 1, values.get(i));
            }
            select.setMaxRows(limit);
            try (ResultSet rows = select.executeQuery()) {
              while (rows.next()) {
                found.add(OutboxRow.read(rows));
              }
            }
          }
          List<OutboxEntry> entries = new ArrayList<>();
          for (OutboxEntry.Builder builder : found) {
            OutboxRow.addRecipients(connection, builder);
            entries.add(builder.build());
          }
          return entries;
        });
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }

  private static MailException gone(String id) {
    return new MailException.OutboxConflict(id, "was deleted meanwhile", false);
  }
}
