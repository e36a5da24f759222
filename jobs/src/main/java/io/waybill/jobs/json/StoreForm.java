package io.waybill.jobs.json;

import io.waybill.scheduler.store.BackupReport;
import io.waybill.scheduler.store.MoveReport;
import io.waybill.scheduler.store.RestoreReport;
import io.waybill.scheduler.store.SchemaVersion;
import io.waybill.scheduler.store.StoreReport;
import io.waybill.scheduler.store.TableCount;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON forms of what is done to a store as a whole. */
public final class StoreForm {
  /** Name and version of a backup's form. */
  public static final String BACKUP_SCHEMA = "waybill.db-backup/1";

  /** Name and version of a check's form. */
  public static final String CHECK_SCHEMA = "waybill.db-check/1";

  /** Name and version of a restore's form. */
  public static final String RESTORE_SCHEMA = "waybill.db-restore/1";

  /** Name and version of a move's form. */
  public static final String MOVE_SCHEMA = "waybill.db-move/1";

  private StoreForm() {}

  /** Returns what a backup holds. */
  public static Map<String, Object> of(BackupReport report) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("file", report.file().toString());
    form.put("size", report.sizeBytes());
    form.put("taken-at", report.takenAt().toString());
    form.put("deleted", report.deleted().stream().map(Path::toString).toList());
    form.put("tables", tables(report.tables()));
    return form;
  }

  /** Returns what a check has found. */
  public static Map<String, Object> of(StoreReport report) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("store", report.store());
    form.put("sound", report.isSound());
    form.put("problems", report.problems());
    form.put("notes", report.notes());
    form.put("schemas", report.schemas().stream().map(StoreForm::of).toList());
    form.put("tables", tables(report.tables()));
    return form;
  }

  private static Map<String, Object> of(SchemaVersion version) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("module", version.module());
    form.put("version", version.stored());
    form.put("known", version.known());
    return form;
  }

  /**
   * Returns what was restored.
   *
   * @param held how many messages are unknown now, because they waited in the backup
   */
  public static Map<String, Object> of(RestoreReport report, int held) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("file", report.file().toString());
    form.put("store", report.store().toString());
    report.aside().ifPresent(aside -> form.put("aside", aside.toString()));
    form.put("held-messages", (long) held);
    form.put("tables", tables(report.tables()));
    return form;
  }

  /** Returns what was moved. */
  public static Map<String, Object> of(MoveReport report) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("from", report.from());
    form.put("to", report.to());
    form.put("marker", report.marker().toString());
    form.put("tables", tables(report.tables()));
    return form;
  }

  private static List<Map<String, Object>> tables(List<TableCount> counts) {
    return counts.stream()
        .map(
            count -> {
              Map<String, Object> form = new LinkedHashMap<>();
              form.put("table", count.table());
              form.put("rows", count.rows());
              form.put("digest", count.digest());
              return form;
            })
        .toList();
  }
}
