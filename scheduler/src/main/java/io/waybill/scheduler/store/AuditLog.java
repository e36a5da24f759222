package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.AuditRows.Chain;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Remembers who did what, in rows that are only added. Each holds a hash of itself and of the one
 * before, so that one that was changed, removed or put in is seen by {@link #verify}. Whoever can
 * write the database can write the whole chain anew; only a head that was noted down elsewhere
 * shows that.
 *
 * <p>All methods throw {@link SchedulerException.StoreFailed} when the database does. Safe for use
 * by many threads, and by many nodes on one store.
 */
public final class AuditLog {
  /** How many rows are kept at most, however young. */
  public static final long MOST_ROWS = 1_000_000;

  private static final int PAGE = 1_000;
  // Rows that are pruned are replaced by one that says so: not for each of them.
  private static final Duration SLACK = Duration.ofDays(1);
  private static final long SLACK_ROWS = 10_000;

  private final Transactions transactions;
  private final InstantSource clock;

  private AuditLog(Store store, InstantSource clock) {
    this.transactions = store.transactions();
    this.clock = clock;
  }

  /** Returns the audit of a store. */
  public static AuditLog of(Store store, InstantSource clock) {
    return new AuditLog(store, clock);
  }

  /** Adds what somebody did. */
  public AuditEntry append(AuditAct act) {
    return transactions.run(
        "writing to the audit",
        connection -> append(connection, AuditRows.lock(connection), List.of(act)).get(0));
  }

  private List<AuditEntry> append(Connection connection, Chain chain, List<AuditAct> acts)
      throws SQLException {
    List<AuditEntry> entries = new ArrayList<>();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String before = chain.lastHash();
    // a row that somebody put in is found by verify, and must not keep others from being added
    long last = Math.max(chain.lastNumber(), AuditRows.greatest(connection));
    for (AuditAct act : acts) {
      AuditEntry entry = AuditEntry.behind(last + entries.size() + 1, before, now, act);
      AuditRows.append(connection, entry);
      entries.add(entry);
      before = entry.hash();
    }
    if (!entries.isEmpty()) {
      AuditRows.moveEnd(connection, entries.get(entries.size() - 1));
    }
    return entries;
  }

  /**
   * Compares jobs with what they were when this was called last, and adds a row for each that is
   * new ({@code job.created}), another one ({@code job.changed}) or gone ({@code job.unscheduled}),
   * with both hashes.
   *
   * @param hashes of each job's definition, hex or empty, by the job's name
   */
  public List<AuditEntry> jobsAre(String who, Map<String, String> hashes) {
    return transactions.run(
        "comparing the jobs with those of the last start",
        connection -> {
          Chain chain = AuditRows.lock(connection);
          Map<String, String> old = definitions(connection);
          List<AuditAct> acts = new ArrayList<>();
          for (Map.Entry<String, String> job : new TreeMap<>(hashes).entrySet()) {
            Optional<String> before = Optional.ofNullable(old.remove(job.getKey()));
            if (before.isEmpty()) {
              acts.add(change(who, "job.created", job.getKey(), "", job.getValue()));
              define(connection, "insert into wb_job_definition (hash, job) values (?, ?)", job);
            } else if (!before.get().equals(job.getValue())) {
              acts.add(change(who, "job.changed", job.getKey(), before.get(), job.getValue()));
              define(connection, "update wb_job_definition set hash = ? where job = ?", job);
            }
          }
          for (Map.Entry<String, String> job : old.entrySet()) {
            acts.add(change(who, "job.unscheduled", job.getKey(), job.getValue(), ""));
            define(connection, "delete from wb_job_definition where hash = ? and job = ?", job);
          }
          return append(connection, chain, acts);
        });
  }

  /** Returns the hashes that {@link #jobsAre} was told last, by the job's name. */
  public Map<String, String> jobs() {
    return transactions.run("reading which jobs there were last", AuditLog::definitions);
  }

  // hashes are hex: nothing in them needs an escape
  private static AuditAct change(
      String who, String action, String job, String before, String after) {
    List<String> members = new ArrayList<>();
    if (!before.isEmpty()) {
      members.add("\"old\":\"" + before + "\"");
    }
    if (!after.isEmpty()) {
      members.add("\"new\":\"" + after + "\"");
    }
    return new AuditAct(who, action, job, "{" + String.join(",", members) + "}");
  }

  private static Map<String, String> definitions(Connection connection) throws SQLException {
    Map<String, String> definitions = new TreeMap<>();
    try (PreparedStatement statement =
            connection.prepareStatement("select job, hash from wb_job_definition");
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        definitions.put(row.getString(1), row.getString(2));
      }
    }
    return definitions;
  }

  private static void define(Connection connection, String sql, Map.Entry<String, String> job)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      new Columns(statement).text(job.getValue()).text(job.getKey());
      statement.executeUpdate();
    }
  }

  /** Returns the newest rows, the newest first, none of them older than a moment. */
  public List<AuditEntry> newest(Instant since, int limit) {
    return transactions.run("reading the audit", c -> AuditRows.newest(c, since, limit));
  }

  /** Looks at every row, as of one moment. */
  public AuditVerdict verify() {
    return transactions.run(
        "verifying the audit",
        connection -> {
          // what is added or pruned meanwhile must not look like a gap
          connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
          return verify(connection, AuditRows.chain(connection));
        });
  }

  private static AuditVerdict verify(Connection connection, Chain chain) throws SQLException {
    long number = chain.prunedNumber();
    String before = chain.prunedHash();
    List<AuditEntry> page = AuditRows.behind(connection, Long.MIN_VALUE, PAGE);
    while (!page.isEmpty()) {
      for (AuditEntry entry : page) {
        if (entry.number() != number + 1) {
          return entry.number() <= number
              ? new AuditVerdict.Broken(entry.number(), "a row was put in before the oldest")
              : new AuditVerdict.Broken(number + 1, gone(number + 1, entry.number() - 1));
        }
        if (!entry.before().equals(before)) {
          return new AuditVerdict.Broken(
              entry.number(), "it does not follow the row before it: one of them was replaced");
        }
        if (!entry.isWhole()) {
          return new AuditVerdict.Broken(entry.number(), "its content was changed");
        }
        number = entry.number();
        before = entry.hash();
      }
      page = AuditRows.behind(connection, number, PAGE);
    }
    if (number < chain.lastNumber()) {
      return new AuditVerdict.Broken(number + 1, gone(number + 1, chain.lastNumber()));
    }
    if (number > chain.lastNumber() || !before.equals(chain.lastHash())) {
      return new AuditVerdict.Broken(number, "it is not the row that was written last");
    }
    long rows = number - chain.prunedNumber();
    return new AuditVerdict.Whole(rows, rows == 0 ? 0 : chain.prunedNumber() + 1, number, before);
  }

  private static String gone(long from, long to) {
    return from == to ? "it is gone" : "it is gone, and so are those up to " + to;
  }

  /**
   * Takes the oldest rows away, so that none is older than a moment and no more than {@link
   * #MOST_ROWS} are there, and adds a row that says so. A day more, and ten thousand rows more, are
   * let be until they are worth it.
   *
   * @param goesOn asked after each transaction
   * @return how many were taken away
   */
  public long prune(Instant oldest, BooleanSupplier goesOn) {
    if (!isWorthPruning(oldest)) {
      return 0;
    }
    long pruned = 0;
    int batch;
    do {
      batch = transactions.run("pruning the audit", c -> pruneSome(c, oldest));
      pruned += batch;
    } while (batch == PAGE && goesOn.getAsBoolean());
    if (pruned > 0) {
      append(
          new AuditAct(
              "waybill",
              "audit.pruned",
              "",
              "{\"rows\":" + pruned + ",\"older-than\":\"" + oldest + "\"}"));
    }
    return pruned;
  }

  private boolean isWorthPruning(Instant oldest) {
    return transactions.run(
        "looking at the oldest of the audit",
        connection -> {
          Chain chain = AuditRows.chain(connection);
          List<AuditEntry> first = AuditRows.behind(connection, chain.prunedNumber(), 1);
          return !first.isEmpty()
              && (first.get(0).at().isBefore(oldest.minus(SLACK))
                  || chain.lastNumber() - chain.prunedNumber() > MOST_ROWS + SLACK_ROWS);
        });
  }

  private static int pruneSome(Connection connection, Instant oldest) throws SQLException {
    Chain chain = AuditRows.lock(connection);
    Optional<AuditEntry> last =
        AuditRows.lastBefore(
            connection, oldest, chain.lastNumber() - MOST_ROWS, chain.prunedNumber(), PAGE);
    if (last.isEmpty()) {
      return 0;
    }
    AuditRows.moveStart(connection, last.get());
    return AuditRows.deleteUpTo(connection, last.get().number());
  }
}
