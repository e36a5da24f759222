package io.waybill.jobs.cli;

import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints the next firings of jobs for a person, a line each, in their order. */
final class AgendaPrinter {
  private AgendaPrinter() {}

  static void print(Map<String, Object> form, PrintStream out) {
    List<Map<String, Object>> next = Plain.maps(form, "next");
    List<Map<String, Object>> entries = new ArrayList<>(Plain.maps(form, "changes"));
    entries.addAll(next); // after the changes: the sort keeps those of one moment in this order
    entries.sort(Comparator.comparing(entry -> Instant.parse(Plain.text(entry, "at"))));
    int jobs = width(next, "job");
    int zones = width(next, "zone");
    for (Map<String, Object> entry : entries) {
      out.println(
          entry.containsKey("job")
              ? Moments.local(OffsetDateTime.parse(Plain.text(entry, "local")))
                  + "  "
                  + JobPrinter.pad(Plain.text(entry, "zone"), zones)
                  + "  "
                  + JobPrinter.pad(Plain.text(entry, "job"), jobs)
                  + "  "
                  + joined(entry, "schedule", " | ", "", "")
                  + joined(entry, "marks", "] [", "  [", "]")
              : day(Plain.text(entry, "before"))
                  + ": "
                  + entry.get("words")
                  + " in "
                  + entry.get("zone"));
    }
    if (next.isEmpty()) {
      out.println("nothing is going to fire");
    }
    for (Map<String, Object> job : Plain.maps(form, "jobs")) {
      if (!"enabled".equals(job.get("state"))) {
        out.println(job.get("state") + ": " + job.get("name"));
      }
    }
  }

  private static int width(List<Map<String, Object>> entries, String key) {
    return entries.stream().mapToInt(entry -> Plain.text(entry, key).length()).max().orElse(0);
  }

  private static String day(String localTime) {
    return localTime.substring(0, localTime.indexOf('T'));
  }

  private static String joined(
      Map<String, Object> entry, String key, String between, String before, String after) {
    return entry.get(key) instanceof List<?> list && !list.isEmpty()
        ? list.stream().map(String::valueOf).collect(Collectors.joining(between, before, after))
        : "";
  }
}
