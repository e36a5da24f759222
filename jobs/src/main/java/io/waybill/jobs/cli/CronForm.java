package io.waybill.jobs.cli;

import io.waybill.scheduler.CronDialect;
import io.waybill.scheduler.time.CronExpression;
import io.waybill.scheduler.time.Outlook;
import io.waybill.scheduler.time.Warning;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code waybill cron} tells, for a program and for a person. */
record CronForm(CronExpression expression, CronDialect dialect, ZoneId zone, Outlook outlook) {
  static final String SCHEMA = "waybill.cron/1";

  /** Returns it in plain values: moments in {@code next}, clock changes in {@code changes}. */
  Map<String, Object> plain() {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("expression", expression.toString());
    plain.put("dialect", dialect.word());
    plain.put("zone", zone.getId());
    plain.put("words", expression.inWords());
    plain.put("warnings", warnings().stream().map(CronForm::plain).toList());
    List<Object> next = new ArrayList<>();
    List<Object> changes = new ArrayList<>();
    for (Outlook.Entry entry : outlook.entries()) {
      if (entry instanceof Outlook.Due due) {
        next.add(plain(due));
      } else {
        changes.add(plain((Outlook.ClockChange) entry));
      }
    }
    plain.put("next", next);
    plain.put("changes", changes);
    return plain;
  }

  /** Returns what may not be what was meant. */
  List<Warning> warnings() {
    List<Warning> warnings = new ArrayList<>(expression.warnings());
    if (outlook.due().isEmpty()) {
      warnings.add(new Warning(0, "it is never due again"));
    }
    return warnings;
  }

  private static Map<String, Object> plain(Warning warning) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("offset", (long) warning.offset());
    plain.put("message", warning.words());
    return plain;
  }

  private static Map<String, Object> plain(Outlook.ClockChange change) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("at", change.at().toString());
    plain.put("before", change.before().toString());
    plain.put("after", change.after().toString());
    return plain;
  }

  private static Map<String, Object> plain(Outlook.Due due) {
    Map<String, Object> plain = new LinkedHashMap<>();
    plain.put("at", due.at().toString());
    plain.put("local", due.local().toOffsetDateTime().toString());
    if (!due.note().isEmpty()) {
      plain.put("note", due.note());
    }
    return plain;
  }

  /**
   * Prints it.
   *
   * @param isDefaultZone whether nobody has named the zone
   */
  void print(PrintStream out, boolean isDefaultZone) {
    out.println(expression.inWords());
    out.println(
        "in "
            + zone.getId()
            + (isDefaultZone
                ? ", this machine's zone; --zone names another, a job file its own"
                : ""));
    out.println();
    for (Outlook.Entry entry : outlook.entries()) {
      if (entry instanceof Outlook.Due due) {
        String note = due.note().isEmpty() ? "" : "  " + due.note();
        out.println(Moments.local(due.local().toOffsetDateTime()) + "  " + due.at() + note);
      } else {
        out.println(entry.at().atZone(zone).toLocalDate() + ": " + entry.note());
      }
    }
    if (outlook.entries().isEmpty()) {
      out.println("never again");
    }
  }
}
