package io.waybill.jobs.ledger;

import io.waybill.jobs.LedgerItem;
import io.waybill.jobs.LedgerItem.State;
import io.waybill.jobs.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows of items, as one transaction sees them. */
final class LedgerRows {
  private static final String COLUMNS =
      "job, source, id, name, state, run_id, failures, message, found_at, changed_at, due_at, item";
  private static final int LONGEST_NAME = 1_000;
  private static final int LONGEST_RANK = 500;
  private static final int LONGEST_MESSAGE = 2_000;

  private final Sql sql;

  LedgerRows(Connection connection) {
    sql = new Sql(connection);
  }

  Optional<LedgerItem> find(String job, String id) throws SQLException {
    return select("where job = ? and id = ?", job, id).stream().findFirst();
  }

  /** Writes an item down that waits. */
  void insert(Source source, FoundItem item, Instant now) throws SQLException {
    sql.update(
        "insert into wb_item (job, id, source, place, name, rank, state, failures, message,"
            + " quarantine_after, found_at, changed_at, item)"
            + " values (?, ?, ?, ?, ?, ?, ?, 0, '', 1, ?, ?, ?)",
        source.job(),
        item.id(),
        source.id(),
        item.place(),
        cut(item.name(), LONGEST_NAME),
        cut(item.rank(), LONGEST_RANK),
        State.WAITING.name(),
        now,
        now,
        Json.write(item.value()));
  }

  /** Has an item be one of another source, which finds it now. */
  void moveTo(Source source, String id) throws SQLException {
    sql.update(
        "update wb_item set source = ? where job = ? and id = ?", source.id(), source.job(), id);
  }

  /** Forgets what nobody is at and that stood where something else stands now. */
  int replaced(Source source, FoundItem by) throws SQLException {
    return sql.update(
        "delete from wb_item where job = ? and source = ? and place = ? and id <> ?"
            + " and state in ('WAITING', 'FAILED', 'QUARANTINED')",
        source.job(),
        source.id(),
        by.place(),
        by.id());
  }

  /** Returns those that wait, in their order. */
  List<LedgerItem> waiting(Source source, int most) throws SQLException {
    return select(
        "where job = ? and source = ? and state = 'WAITING' order by rank, id limit " + most,
        source.job(),
        source.id());
  }

  /** Returns those that have failed and are due, the longest due first. */
  List<LedgerItem> failedUntil(Source source, Instant now, int most) throws SQLException {
    return select(
        "where job = ? and source = ? and state = 'FAILED' and due_at <= ? order by due_at, id limit "
            + most,
        source.job(),
        source.id(),
        now);
  }

  /** Gives an item to a run; false if it does not wait any more. */
  boolean claim(LedgerItem item, String run, int quarantineAfter, Instant now) throws SQLException {
    return sql.update(
            "update wb_item set state = 'CLAIMED', run_id = ?, quarantine_after = ?, due_at = null,"
                + " changed_at = ? where job = ? and id = ? and state in ('WAITING', 'FAILED')",
            run,
            quarantineAfter,
            now,
            item.key().job(),
            item.key().id())
        == 1;
  }

  /** Returns what a run was given, in the order of the source. */
  List<LedgerItem> ofRun(String run) throws SQLException {
    return select("where run_id = ? order by rank, id", run);
  }

  int count(String run) throws SQLException {
    return sql.select("select count(*) from wb_item where run_id = ?", row -> row.getInt(1), run)
        .get(0);
  }

  /** Writes that a run is done with what it has: with one item, or with all that it still has. */
  void done(String run, @Nullable String id, Instant now) throws SQLException {
    sql.update(
        "update wb_item set state = 'DONE', message = '', due_at = null, changed_at = ?"
            + " where run_id = ? and state = 'CLAIMED'"
            + only(id),
        with(id, now, run));
  }

  /** Writes that a run has failed with what it has. */
  void failed(String run, @Nullable String id, String why, Instant now) throws SQLException {
    for (LedgerItem item :
        select("where run_id = ? and state = 'CLAIMED'" + only(id), with(id, run))) {
      int failures = item.standing().failures() + 1;
      sql.update(
          "update wb_item set state = case when quarantine_after <= ? then 'QUARANTINED' else 'FAILED' end,"
              + " failures = ?, message = ?, due_at = ?, changed_at = ? where job = ? and id = ?",
          failures,
          failures,
          cut(why, LONGEST_MESSAGE),
          now.plus(BackOff.after(failures)),
          now,
          item.key().job(),
          item.key().id());
    }
    sql.update("update wb_item set due_at = null where run_id = ? and state = 'QUARANTINED'", run);
  }

