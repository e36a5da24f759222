package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Delivery;
import io.waybill.jobs.Alert.State;
import io.waybill.jobs.ledger.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of alerts and of what became of them, as one transaction sees them. */
final class AlertRows {
  private static final String COLUMNS = "id, at, job, kind, run_id, subject, text";
  private static final int LONGEST_SUBJECT = 500;
  private static final int LONGEST_TEXT = 4_000;
  private static final int LONGEST_MESSAGE = 1_000;

  private final Sql sql;

  AlertRows(Connection connection) {
    sql = new Sql(connection);
  }

  /** Writes an alert down, to be told on these channels. */
  void insert(Alert alert, Iterable<String> channels) throws SQLException {
    sql.update(
        "insert into wb_alert (" + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?)",
        alert.id(),
        alert.at(),
        alert.about().job(),
        alert.kind().name(),
        alert.about().run().orElse(null),
        cut(alert.words().subject(), LONGEST_SUBJECT),
        cut(alert.words().text(), LONGEST_TEXT));
    LinkedHashSet<String> once = new LinkedHashSet<>();
    channels.forEach(once::add);
    for (String channel : once) {
      sql.update(
          "insert into wb_alert_delivery (alert_id, channel, state, attempts, next_at, changed_at,"
              + " message) values (?, ?, ?, 0, ?, ?, '')",
          alert.id(),
          channel,
          State.WAITING.name(),
          alert.at(),
          alert.at());
    }
  }

  /** A delivery that is due. */
  record Due(Alert alert, Delivery delivery) {}

  /** Returns what is to be tried now, the oldest alerts first. */
  List<Due> due(Instant now, int most) throws SQLException {
    return sql.select(
        "select a.id, a.at, a.job, a.kind, a.run_id, a.subject, a.text, d.channel, d.state,"
            + " d.attempts, d.next_at, d.message from wb_alert_delivery d join wb_alert a on a.id ="
            + " d.alert_id where d.state = ? and d.next_at <= ? order by d.alert_id, d.channel"
            + " fetch first "
            + most
            + " rows only",
        row -> new Due(alert(row), delivery(row)),
        State.WAITING.name(),
        now);
  }

  /** Writes down how an attempt went. */
  void write(String alert, Delivery delivery, Instant now) throws SQLException {
    sql.update(
        "update wb_alert_delivery set state = ?, attempts = ?, next_at = ?, changed_at = ?,"
            + " message = ? where alert_id = ? and channel = ? and state = ?",
        delivery.state().name(),
        delivery.attempts(),
        delivery.nextAt().orElse(null),
        now,
        cut(delivery.message(), LONGEST_MESSAGE),
        alert,
        delivery.channel(),
        State.WAITING.name());
  }

  /** Returns the newest alerts, of one job or of all, the newest first. */
  List<Alert.Told> newest(Optional<String> job, int most) throws SQLException {
    String end = " order by id desc fetch first " + most + " rows only";
    String from = "select " + COLUMNS + " from wb_alert";
    List<Alert> alerts =
        job.isPresent()
            ? sql.select(from + " where job = ?" + end, AlertRows::alert, job.get())
            : sql.select(from + end, AlertRows::alert);
    List<Alert.Told> told = new ArrayList<>();
    for (Alert alert : alerts) {
      told.add(
          new Alert.Told(
              alert,
              sql.select(
                  "select channel, state, attempts, next_at, message from wb_alert_delivery where"
                      + " alert_id = ? order by channel",
                  AlertRows::delivery,
                  alert.id())));
    }
    return told;
  }

  /** Returns how many deliveries are in a state, and came to it after a moment. */
  long count(State state, Instant after) throws SQLException {
    return sql.select(
            "select count(*) from wb_alert_delivery where state = ? and changed_at > ?",
            row -> row.getLong(1),
            state.name(),
            after)
        .get(0);
  }

  /** Forgets what is older than a moment, and all but the newest. */
  int prune(Instant oldest, int most) throws SQLException {
    int pruned = sql.update("delete from wb_alert where at < ?", oldest);
    Optional<String> last =
        sql
            .select(
                "select id from wb_alert order by id desc offset "
                    + most
                    + " rows fetch next 1 rows only",
                row -> row.getString(1))
            .stream()
            .findFirst();
    return last.isEmpty()
        ? pruned
        : pruned + sql.update("delete from wb_alert where id <= ?", last.get());
  }

  private static Alert alert(ResultSet row) throws SQLException {
    return new Alert(
        row.getString("id"),
        Sql.time(row, "at"),
        Alert.Kind.valueOf(row.getString("kind")),
        new Alert.About(row.getString("job"), Optional.ofNullable(row.getString("run_id"))),
        new Alert.Words(row.getString("subject"), row.getString("text")));
  }

  private static Delivery delivery(ResultSet row) throws SQLException {
    return new Delivery(
        row.getString("channel"),
        State.valueOf(row.getString("state")),
        row.getInt("attempts"),
        Sql.optionalTime(row, "next_at"),
        row.getString("message"));
  }

  private static String cut(@Nullable String text, int most) {
    String given = text == null ? "" : text.replace("\0", "");
    return given.length() <= most ? given : given.substring(0, most - 3) + "...";
  }
}
