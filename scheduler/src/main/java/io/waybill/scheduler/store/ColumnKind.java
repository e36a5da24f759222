package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a column holds, whichever database it is in: a value is read, written and digested alike.
 */
enum ColumnKind {
  TEXT(Types.VARCHAR) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      return row.getString(column);
    }
  },
  /**
   * Text that is filled up with blanks to the column's length, which one database shows and another
   * does not.
   */
  PADDED_TEXT(Types.VARCHAR) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      String text = row.getString(column);
      return text == null ? null : text.replaceFirst(" +$", "");
    }
  },
  NUMBER(Types.BIGINT) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      long number = row.getLong(column);
      return row.wasNull() ? null : number;
    }
  },
  DECIMAL(Types.NUMERIC) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      BigDecimal number = row.getBigDecimal(column);
      return number == null ? null : number.stripTrailingZeros();
    }

    @Override
    String text(Object value) {
      return ((BigDecimal) value).toPlainString();
    }
  },
  FLAG(Types.BOOLEAN) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      boolean flag = row.getBoolean(column);
      return row.wasNull() ? null : flag;
    }
  },
  TIME(Types.TIMESTAMP_WITH_TIMEZONE) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
      return time == null ? null : time.toInstant();
    }

    @Override
    Object forDatabase(Object value) {
      return ((Instant) value).atOffset(ZoneOffset.UTC);
    }
  },
  /** A time of no zone, which only the histories of migrations have. */
  LOCAL_TIME(Types.TIMESTAMP) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      return row.getObject(column, LocalDateTime.class);
    }
  },
  BYTES(Types.BINARY) {
    @Override
    @Nullable Object read(ResultSet row, int column) throws SQLException {
      return row.getBytes(column);
    }

    @Override
    byte[] canonical(Object value) {
      return (byte[]) value;
    }
  };

  private final int sqlType;

  ColumnKind(int sqlType) {
    this.sqlType = sqlType;
  }

  /**
   * Returns the kind of a column.
   *
   * @param type as {@code information_schema} has it
   * @throws SchedulerException.StoreFailed if no table of a store has columns of that type
   */
  static ColumnKind of(String table, String column, String type) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "character varying", "character large object", "text" -> TEXT;
      case "character" -> PADDED_TEXT;
      case "bigint", "integer", "smallint" -> NUMBER;
      case "numeric" -> DECIMAL;
      case "boolean" -> FLAG;
      case "timestamp with time zone" -> TIME;
      case "timestamp", "timestamp without time zone" -> LOCAL_TIME;
      case "binary varying", "binary large object", "bytea" -> BYTES;
      default ->
          throw new SchedulerException.StoreFailed(
              "column "
                  + column
                  + " of table "
                  + table
                  + " is of type "
                  + type
                  + ", which no table of waybill has; keep tables of other programs in a schema of"
                  + " their own",
              false,
              null);
    };
  }

  /** Returns a value in the form in which it is the same on every database; null for none. */
  abstract @Nullable Object read(ResultSet row, int column) throws SQLException;

  /** Puts a value that was read into a statement. */
  void write(PreparedStatement statement, int parameter, @Nullable Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(parameter, sqlType);
    } else if (value instanceof byte[] bytes) {
      statement.setBytes(parameter, bytes);
    } else {
      statement.setObject(parameter, forDatabase(value), sqlType);
    }
  }

  /** Returns the bytes by which a value is compared with its copy. */
  byte[] canonical(Object value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  String text(Object value) {
    return value.toString();
  }

  Object forDatabase(Object value) {
    return value;
  }
}
