package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Phase;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.Reply;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** Turns rows into entries. */
final class OutboxRow {
  private OutboxRow() {}

  static OutboxEntry.Builder read(ResultSet row) throws SQLException {
    OutboxEntry.Builder entry = new OutboxEntry.Builder();
    entry.id = row.getString("id");
    entry.dedupeKey = row.getString("dedupe_key");
    entry.state = OutboxState.valueOf(row.getString("state"));
    entry.owner = row.getString("owner");
    entry.fence = row.getLong("fence");
    entry.attempts = row.getInt("attempts");
    entry.messageId = row.getString("message_id");
    entry.sender = row.getString("sender");
    entry.subject = row.getString("subject");
    entry.sizeBytes = row.getLong("size_bytes");
    entry.sha256 = row.getString("sha256").strip();
    entry.enqueuedAt = row.getObject("enqueued_at", OffsetDateTime.class).toInstant();
    entry.updatedAt = row.getObject("updated_at", OffsetDateTime.class).toInstant();
    OffsetDateTime next = row.getObject("next_attempt_at", OffsetDateTime.class);
    entry.nextAttemptAt = next == null ? null : next.toInstant();
    entry.lastError = row.getString("last_error");
    return entry;
  }

  static void addRecipients(Connection connection, OutboxEntry.Builder entry) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT address, status, phase, reply_code, reply_text FROM wb_mail_outbox_recipient"
                + " WHERE outbox_id = ? ORDER BY idx")) {
      select.setString(1, entry.id);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          int code = rows.getInt("reply_code");
          String text = rows.getString("reply_text");
          entry.recipients.add(
              RecipientResult.of(
                  Address.of(rows.getString("address")),
                  Status.valueOf(rows.getString("status")),
                  Phase.valueOf(rows.getString("phase")),
                  text == null ? null : new Reply(code, text)));
        }
      }
    }
  }
}
