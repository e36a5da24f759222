package io.waybill.scheduler.store;

import java.nio.file.Path;
import java.util.List;

/**
 * What was moved from an embedded store to a server.
 *
 * @param from the store that was left as it was
 * @param to where everything is now
 * @param tables what was moved; each was read from the server again and had the same digest
 * @param marker the file that keeps anybody from going on with the old store
 */
public record MoveReport(String from, String to, List<TableCount> tables, Path marker) {
  /** Copies the list. */
  public MoveReport {
    tables = List.copyOf(tables);
  }
}
