package io.waybill.jobs.alert;

import io.waybill.jobs.Alert;
import io.waybill.jobs.alert.FailureState.Failures;
import io.waybill.jobs.alert.FailureState.Phase;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.ledger.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of what is remembered of each job's troubles, as one transaction sees them. */
final class AlertStates {
  /** The row of a job's failures. */
  static final String FAILURE = "failure";

  /** The row of what must succeed in time. */
  static final String OVERDUE = "overdue";

  /** The row of a job's first source; those of others have a number behind it. */
  static final String QUIET = "quiet";

  private static final String UNIQUE = "23505";

  private final Connection connection;
  private final Sql sql;

  AlertStates(Connection connection) {
    this.connection = connection;
    this.sql = new Sql(connection);
  }

  /** A row. */
  private record Row(String kind, Map<String, Object> detail) {}

  /** Returns a job's failures; nobody else changes them until the transaction ends. */
  FailureState failures(String job) throws SQLException {
    return row(job, FAILURE).map(row -> failures(row.detail())).orElse(FailureState.WELL);
  }

  void write(String job, FailureState state, Instant now) throws SQLException {
    write(job, FAILURE, state.isOpen() ? state.since().orElse(now) : null, form(state));
  }

  /** Returns what is remembered of a silence; nobody else changes it until the transaction ends. */
  Optional<Silence> silence(String job, String kind) throws SQLException {
    return row(job, kind).map(row -> silence(row.detail()));
  }

  void write(String job, String kind, Silence state) throws SQLException {
    write(job, kind, state.told().orElse(null), form(state));
  }

  /** Has time count from a moment on for all that must not be silent of a job. */
  void goesOn(String job, Instant from) throws SQLException {
    List<String> kinds =
        sql.select(
            "select kind from wb_alert_state where job = ? and kind <> ? order by kind",
            row -> row.getString(1),
            job,
            FAILURE);
    for (String kind : kinds) {
      Optional<Silence> silence = silence(job, kind);
      if (silence.isPresent()) {
        write(job, kind, silence.get().checked(from));
      }
    }
  }

  /** Returns the jobs that fail, or flap, and were told. */
  List<String> failing() throws SQLException {
    return sql.select(
        "select job from wb_alert_state where kind = ? and since_at is not null order by job",
        row -> row.getString(1),
        FAILURE);
  }

  /** Returns what was told and is not over. */
  List<Alert.Trouble> troubles() throws SQLException {
    return sql.select(
        "select job, kind, since_at, detail from wb_alert_state where since_at is not null"
            + " order by job, kind",
        row ->
            new Alert.Trouble(
                row.getString("job"),
                kind(row.getString("kind"), Json.readObject(row.getString("detail"))),
                Sql.time(row, "since_at")));
  }

  /** A row's key. */
  record Key(String job, String kind) {}

  /** Returns the keys of all rows. */
  List<Key> keys() throws SQLException {
    return sql.select(
        "select job, kind from wb_alert_state", row -> new Key(row.getString(1), row.getString(2)));
  }

  /** Forgets a row. */
  void forget(Key key) throws SQLException {
    sql.update("delete from wb_alert_state where job = ? and kind = ?", key.job(), key.kind());
  }

  private static Alert.Kind kind(String kind, Map<String, Object> detail) {
    if (kind.equals(OVERDUE)) {
      return Alert.Kind.OVERDUE;
    }
    if (!kind.equals(FAILURE)) {
      return Alert.Kind.QUIET;
    }
    return failures(detail).phase().isFlapping() ? Alert.Kind.FLAPPING : Alert.Kind.FAILURE;
  }

  private Optional<Row> row(String job, String kind) throws SQLException {
    return sql
        .select(
            "select kind, detail from wb_alert_state where job = ? and kind = ? for update",
            row -> new Row(row.getString("kind"), Json.readObject(row.getString("detail"))),
            job,
            kind)
        .stream()
        .findFirst();
  }

  private void write(String job, String kind, @Nullable Instant since, Map<String, Object> detail)
      throws SQLException {
    String text = Json.write(detail);
    if (update(job, kind, since, text) > 0) {
      return;
    }
    // another run of the job may end at the same time, whose row is waited for and then replaced
    Savepoint before = connection.setSavepoint();
    try {
      sql.update(
          "insert into wb_alert_state (job, kind, since_at, detail) values (?, ?, ?, ?)",
          job,
          kind,
          since,
          text);
    } catch (SQLException e) {
      if (!UNIQUE.equals(e.getSQLState())) {
        throw e;
      }
      connection.rollback(before);
      update(job, kind, since, text);
    }
  }

  private int update(String job, String kind, @Nullable Instant since, String text)
      throws SQLException {
    return sql.update(
        "update wb_alert_state set since_at = ?, detail = ? where job = ? and kind = ?",
        since,
        text,
        job,
        kind);
  }

  private static Map<String, Object> form(FailureState state) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("phase", Plain.word(state.phase()));
    form.put("count", (long) state.failures().count());
    form.put("recent", texts(state.failures().recent()));
    form.put("run", state.failures().lastRun());
    state.since().ifPresent(at -> form.put("since", at.toString()));
    state.toldAt().ifPresent(at -> form.put("told", at.toString()));
    form.put("changes", texts(state.changes()));
    return form;
  }

  private static FailureState failures(Map<String, Object> form) {
    return new FailureState(
        phase(Plain.text(form, "phase")),
        new Failures(
            Math.toIntExact(Plain.number(form, "count")),
            times(form, "recent"),
            Plain.text(form, "run")),
        time(form, "since"),
        time(form, "told"),
        times(form, "changes"));
  }

  private static Phase phase(String word) {
    for (Phase phase : Phase.values()) {
      if (Plain.word(phase).equals(word)) {
        return phase;
      }
    }
    throw new IllegalStateException("no phase is called " + word);
  }

  private static Map<String, Object> form(Silence state) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("rule", state.rule());
    form.put("from", state.from().toString());
    form.put("halted", state.isHalted());
    state.told().ifPresent(at -> form.put("told", at.toString()));
    return form;
  }

  private static Silence silence(Map<String, Object> form) {
    return new Silence(
        Plain.text(form, "rule"),
        Instant.parse(Plain.text(form, "from")),
        Boolean.TRUE.equals(form.get("halted")),
        time(form, "told"));
  }

  private static List<String> texts(List<Instant> times) {
    return times.stream().map(Instant::toString).toList();
  }

  private static List<Instant> times(Map<String, Object> form, String key) {
    return form.get(key) instanceof List<?> list
        ? list.stream().map(each -> Instant.parse(String.valueOf(each))).toList()
        : List.of();
  }

  private static Optional<Instant> time(Map<String, Object> form, String key) {
    return form.get(key) instanceof String text
        ? Optional.of(Instant.parse(text))
        : Optional.empty();
  }
}
