package io.waybill.jobs.cli;

import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints an entry of the outbox for a person. */
final class OutboxPrinter {
  private OutboxPrinter() {}

  static void print(Map<String, Object> entry, boolean withRecipients, PrintStream out) {
    List<Map<String, Object>> recipients = Plain.maps(entry, "recipients");
    out.printf(
        "%s  %-8s %s  %s -> %s  %s%n",
        entry.get("id"),
        entry.get("state"),
        entry.get("enqueued-at"),
        Output.printable(or(entry.get("from"), "<>")),
        recipients.size() == 1
            ? Output.printable(recipients.get(0).get("address"))
            : recipients.size() + " recipients",
        Output.printable(entry.get("subject")));
    if (entry.containsKey("next-attempt-at")) {
      out.println("  next attempt " + entry.get("next-attempt-at"));
    }
    if (entry.containsKey("error")) {
      out.println("  " + Output.printable(entry.get("error")));
    }
    if (withRecipients) {
      out.printf(
          "  %s  %s  by \"%s\"  %s attempt%s%n",
          Output.printable(entry.get("message-id")),
          RunPrinter.size(Plain.number(entry, "size")),
          Output.printable(entry.get("account")),
          entry.get("attempts"),
          Plain.number(entry, "attempts") == 1 ? "" : "s");
      recipients.forEach(recipient -> printRecipient(recipient, out));
      Plain.maps(entry, "bounces").forEach(bounce -> printBounce(bounce, out));
    }
  }

  private static void printBounce(Map<String, Object> bounce, PrintStream out) {
    out.printf(
        "    bounced (%s) %s  %s %s%n",
        bounce.get("kind"),
        Output.printable(bounce.get("address")),
        Output.printable(or(bounce.get("status"), "")),
        Output.printable(or(bounce.get("text"), "")));
  }

  static void printRecipient(Map<String, Object> recipient, PrintStream out) {
    String code = recipient.containsKey("code") ? recipient.get("code") + " " : "";
    String text = recipient.containsKey("text") ? code + recipient.get("text") : "";
    out.printf(
        "    %-13s %s  %s%n",
        recipient.get("status"),
        Output.printable(recipient.get("address")),
        Output.printable(text));
  }

  private static Object or(@Nullable Object value, String fallback) {
    return value == null || value.equals("") ? fallback : value;
  }
}
