package io.waybill.scheduler.quartz;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.quartz.TriggerKey;

/**
 * Which triggers this node may take, which the engine by itself does not ask: a run stays on its
 * node, and a job that only other nodes have is left to them.
 */
final class Eligibility {
  /** Group of one-shot triggers that any node may take. */
  static final String ANY_NODE = "waybill-runs";

  private static final String ONE_NODE = ANY_NODE + "@";

  private volatile String ownGroup = ONE_NODE;
  private volatile Set<String> foreignJobs = Set.of();

  /** Returns the group of one-shot triggers that only a node may take. */
  static String only(String node) {
    return ONE_NODE + node;
  }

  void node(String name) {
    ownGroup = only(name);
  }

  /** Sets the jobs that are in the store, and that this node does not have. */
  synchronized void foreignJobs(Set<String> names) {
    foreignJobs = Set.copyOf(names);
  }

  /** Adds one that has just shown itself. */
  synchronized void addForeign(String name) {
    Set<String> more = new HashSet<>(foreignJobs);
    more.add(name);
    foreignJobs = Set.copyOf(more);
  }

  /**
   * Selects as the engine does, and leaves out what is for others.
   *
   * @param table of triggers, with its prefix
   * @param scheduler the engine's name in the tables
   */
  List<TriggerKey> select(
      Connection connection, String table, String scheduler, long noLaterThan, int most)
      throws SQLException {
    List<String> foreign = List.copyOf(foreignJobs);
    // no trigger has a priority; by the names of its whole index H2 sees that the first are enough
    String sql =
        "select trigger_name, trigger_group from "
            + table
            + " where sched_name = ? and trigger_state = 'WAITING' and next_fire_time <= ?"
            + " and (trigger_group not like '"
            + ONE_NODE
            + "%' or trigger_group = ?)"
            + (foreign.isEmpty()
                ? ""
                : " and job_name not in ("
                    + String.join(", ", Collections.nCopies(foreign.size(), "?"))
                    + ")")
            + " order by sched_name, trigger_state, next_fire_time";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setMaxRows(Math.max(1, most));
      statement.setString(1, scheduler);
      statement.setLong(2, noLaterThan);
      statement.setString(3, ownGroup);
      for (int i = 0; i < foreign.size(); i++) {
        statement.setString(4 + i, foreign.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<TriggerKey> keys = new ArrayList<>();
        while (rows.next()) {
          keys.add(new TriggerKey(rows.getString(1), rows.getString(2)));
        }
        return keys;
      }
    }
  }

  /** A delegate of the engine that selects by this. */
  interface User {
    void use(Eligibility eligibility);
  }
}
