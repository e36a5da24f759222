package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.MessageEncoding;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import io.waybill.mail.jdbc.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the outbox's rows. */
final class OutboxRows {
  private static final int MAX_PARAMETERS = 200;

  /** Done since before then. */
  static final String OLD = "state IN ('SENT', 'PARTIAL', 'FAILED', 'EXPIRED') AND updated_at < ?";

  /** No lease is of before there were any. */
  static final String SILENT = "(lease_until IS NULL OR lease_until < CURRENT_TIMESTAMP)";

  private final Transactions transactions;

  OutboxRows(Transactions transactions) {
    this.transactions = transactions;
  }

  Optional<OutboxEntry> find(String id) {
    return transactions.run("find entry " + id, connection -> find(connection, id));
  }

  Optional<OutboxEntry> find(Connection connection, String id) throws SQLException {
    return select(connection, "WHERE id = ?", List.of(id), 1).stream().findFirst();
  }

  Optional<OutboxEntry> findByKey(String dedupeKey) {
    return select("find a key", "WHERE dedupe_key = ?", List.of(dedupeKey), 1).stream().findFirst();
  }

  Optional<OutboxEntry> findByMessageId(String messageId) {
    return select("find a message", "WHERE message_id = ?", List.of(messageId), 1).stream()
        .findFirst();
  }

  /** Returns an entry with its bounces. */
  OutboxEntry withBounces(OutboxEntry entry) {
    return transactions.run(
        "look for bounces of entry " + entry.id(),
        connection ->
            entry.withBounces(
                Bounces.of(connection, List.of(entry.id())).getOrDefault(entry.id(), List.of())));
  }

  /** Those whose keys begin so, which is of letters, digits and slashes. */
  List<OutboxEntry> findByKeyPrefix(String prefix) {
    return select(
        "find keys", "WHERE dedupe_key LIKE ? ORDER BY id", List.of(prefix + "%"), MAX_PARAMETERS);
  }

  /** The oldest first. */
  List<OutboxEntry> list(Set<OutboxState> states, int limit) {
    if (states.isEmpty()) {
      return List.of();
    }
    List<Object> names = states.stream().<Object>map(Enum::name).toList();
    return select(
        "list entries", "WHERE state IN (" + marks(states.size()) + ") ORDER BY id", names, limit);
  }

  /**
   * Entries of an account that may be sent now: the oldest of those that are new, then the oldest
   * of those that come again.
   */
  List<OutboxEntry> due(String account, int limit, Instant now) {
    List<OutboxEntry> due = new ArrayList<>(due(account, OutboxState.QUEUED, limit, now));
    if (due.size() < limit) {
      due.addAll(due(account, OutboxState.DEFERRED, limit - due.size(), now));
    }
    return due;
  }

  private List<OutboxEntry> due(String account, OutboxState state, int limit, Instant now) {
    // Ordered as the index is, so that only what is taken is read.
    return select(
        "look for what is due",
        "WHERE account = ? AND state = ?"
            + " AND (next_attempt_at IS NULL OR next_attempt_at <= ?) ORDER BY state, account, id",
        List.of(account, state.name(), OutboxStore.utc(now)),
        limit);
  }

