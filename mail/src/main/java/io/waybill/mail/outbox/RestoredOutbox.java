package io.waybill.mail.outbox;

import io.waybill.mail.MailException;
import io.waybill.mail.jdbc.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import javax.sql.DataSource;

/** An outbox as it was some time ago: what waited then may have been sent since. */
public final class RestoredOutbox {
  private static final String WAITING = "state IN ('QUEUED', 'SENDING', 'DEFERRED')";

  private RestoredOutbox() {}

  /**
   * Makes everything that waits {@link OutboxState#UNKNOWN}, so that nothing is sent twice by
   * itself. Nobody may be at work on it.
   *
   * @return how many entries
   * @throws MailException.StoreFailed if the database refuses
   */
  public static int hold(DataSource dataSource, Instant now) {
    return new Transactions(dataSource)
        .run(
            "hold what a backup brought back",
            connection -> {
              holdRecipients(connection);
              return holdEntries(connection, now);
            });
  }

  private static void holdRecipients(Connection connection) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE wb_mail_outbox_recipient SET status = 'UNKNOWN'"
                + " WHERE status IN ('NOT_ATTEMPTED', 'DEFERRED')"
                + " AND outbox_id IN (SELECT id FROM wb_mail_outbox WHERE "
                + WAITING
                + ")")) {
      update.executeUpdate();
    }
  }

  private static int holdEntries(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE wb_mail_outbox SET state = 'UNKNOWN', fence = fence + 1,"
                + " next_attempt_at = NULL, updated_at = ?,"
                + " last_error = 'it waited in the backup that was restored, and may have been"
                + " sent since' WHERE "
                + WAITING)) {
      update.setObject(1, OutboxStore.utc(now));
      return update.executeUpdate();
    }
  }
}