  /** Writes that a person decides about what a run has. */
  void setAside(String run, @Nullable String id, String why, Instant now) throws SQLException {
    sql.update(
        "update wb_item set state = 'QUARANTINED', failures = failures + 1, message = ?,"
            + " due_at = null, changed_at = ? where run_id = ? and state = 'CLAIMED'"
            + only(id),
        with(id, cut(why, LONGEST_MESSAGE), now, run));
  }

  /** Lets what a run has wait as if it had never had it. */
  void giveBack(String run, Instant now) throws SQLException {
    sql.update(
        "update wb_item set state = 'WAITING', run_id = null, changed_at = ?"
            + " where run_id = ? and state = 'CLAIMED'",
        now,
        run);
  }

  /** Gives a run back what it has failed with. */
  void claimAgain(String run, Instant now) throws SQLException {
    sql.update(
        "update wb_item set state = 'CLAIMED', due_at = null, changed_at = ?"
            + " where run_id = ? and state in ('FAILED', 'QUARANTINED')",
        now,
        run);
  }

  /** Forgets an item that nobody is at. */
  boolean delete(String job, String id) throws SQLException {
    return sql.update(
            "delete from wb_item where job = ? and id = ? and state <> 'CLAIMED'", job, id)
        == 1;
  }

  /** Has an item that nobody is at wait, as one of which nothing is known. */
  boolean requeue(String job, String id, Instant now) throws SQLException {
    return sql.update(
            "update wb_item set state = 'WAITING', run_id = null, failures = 0, message = '',"
                + " due_at = null, changed_at = ? where job = ? and id = ? and state <> 'CLAIMED'",
            now,
            job,
            id)
        == 1;
  }

  /** Returns items of a job, or of all, in some states, those that changed last first. */
  List<LedgerItem> list(Optional<String> job, List<State> states, int most) throws SQLException {
    String condition =
        "where state in "
            + states.stream()
                .map(state -> "'" + state + "'")
                .collect(Collectors.joining(", ", "(", ")"))
            + (job.isPresent() ? " and job = ?" : "")
            + " order by changed_at desc, id limit "
            + most;
    return select(condition, job.stream().toArray());
  }

  /** Returns items of a job whose id begins like this, two at most. */
  List<LedgerItem> byIdPrefix(String job, String prefix) throws SQLException {
    return select(
        "where job = ? and id >= ? and id < ? order by id limit 2", job, prefix, prefix + "g");
  }

  /** Returns what was done with before a moment, by its id, behind an item if one is given. */
  List<LedgerItem> doneBefore(Source source, Instant moment, Optional<LedgerItem> behind, int most)
      throws SQLException {
    return select(
        "where job = ? and source = ? and state = 'DONE' and changed_at < ? and id > ? order by id limit "
            + most,
        source.job(),
        source.id(),
        moment,
        behind.map(item -> item.key().id()).orElse(""));
  }

  /** Forgets what nobody will ask for: what waits for, or was done of, sources that are gone. */
  int deleteOfOtherSources(String job, List<String> kept) throws SQLException {
    String places = kept.stream().map(each -> "?").collect(Collectors.joining(", "));
    return sql.update(
        "delete from wb_item where job = ? and state in ('WAITING', 'FAILED')"
            + (kept.isEmpty() ? "" : " and source not in (" + places + ")"),
        Stream.concat(Stream.of(job), kept.stream()).toArray());
  }

  private List<LedgerItem> select(String condition, @Nullable Object... arguments)
      throws SQLException {
    return sql.select(
        "select " + COLUMNS + " from wb_item " + condition, LedgerRows::read, arguments);
  }

  private static LedgerItem read(ResultSet row) throws SQLException {
    return new LedgerItem(
        new LedgerItem.Key(row.getString("job"), row.getString("source"), row.getString("id")),
        row.getString("name"),
        new LedgerItem.Standing(
            State.valueOf(row.getString("state")),
            Optional.ofNullable(row.getString("run_id")),
            row.getInt("failures"),
            row.getString("message")),
        new LedgerItem.Times(
            Sql.time(row, "found_at"),
            Sql.time(row, "changed_at"),
            Sql.optionalTime(row, "due_at")),
        Json.readObject(row.getString("item")));
  }

  private static String only(@Nullable String id) {
    return id == null ? "" : " and id = ?";
  }

  private static Object[] with(@Nullable String id, Object... arguments) {
    return id == null ? arguments : Stream.concat(Stream.of(arguments), Stream.of(id)).toArray();
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 3) + "...";
  }
}
