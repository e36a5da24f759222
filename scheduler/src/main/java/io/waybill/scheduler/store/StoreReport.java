package io.waybill.scheduler.store;

import java.util.List;

/**
 * What a check of a store has found.
 *
 * @param store where it is
 * @param schemas the versions of its modules' tables
 * @param tables what could be read from end to end
 * @param problems what is wrong; empty in a sound store
 * @param notes what is worth knowing, and no damage
 */
public record StoreReport(
    String store,
    List<SchemaVersion> schemas,
    List<TableCount> tables,
    List<String> problems,
    List<String> notes) {
  /** Copies the lists. */
  public StoreReport {
    schemas = List.copyOf(schemas);
    tables = List.copyOf(tables);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /** Returns whether nothing is wrong. */
  public boolean isSound() {
    return problems.isEmpty();
  }
}
