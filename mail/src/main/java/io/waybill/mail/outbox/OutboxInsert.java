package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.FrozenMessage;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the rows of a new entry: the entry, its recipients, its bytes. */
final class OutboxInsert {
  static final int CHUNK_BYTES = 256 * 1024;
  private static final int MAX_SUBJECT = 255;

  private final String id;
  private final EnqueueRequest request;
  private final FrozenMessage message;
  private final Instant expiresAt;
  private final Instant now;

  OutboxInsert(
      String id, EnqueueRequest request, FrozenMessage message, Instant expiresAt, Instant now) {
    this.id = id;
    this.request = request;
    this.message = message;
    this.expiresAt = expiresAt.truncatedTo(ChronoUnit.MICROS);
    this.now = now.truncatedTo(ChronoUnit.MICROS); // as precise as the database
  }

  /** Returns whether the key was new. */
  boolean apply(Connection connection) throws SQLException, IOException {
    if (keyExists(connection)) {
      return false;
    }
    insertEntry(connection);
    insertRecipients(connection);
    insertChunks(connection);
    return true;
  }

  /** Returns what was written. */
  OutboxEntry entry() {
    OutboxEntry.Builder entry = new OutboxEntry.Builder();
    entry.id = id;
    entry.dedupeKey = request.dedupeKey();
    entry.account = request.account();
    entry.messageId = message.messageId();
    entry.sender = sender();
    entry.subject = OutboxStore.cut(request.subject(), MAX_SUBJECT);
    entry.sizeBytes = message.sizeBytes();
    entry.sha256 = message.sha256();
    entry.encoding = message.encoding();
    entry.dsn = message.envelope().dsn().orElse(null);
    entry.enqueuedAt = now;
    entry.updatedAt = now;
    entry.nextAttemptAt = firstAttemptAt();
    entry.expiresAt = expiresAt;
    message.envelope().recipients().forEach(each -> entry.recipients.add(notAttempted(each)));
    return entry.build();
  }

  private String sender() {
    String sender = message.envelope().sender().map(Address::address).orElse("");
    return request.isSenderTagged() && !sender.isEmpty() ? Bounces.tagged(sender, id) : sender;
  }

  private @Nullable Instant firstAttemptAt() {
    Duration wait = request.backgroundAfter();
    return wait.isZero() ? null : now.plus(wait);
  }

  private static RecipientResult notAttempted(Address recipient) {
    return RecipientResult.of(recipient, Status.NOT_ATTEMPTED, Phase.SESSION, null);
  }

  /** Somebody may still be faster after this look: then the unique key speaks. */
  private boolean keyExists(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT 1 FROM wb_mail_outbox WHERE dedupe_key = ?")) {
      select.setString(1, request.dedupeKey());
      try (ResultSet found = select.executeQuery()) {
        return found.next();
      }
    }
  }

  private void insertEntry(Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO wb_mail_outbox (id, dedupe_key, state, owner, fence, attempts, message_id,"
                + " sender, subject, size_bytes, sha256, enqueued_at, updated_at, account,"
                + " encoding, dsn_events, dsn_content, dsn_envelope, expires_at, next_attempt_at,"
                + " lifetime_seconds)"
                + " VALUES (?, ?, 'QUEUED', '', 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, id);
      insert.setString(2, request.dedupeKey());
      insert.setString(3, message.messageId());
      insert.setString(4, sender());
      insert.setString(5, OutboxStore.cut(request.subject(), MAX_SUBJECT));
      insert.setLong(6, message.sizeBytes());
      insert.setString(7, message.sha256());
      insert.setObject(8, OutboxStore.utc(now));
      insert.setObject(9, OutboxStore.utc(now));
      insert.setString(10, request.account());
      insert.setString(11, message.encoding().name());
      DsnRequest dsn = message.envelope().dsn().orElse(null);
      insert.setString(12, dsn == null ? null : events(dsn));
      insert.setString(13, dsn == null ? null : dsn.content().map(Enum::name).orElse(null));
      insert.setString(14, dsn == null ? null : dsn.envelopeId().orElse(null));
      insert.setObject(15, OutboxStore.utc(expiresAt));
      Instant first = firstAttemptAt();
      insert.setObject(
          16, first == null ? null : OutboxStore.utc(first), Types.TIMESTAMP_WITH_TIMEZONE);
      insert.setObject(17, request.expiry().map(Duration::toSeconds).orElse(null), Types.BIGINT);
      insert.executeUpdate();
    }
  }

  private static String events(DsnRequest dsn) {
    return dsn.events().stream().map(Enum::name).sorted().collect(Collectors.joining(","));
  }

  private void insertRecipients(Connection connection) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO wb_mail_outbox_recipient"
                + " (outbox_id, idx, address, status, phase, reply_code, reply_text)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      List<Address> recipients = message.envelope().recipients();
      for (int i = 0; i < recipients.size(); i++) {
        insert.setString(1, id);
        insert.setInt(2, i);
        insert.setString(3, recipients.get(i).address());
        OutboxStore.setResult(insert, 4, notAttempted(recipients.get(i)));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void insertChunks(Connection connection) throws SQLException, IOException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO wb_mail_outbox_chunk (outbox_id, idx, bytes) VALUES (?, ?, ?)");
        InputStream in = message.open()) {
      byte[] buffer = new byte[(int) Math.min(CHUNK_BYTES, Math.max(1, message.sizeBytes()))];
      int index = 0;
      for (int n = in.readNBytes(buffer, 0, buffer.length);
          n > 0;
          n = in.readNBytes(buffer, 0, buffer.length)) {
        insert.setString(1, id);
        insert.setInt(2, index++);
        insert.setBytes(3, n == buffer.length ? buffer : Arrays.copyOf(buffer, n));
        insert.executeUpdate();
      }
    }
  }
}
