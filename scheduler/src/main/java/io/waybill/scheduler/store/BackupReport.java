package io.waybill.scheduler.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What a backup holds, and what was deleted for it.
 *
 * @param file where it is
 * @param sizeBytes how large it is
 * @param takenAt when it was begun: what was committed before is in it
 * @param tables what is in it, each compared with the store
 * @param deleted older backups that were one too many
 */
public record BackupReport(
    Path file, long sizeBytes, Instant takenAt, List<TableCount> tables, List<Path> deleted) {
  /** Copies the lists. */
  public BackupReport {
    tables = List.copyOf(tables);
    deleted = List.copyOf(deleted);
  }
}
