package io.waybill.scheduler.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a backup has brought back.
 *
 * @param file the backup
 * @param store where its content is now
 * @param tables what is in it
 * @param aside where the store that was there before is; empty if there was none
 */
public record RestoreReport(Path file, Path store, List<TableCount> tables, Optional<Path> aside) {
  /** Copies the list. */
  public RestoreReport {
    tables = List.copyOf(tables);
  }
}
