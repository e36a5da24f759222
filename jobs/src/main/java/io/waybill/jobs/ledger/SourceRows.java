package io.waybill.jobs.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The rows of sources, as one transaction sees them. */
final class SourceRows {
  private final Sql sql;

  SourceRows(Connection connection) {
    sql = new Sql(connection);
  }

  /** Writes a source down unless it is. */
  void begin(Source source, Instant now) throws SQLException {
    sql.update(
        "insert into wb_source (job, id, name, first_at)"
            + " select ?, ?, ?, ? where not exists (select 1 from wb_source where job = ? and id = ?)",
        source.job(),
        source.id(),
        source.name().substring(0, Math.min(source.name().length(), 1_000)),
        now,
        source.job(),
        source.id());
  }

  void arrived(Source source, Instant now) throws SQLException {
    sql.update(
        "update wb_source set last_at = ? where job = ? and id = ?",
        now,
        source.job(),
        source.id());
  }

  void directoryIs(Source source, String key) throws SQLException {
    sql.update(
        "update wb_source set directory = ? where job = ? and id = ?",
        key,
        source.job(),
        source.id());
  }

  /** Has what was forgotten be looked for again. */
  void forgotten(String job, String id, Instant now) throws SQLException {
    sql.update("update wb_source set forgotten_at = ? where job = ? and id = ?", now, job, id);
  }

  Optional<SourceState> find(Source source) throws SQLException {
    return list("where job = ? and id = ?", source.job(), source.id()).stream().findFirst();
  }

  List<SourceState> all() throws SQLException {
    return list("order by job, id");
  }

  /** Forgets the sources of a job that it has no more. */
  void keep(String job, List<String> ids) throws SQLException {
    for (SourceState each : list("where job = ?", job)) {
      if (!ids.contains(each.source().id())) {
        sql.update("delete from wb_source where job = ? and id = ?", job, each.source().id());
      }
    }
  }

  private List<SourceState> list(String condition, Object... arguments) throws SQLException {
    return sql.select(
        "select job, id, name, first_at, last_at, forgotten_at, directory from wb_source "
            + condition,
        row ->
            new SourceState(
                new Source(row.getString("job"), row.getString("id"), row.getString("name")),
                Sql.time(row, "first_at"),
                Sql.optionalTime(row, "last_at"),
                Sql.optionalTime(row, "forgotten_at"),
                Optional.ofNullable(row.getString("directory"))),
        arguments);
  }
}
