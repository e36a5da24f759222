package io.waybill.scheduler.quartz;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;

/** Looks at the engine's triggers where the engine itself has no eyes. */
final class TriggerRows {
  private final Connection connection;
  private final String prefix;
  private final String scheduler;

  TriggerRows(Connection connection, String prefix, String scheduler) {
    this.connection = connection;
    this.prefix = prefix;
    this.scheduler = scheduler;
  }

  /**
   * A trigger that was stuck.
   *
   * @param state in which it was, in Quartz's words
   */
  record Stuck(TriggerKey key, String state) {}

  /**
   * What the store holds of a trigger.
   *
   * @param state in Quartz's words
   * @param nextFireTime empty if it fires no more
   */
  record Held(String state, Optional<Instant> nextFireTime) {}

  /**
   * Frees triggers that no node is going to fire: in an error state, or taken by nobody, or taken
   * and long overdue, which is what a connection that broke at the wrong moment leaves behind.
   *
   * @param overdueBefore since when a taken trigger must have been due
   */
  List<Stuck> free(Instant overdueBefore) throws JobPersistenceException {
    try {
      List<Stuck> stuck = stuck(overdueBefore);
      for (Stuck each : stuck) {
        String free = each.state().startsWith("PAUSED") ? "PAUSED" : "WAITING";
        update("update %sTRIGGERS set trigger_state = '" + free + "' where", each.key());
        update("delete from %sFIRED_TRIGGERS where state = 'ACQUIRED' and", each.key());
      }
      return stuck;
    } catch (SQLException e) {
      throw new JobPersistenceException("stuck triggers cannot be freed: " + e.getMessage(), e);
    }
  }

  private List<Stuck> stuck(Instant overdueBefore) throws SQLException {
    String sql =
        """
        select trigger_name, trigger_group, trigger_state from %1$sTRIGGERS t
        where sched_name = ? and (trigger_state = 'ACQUIRED' and next_fire_time < ?
          or trigger_state in ('ACQUIRED', 'BLOCKED', 'PAUSED_BLOCKED', 'ERROR')
          and not exists (select 1 from %1$sFIRED_TRIGGERS f where f.sched_name = t.sched_name
            and f.trigger_name = t.trigger_name and f.trigger_group = t.trigger_group))
        """
            .formatted(prefix);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, scheduler);
      statement.setLong(2, overdueBefore.toEpochMilli());
      try (ResultSet rows = statement.executeQuery()) {
        List<Stuck> stuck = new ArrayList<>();
        while (rows.next()) {
          TriggerKey key = new TriggerKey(rows.getString(1), rows.getString(2));
          stuck.add(new Stuck(key, rows.getString(3)));
        }
        return stuck;
      }
    }
  }

  private void update(String sql, TriggerKey key) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            sql.formatted(prefix) + " sched_name = ? and trigger_name = ? and trigger_group = ?")) {
      statement.setString(1, scheduler);
      statement.setString(2, key.getName());
      statement.setString(3, key.getGroup());
      statement.executeUpdate();
    }
  }

  /** Returns every trigger of a group, by name. */
  Map<String, Held> group(String group) throws JobPersistenceException {
    String sql =
        "select trigger_name, trigger_state, next_fire_time from "
            + prefix
            + "TRIGGERS where sched_name = ? and trigger_group = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, scheduler);
      statement.setString(2, group);
      try (ResultSet rows = statement.executeQuery()) {
        Map<String, Held> held = new HashMap<>();
        while (rows.next()) {
          long next = rows.getLong(3);
          Optional<Instant> at =
              next > 0 ? Optional.of(Instant.ofEpochMilli(next)) : Optional.empty();
          held.put(rows.getString(1), new Held(rows.getString(2), at));
        }
        return held;
      }
    } catch (SQLException e) {
      throw new JobPersistenceException("triggers cannot be read: " + e.getMessage(), e);
    }
  }
}
