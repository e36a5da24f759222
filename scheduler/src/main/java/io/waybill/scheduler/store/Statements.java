package io.waybill.scheduler.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Statements in one transaction, asked by code that knows no SQL; see {@link SqlFailure}. */
final class Statements {
  private final Connection connection;

  Statements(Connection connection) {
    this.connection = connection;
  }

  /** Fills the parameters of a statement. */
  @FunctionalInterface
  interface Parameters {
    void into(Columns columns) throws SQLException;
  }

  /** Reads the row that the result is at. */
  @FunctionalInterface
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Does something with the connection. */
  @FunctionalInterface
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  <T> T call(Work<T> work) {
    try {
      return work.with(connection);
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  /** Returns how many rows were changed. */
  int update(String sql, Parameters parameters) {
    return call(
        c -> {
          try (PreparedStatement statement = c.prepareStatement(sql)) {
            parameters.into(new Columns(statement));
            return statement.executeUpdate();
          }
        });
  }

  <T> List<T> select(String sql, Parameters parameters, Reader<T> reader) {
    return call(
        c -> {
          try (PreparedStatement statement = c.prepareStatement(sql)) {
            parameters.into(new Columns(statement));
            try (ResultSet rows = statement.executeQuery()) {
              List<T> read = new ArrayList<>();
              while (rows.next()) {
                read.add(reader.read(rows));
              }
              return read;
            }
          }
        });
  }
}