  /** How many entries of each account may be sent now. */
  Map<String, Integer> dueByAccount(Instant now) {
    return transactions.run(
        "count what is due",
        connection -> {
          Map<String, Integer> due = new LinkedHashMap<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT account, COUNT(*) FROM wb_mail_outbox"
                      + " WHERE account <> '' AND state IN ('QUEUED', 'DEFERRED')"
                      + " AND (next_attempt_at IS NULL OR next_attempt_at <= ?) GROUP BY account")) {
            select.setObject(1, OutboxStore.utc(now));
            try (ResultSet counts = select.executeQuery()) {
              while (counts.next()) {
                due.put(counts.getString(1), counts.getInt(2));
              }
            }
          }
          return due;
        });
  }

  /** Entries that wait although their time is up. */
  List<OutboxEntry> expired(Instant now) {
    return select(
        "look for what has expired",
        "WHERE state IN ('QUEUED', 'DEFERRED') AND expires_at <= ? ORDER BY id",
        List.of(OutboxStore.utc(now)),
        1000);
  }

  /** Entries whose owner has shown no life for a lease, by the database's clock. */
  List<OutboxEntry> silent() {
    return select(
        "look for silent owners",
        "WHERE state = 'SENDING' AND " + SILENT + " ORDER BY id",
        List.of(),
        Integer.MAX_VALUE);
  }

  /** Ids of entries that are done since before then and whose bytes are still here. */
  List<String> withOldContent(Instant before) {
    return transactions.run(
        "look for old content",
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT id FROM wb_mail_outbox WHERE "
                      + OLD
                      + " AND EXISTS (SELECT 1 FROM wb_mail_outbox_chunk c"
                      + " WHERE c.outbox_id = wb_mail_outbox.id AND c.idx = 0)")) {
            select.setObject(1, OutboxStore.utc(before));
            try (ResultSet rows = select.executeQuery()) {
              List<String> ids = new ArrayList<>();
              while (rows.next()) {
                ids.add(rows.getString(1).strip());
              }
              return ids;
            }
          }
        });
  }

  /**
   * Entries whose fate is unknown and that were not tried more often than that, oldest first.
   *
   * @param alsoPartlySent also those that some recipients have for certain
   */
  List<OutboxEntry> unknown(int mostAttempts, boolean alsoPartlySent, int limit) {
    String nobodyHasIt =
        " AND NOT EXISTS (SELECT 1 FROM wb_mail_outbox_recipient r"
            + " WHERE r.outbox_id = wb_mail_outbox.id AND r.status = 'ACCEPTED')";
    return select(
        "look for what is unknown",
        "WHERE state = 'UNKNOWN' AND attempts <= ?"
            + (alsoPartlySent ? "" : nobodyHasIt)
            + " ORDER BY id",
        List.of(mostAttempts),
        limit);
  }

  /** How much waits. */
  OutboxLoad load() {
    return transactions.run(
        "count what waits",
        connection -> {
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "SELECT COUNT(*), COALESCE(SUM(size_bytes), 0) FROM wb_mail_outbox"
                          + " WHERE state IN ('QUEUED', 'SENDING', 'DEFERRED', 'UNKNOWN')");
              ResultSet sums = select.executeQuery()) {
            sums.next();
            return new OutboxLoad(sums.getLong(1), sums.getLong(2));
          }
        });
  }

  private List<OutboxEntry> select(String what, String where, List<Object> values, int limit) {
    return transactions.run(what, connection -> select(connection, where, values, limit));
  }

  private static List<OutboxEntry> select(
      Connection connection, String where, List<Object> values, int limit) throws SQLException {
    Map<String, OutboxEntry.Builder> found = new LinkedHashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM wb_mail_outbox " + where + " LIMIT " + limit)) {
      for (int i = 0; i < values.size(); i++) {
        select.setObject(i + 1, values.get(i));
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          OutboxEntry.Builder entry = read(rows);
          found.put(entry.id, entry);
        }
      }
    }
    List<String> ids = List.copyOf(found.keySet());
    for (int from = 0; from < ids.size(); from += MAX_PARAMETERS) {
      List<String> part = ids.subList(from, Math.min(ids.size(), from + MAX_PARAMETERS));
      addRecipients(connection, found, part);
    }
    return found.values().stream().map(OutboxEntry.Builder::build).toList();
  }

  private static OutboxEntry.Builder read(ResultSet row) throws SQLException {
    OutboxEntry.Builder entry = new OutboxEntry.Builder();
    entry.id = row.getString("id").strip();
    entry.dedupeKey = row.getString("dedupe_key");
    entry.account = row.getString("account");
    entry.state = OutboxState.valueOf(row.getString("state"));
    entry.owner = row.getString("owner");
    entry.fence = row.getLong("fence");
    entry.attempts = row.getInt("attempts");
    entry.deferrals = row.getInt("deferrals");
    entry.messageId = row.getString("message_id");
    entry.sender = row.getString("sender");
    entry.subject = row.getString("subject");
    entry.sizeBytes = row.getLong("size_bytes");
    entry.sha256 = row.getString("sha256").strip();
    entry.encoding = MessageEncoding.valueOf(row.getString("encoding"));
    entry.dsn = dsn(row);
    entry.enqueuedAt = row.getObject("enqueued_at", OffsetDateTime.class).toInstant();
    entry.updatedAt = row.getObject("updated_at", OffsetDateTime.class).toInstant();
    entry.nextAttemptAt = instant(row, "next_attempt_at");
    entry.expiresAt = instant(row, "expires_at");
    long seconds = row.getLong("lifetime_seconds");
    entry.lifetime = row.wasNull() ? null : Duration.ofSeconds(seconds);
    entry.lastError = row.getString("last_error");
    return entry;
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable DsnRequest dsn(ResultSet row) throws SQLException {
    String events = row.getString("dsn_events");
    if (events == null) {
      return null;
    }
    return new DsnRequest(
        Arrays.stream(events.split(",", -1))
            .filter(name -> !name.isEmpty())
            .map(DsnRequest.Notify::valueOf)
            .collect(Collectors.toSet()),
        Optional.ofNullable(row.getString("dsn_content")).map(DsnRequest.ReturnedContent::valueOf),
        Optional.ofNullable(row.getString("dsn_envelope")));
  }

  private static void addRecipients(
      Connection connection, Map<String, OutboxEntry.Builder> entries, Collection<String> ids)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT outbox_id, address, status, phase, reply_code, reply_text"
                + " FROM wb_mail_outbox_recipient WHERE outbox_id IN ("
                + marks(ids.size())
                + ") ORDER BY outbox_id, idx")) {
      int index = 1;
      for (String id : ids) {
        select.setString(index++, id);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          OutboxEntry.Builder entry = entries.get(rows.getString(1).strip());
          if (entry != null) {
            entry.recipients.add(recipient(rows));
          }
        }
      }
    }
  }

  private static RecipientResult recipient(ResultSet row) throws SQLException {
    Address address = Address.of(row.getString("address"));
    Status status = Status.valueOf(row.getString("status"));
    int code = row.getInt("reply_code");
    boolean isLocal = row.wasNull();
    String text = row.getString("reply_text");
    if (text != null && isLocal) {
      return RecipientResult.local(address, status, text);
    }
    Phase phase = Phase.valueOf(row.getString("phase"));
    return RecipientResult.of(address, status, phase, text == null ? null : new Reply(code, text));
  }

  private static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }
}
