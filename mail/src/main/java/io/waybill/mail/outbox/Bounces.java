package io.waybill.mail.outbox;

import io.waybill.mail.Address;
import io.waybill.mail.jdbc.Transactions;
import io.waybill.mail.mime.DeliveryReport;
import io.waybill.mail.mime.ParsedMail;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes down, and reads, who bounced. A report has effect on nothing else. */
final class Bounces {
  /** A report may name any number of recipients; so many are kept for a message. */
  private static final int MOST = 200;

  private static final int MOST_ADDRESS = 512;
  private static final int MOST_STATUS = 32;
  private static final int MOST_TEXT = 1000;
  private static final Pattern TAG = Pattern.compile("(?i)\\+([0-9A-HJKMNP-TV-Z]{26})@");

  private final Transactions transactions;
  private final OutboxRows rows;

  Bounces(Transactions transactions, OutboxRows rows) {
    this.transactions = transactions;
    this.rows = rows;
  }

  /** Returns the address that bounces of this very entry come back to (VERP). */
  static String tagged(String sender, String id) {
    int at = sender.lastIndexOf('@');
    return sender.substring(0, at) + "+" + id.toLowerCase(Locale.ROOT) + sender.substring(at);
  }

  /** Writes a report down and returns the id of the entry that it is about. */
  Optional<String> record(ParsedMail mail, Instant now) {
    Optional<DeliveryReport> report =
        mail.deliveryReport().filter(each -> !each.recipients().isEmpty());
    Optional<OutboxEntry> entry = report.flatMap(each -> entry(each, mail));
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    String id = entry.get().id();
    return transactions.run(
        "write down a bounce of entry " + id,
        connection -> {
          for (DeliveryReport.Recipient each : report.orElseThrow().recipients()) {
            if (each.kind() != DeliveryReport.Kind.NONE) {
              write(connection, id, each, now);
            }
          }
          return Optional.of(id);
        });
  }

  private Optional<OutboxEntry> entry(DeliveryReport report, ParsedMail mail) {
    Optional<OutboxEntry> byId = report.originalMessageId().flatMap(rows::findByMessageId);
    return byId.isPresent()
        ? byId
        : mail.to().stream()
            .map(Address::address)
            .map(TAG::matcher)
            .filter(Matcher::find)
            .map(tag -> tag.group(1).toUpperCase(Locale.ROOT))
            .findFirst()
            .flatMap(rows::find);
  }

  private static void write(
      Connection connection, String id, DeliveryReport.Recipient recipient, Instant now)
      throws SQLException {
    String address =
        OutboxStore.cut(recipient.original().orElse(recipient.address()), MOST_ADDRESS);
    delete(connection, id, address);
    if (count(connection, id) >= MOST) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO wb_mail_bounce (outbox_id, address, kind, status, diagnostic, reported_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, id);
      insert.setString(2, address);
      insert.setString(3, recipient.kind().name());
      insert.setString(4, cut(recipient.status(), MOST_STATUS));
      insert.setString(5, cut(recipient.diagnostic(), MOST_TEXT));
      insert.setObject(6, OutboxStore.utc(now));
      insert.executeUpdate();
    }
  }

  private static @Nullable String cut(Optional<String> text, int most) {
    return text.map(value -> OutboxStore.cut(value, most)).orElse(null);
  }

  private static void delete(Connection connection, String id, String address) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM wb_mail_bounce WHERE outbox_id = ? AND address = ?")) {
      delete.setString(1, id);
      delete.setString(2, address);
      delete.executeUpdate();
    }
  }

  private static int count(Connection connection, String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT COUNT(*) FROM wb_mail_bounce WHERE outbox_id = ?")) {
      select.setString(1, id);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /** Returns the bounces of entries, by their ids. */
  static Map<String, List<Bounce>> of(Connection connection, Collection<String> ids)
      throws SQLException {
    Map<String, List<Bounce>> found = new HashMap<>();
    String sql =
        "SELECT outbox_id, address, kind, status, diagnostic, reported_at FROM wb_mail_bounce"
            + " WHERE outbox_id IN ("
            + String.join(", ", Collections.nCopies(ids.size(), "?"))
            + ") ORDER BY outbox_id, reported_at, address";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      int index = 1;
      for (String id : ids) {
        select.setString(index++, id);
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found
              .computeIfAbsent(row.getString(1).strip(), id -> new ArrayList<>())
              .add(
                  new Bounce(
                      row.getString(2),
                      DeliveryReport.Kind.valueOf(row.getString(3)),
                      Optional.ofNullable(row.getString(4)),
                      Optional.ofNullable(row.getString(5)),
                      row.getObject(6, OffsetDateTime.class).toInstant()));
        }
      }
    }
    return found;
  }
}
