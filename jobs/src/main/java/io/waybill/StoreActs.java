package io.waybill;

import io.waybill.jobs.json.Json;
import io.waybill.scheduler.store.AuditAct;
import io.waybill.scheduler.store.BackupReport;
import io.waybill.scheduler.store.MoveReport;
import io.waybill.scheduler.store.RestoreReport;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the audit says of acts on a store as a whole. */
final class StoreActs {
  private StoreActs() {}

  static AuditAct backup(String who, BackupReport report) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("size", report.sizeBytes());
    if (!report.deleted().isEmpty()) {
      detail.put("deleted", report.deleted().stream().map(Path::toString).toList());
    }
    return new AuditAct(who, "db.backup", report.file().toString(), Json.write(detail));
  }

  static AuditAct restore(String who, RestoreReport report, int held) {
    Map<String, Object> detail = new LinkedHashMap<>();
    report.aside().ifPresent(aside -> detail.put("aside", aside.toString()));
    detail.put("held-messages", (long) held);
    return new AuditAct(who, "db.restore", report.file().toString(), Json.write(detail));
  }

  static AuditAct move(String who, MoveReport report) {
    return new AuditAct(who, "db.move", report.to(), Json.write(Map.of("from", report.from())));
  }
}
