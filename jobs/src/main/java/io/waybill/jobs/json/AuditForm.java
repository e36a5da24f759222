package io.waybill.jobs.json;

import io.waybill.jobs.JobException;
import io.waybill.scheduler.store.AuditEntry;
import io.waybill.scheduler.store.AuditVerdict;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON forms of the audit: {@code waybill.audit-entry/1} and what was found of its chain. */
public final class AuditForm {
  /** Name and version of an entry. */
  public static final String SCHEMA = "waybill.audit-entry/1";

  /** Name and version of a list of entries under {@code entries}. */
  public static final String LIST_SCHEMA = "waybill.audit/1";

  /** Name and version of what a look at every row has found. */
  public static final String VERDICT_SCHEMA = "waybill.audit-verdict/1";

  private AuditForm() {}

  /** Returns an entry. */
  public static Map<String, Object> of(AuditEntry entry) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("number", entry.number());
    form.put("at", entry.at().toString());
    form.put("who", entry.act().who());
    form.put("action", entry.act().action());
    form.put("subject", entry.act().subject());
    form.put("detail", detail(entry.act().detail()));
    form.put("before", entry.before());
    form.put("hash", entry.hash());
    return form;
  }

  // a row that somebody has changed may hold anything, and is to be seen
  private static Object detail(String text) {
    try {
      return Json.readObject(text);
    } catch (JobException.Configuration e) {
      return text;
    }
  }

  /** Returns what was found. */
  public static Map<String, Object> of(AuditVerdict verdict) {
    Map<String, Object> form = new LinkedHashMap<>();
    if (verdict instanceof AuditVerdict.Whole whole) {
      form.put("whole", true);
      form.put("rows", whole.rows());
      form.put("first", whole.first());
      form.put("last", whole.last());
      form.put("head", whole.head());
    } else if (verdict instanceof AuditVerdict.Broken broken) {
      form.put("whole", false);
      form.put("number", broken.number());
      form.put("why", broken.why());
    }
    return form;
  }
}
