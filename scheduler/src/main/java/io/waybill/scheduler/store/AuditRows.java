package io.waybill.scheduler.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and writes rows of {@code wb_audit} and the two ends of their chain. */
final class AuditRows {
  private static final String SELECT =
      "select number, written_at, who, action, subject, detail, before_hash, hash from wb_audit ";

  private AuditRows() {}

  /** Both ends of the chain. */
  record Chain(long prunedNumber, String prunedHash, long lastNumber, String lastHash) {
    private static final String NO_HASH = "0".repeat(64);

    /** Of an audit that nothing was written to. */
    static final Chain EMPTY = new Chain(0, NO_HASH, 0, NO_HASH);
  }

  /** Reads the ends, and keeps others from adding until the transaction is over. */
  static Chain lock(Connection connection) throws SQLException {
    Gates.lock(connection, "audit");
    Optional<Chain> chain = find(connection);
    if (chain.isEmpty()) {
      insert(connection, Chain.EMPTY);
    }
    return chain.orElse(Chain.EMPTY);
  }

  static Chain chain(Connection connection) throws SQLException {
    return find(connection).orElse(Chain.EMPTY);
  }

  private static Optional<Chain> find(Connection connection) throws SQLException {
    String sql =
        "select pruned_number, pruned_hash, last_number, last_hash from wb_audit_chain"
            + " where name = 'audit'";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.next()
          ? Optional.of(
              new Chain(row.getLong(1), row.getString(2), row.getLong(3), row.getString(4)))
          : Optional.empty();
    }
  }

  private static void insert(Connection connection, Chain chain) throws SQLException {
    String sql =
        "insert into wb_audit_chain (name, pruned_number, pruned_hash, last_number, last_hash)"
            + " values ('audit', ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement)
          .number(chain.prunedNumber())
          .text(chain.prunedHash())
          .number(chain.lastNumber())
          .text(chain.lastHash());
      statement.executeUpdate();
    }
  }

  /** Returns the greatest number of a row; 0 if there is none. */
  static long greatest(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("select max(number) from wb_audit");
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  static void append(Connection connection, AuditEntry entry) throws SQLException {
    String sql =
        "insert into wb_audit (number, written_at, who, action, subject, detail, before_hash, hash)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      AuditAct act = entry.act();
      Columns columns = new Columns(statement);
      columns.number(entry.number()).time(entry.at()).text(act.who()).text(act.action());
      columns.text(act.subject()).text(act.detail()).text(entry.before()).text(entry.hash());
      statement.executeUpdate();
    }
  }

  static void moveEnd(Connection connection, AuditEntry last) throws SQLException {
    move(connection, "last", last);
  }

  static void moveStart(Connection connection, AuditEntry pruned) throws SQLException {
    move(connection, "pruned", pruned);
  }

  private static void move(Connection connection, String end, AuditEntry to) throws SQLException {
    String sql =
        "update wb_audit_chain set %1$s_number = ?, %1$s_hash = ? where name = 'audit'"
            .formatted(end);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).number(to.number()).text(to.hash());
      statement.executeUpdate();
    }
  }

  static List<AuditEntry> behind(Connection connection, long number, int limit)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(SELECT + "where number > ? order by number limit " + limit)) {
      new Columns(statement).number(number);
      return read(statement);
    }
  }

  static List<AuditEntry> newest(Connection connection, Instant since, int limit)
      throws SQLException {
    // without a condition the newest are found in the index of numbers
    boolean isBounded = since.isAfter(Instant.EPOCH);
    String sql =
        SELECT
            + (isBounded ? "where written_at >= ? " : "")
            + "order by number desc limit "
            + limit;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (isBounded) {
        new Columns(statement).time(since);
      }
      return read(statement);
    }
  }

  /** Returns the last of the oldest rows that are before a moment or a number. */
  static Optional<AuditEntry> lastBefore(
      Connection connection, Instant moment, long number, long after, int limit)
      throws SQLException {
    String sql =
        SELECT
            + "where number > ? and number <= ? and (written_at < ? or number <= ?) order by number desc limit 1";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).number(after).number(after + limit).time(moment).number(number);
      return read(statement).stream().findFirst();
    }
  }

  static int deleteUpTo(Connection connection, long number) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from wb_audit where number <= ?")) {
      new Columns(statement).number(number);
      return statement.executeUpdate();
    }
  }

  private static List<AuditEntry> read(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      List<AuditEntry> entries = new ArrayList<>();
      while (row.next()) {
        entries.add(
            new AuditEntry(
                row.getLong("number"),
                Columns.requiredTime(row, "written_at"),
                new AuditAct(
                    row.getString("who"),
                    row.getString("action"),
                    row.getString("subject"),
                    row.getString("detail")),
                row.getString("before_hash"),
                row.getString("hash")));
      }
      return entries;
    }
  }
}
