package io.waybill.jobs.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The rows of {@code wb_measure}, as one transaction sees them. */
final class MeasureRows {
  private final Connection connection;

  MeasureRows(Connection connection) {
    this.connection = connection;
  }

  void insert(String job, String runId, Instant endedAt, RunMeasure measure) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into wb_measure (job, run_id, ended_at, duration_ms, bytes, files, latency_ms)"
                + " values (?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, job);
      insert.setString(2, runId);
      insert.setObject(3, endedAt.atOffset(ZoneOffset.UTC));
      insert.setLong(4, measure.durationMillis());
      insert.setLong(5, measure.bytes());
      insert.setLong(6, measure.files());
      if (measure.latencyMillis().isPresent()) {
        insert.setLong(7, measure.latencyMillis().getAsLong());
      } else {
        insert.setNull(7, Types.BIGINT);
      }
      insert.executeUpdate();
    }
  }

  /** Forgets all of a job but the latest. */
  void keepLatest(String job, int kept) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "delete from wb_measure where job = ? and run_id in (select run_id from wb_measure"
                + " where job = ? order by ended_at desc, run_id desc offset ? rows)")) {
      delete.setString(1, job);
      delete.setString(2, job);
      delete.setInt(3, kept);
      delete.executeUpdate();
    }
  }

  /** Returns those of runs of a job that had ended by then, the latest first. */
  List<RunMeasure> until(String job, Instant end) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select duration_ms, bytes, files, latency_ms from wb_measure"
                + " where job = ? and ended_at <= ? order by ended_at desc, run_id desc")) {
      query.setString(1, job);
      query.setObject(2, end.atOffset(ZoneOffset.UTC));
      try (ResultSet rows = query.executeQuery()) {
        List<RunMeasure> measures = new ArrayList<>();
        while (rows.next()) {
          measures.add(
              new RunMeasure(rows.getLong(1), rows.getLong(2), rows.getLong(3), latency(rows)));
        }
        return measures;
      }
    }
  }

  private static OptionalLong latency(ResultSet row) throws SQLException {
    long millis = row.getLong(4);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(millis);
  }

  List<String> jobs() throws SQLException {
    try (PreparedStatement query =
            connection.prepareStatement("select distinct job from wb_measure order by job");
        ResultSet rows = query.executeQuery()) {
      List<String> jobs = new ArrayList<>();
      while (rows.next()) {
        jobs.add(rows.getString(1));
      }
      return jobs;
    }
  }

  int deleteBefore(String job, Instant end) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("delete from wb_measure where job = ? and ended_at < ?")) {
      delete.setString(1, job);
      delete.setObject(2, end.atOffset(ZoneOffset.UTC));
      return delete.executeUpdate();
    }
  }
}
