package io.waybill.scheduler.store;

import io.waybill.scheduler.SchedulerException;
import org.flywaydb.core.api.MigrationVersion;

/**
 * Which version a module's tables have, and which this program knows.
 *
 * @param module whose tables
 * @param stored the newest migration that was applied; empty if there are no tables
 * @param known the newest migration of this program
 */
public record SchemaVersion(String module, String stored, String known) {

  /** Returns whether both are the same. */
  public boolean isCurrent() {
    return stored.equals(known);
  }

  /** Returns whether a newer program has upgraded the tables. */
  public boolean isNewer() {
    return !stored.isEmpty()
        && MigrationVersion.fromVersion(stored).isNewerThan(MigrationVersion.fromVersion(known));
  }

  /** Says for a person what is wrong with tables that are newer than the program. */
  public String newerThanProgram() {
    return "the "
        + module
        + "'s tables are of version "
        + stored
        + ", and this program knows them up to version "
        + known
        + ": a newer waybill has used this store; use that one, or restore a backup from before";
  }

  SchedulerException.StoreRefused refusal() {
    return new SchedulerException.StoreRefused(newerThanProgram(), null);
  }
}
