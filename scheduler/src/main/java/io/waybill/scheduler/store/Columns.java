package io.waybill.scheduler.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Fills the parameters of a statement one after the other, and reads times back. */
final class Columns {
  private final PreparedStatement statement;
  private int next = 1;

  Columns(PreparedStatement statement) {
    this.statement = statement;
  }

  Columns text(@Nullable String value) throws SQLException {
    statement.setString(next++, value);
    return this;
  }

  Columns number(long value) throws SQLException {
    statement.setLong(next++, value);
    return this;
  }

  Columns number(Optional<Long> value) throws SQLException {
    if (value.isPresent()) {
      statement.setLong(next++, value.get());
    } else {
      statement.setNull(next++, Types.BIGINT);
    }
    return this;
  }

  Columns flag(boolean value) throws SQLException {
    statement.setBoolean(next++, value);
    return this;
  }

  Columns time(Instant value) throws SQLException {
    statement.setObject(next++, value.atOffset(ZoneOffset.UTC));
    return this;
  }

  Columns time(Optional<Instant> value) throws SQLException {
    if (value.isPresent()) {
      return time(value.get());
    }
    statement.setNull(next++, Types.TIMESTAMP_WITH_TIMEZONE);
    return this;
  }

  static @Nullable Instant readTime(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  static Instant requiredTime(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
