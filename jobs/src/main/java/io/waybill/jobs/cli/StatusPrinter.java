package io.waybill.jobs.cli;

import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prints how a daemon stands, for a person. */
final class StatusPrinter {
  private StatusPrinter() {}

  static void print(Map<String, Object> status, PrintStream out) {
    line(
        out,
        "daemon",
        "%s, process %s, node %s, since %s"
            .formatted(
                named(status.get("version")),
                status.get("pid"),
                status.get("node"),
                status.get("started-at")));
    line(out, "health", String.valueOf(status.get("health")));
    texts(status, "degraded").forEach(words -> line(out, "", words));
    line(out, "state", status.get("state") + ", store " + status.get("store"));
    for (Map<String, Object> file : Plain.maps(status, "files")) {
      line(out, "file", file.get("file") + "  " + file.get("digest"));
    }
    Map<String, Object> reload = Plain.map(status, "reload");
    if (!reload.isEmpty()) {
      line(
          out,
          "read",
          "%s at %s (%s)%s"
              .formatted(
                  reload.get("outcome"),
                  reload.get("at"),
                  reload.get("by"),
                  Optional.ofNullable(reload.get("since"))
                      .map(since -> ", since " + since)
                      .orElse("")));
      Plain.maps(reload, "problems").forEach(problem -> line(out, "", words(problem)));
    }
    List<String> restart = texts(status, "restart-needed");
    if (!restart.isEmpty()) {
      line(out, "restart", "needed for " + String.join(", ", restart));
    }
    line(out, "jobs", counts(Plain.map(status, "jobs")));
    Map<String, Object> runs = Plain.map(status, "runs");
    List<Map<String, Object>> live = Plain.maps(runs, "live");
    line(
        out,
        "runs",
        "%d live, %s queued, %s waiting for their next attempt"
            .formatted(live.size(), runs.get("queued"), runs.get("retrying")));
    for (Map<String, Object> run : live) {
      line(
          out,
          "",
          "%s  %s  since %s on %s"
              .formatted(run.get("id"), run.get("job"), run.get("started-at"), run.get("node")));
    }
    Map<String, Object> outbox = Plain.map(status, "outbox");
    line(
        out,
        "outbox",
        "%s waiting (%s), %s unknown"
            .formatted(
                outbox.get("waiting"),
                RunPrinter.size(Plain.number(outbox, "bytes")),
                outbox.get("unknown")));
    printAlerts(Plain.map(status, "alerts"), out);
  }

  private static void printAlerts(Map<String, Object> alerts, PrintStream out) {
    if (alerts.isEmpty()) {
      return; // a daemon of an older version
    }
    List<Map<String, Object>> troubles = Plain.maps(alerts, "troubles");
    line(
        out,
        "alerts",
        "%d troubles, %s waiting to be told, %s given up"
            .formatted(troubles.size(), alerts.get("waiting"), alerts.get("failed")));
    for (Map<String, Object> trouble : troubles) {
      line(
          out,
          "",
          "%s  %s  since %s"
              .formatted(trouble.get("job"), trouble.get("kind"), trouble.get("since")));
    }
  }

  private static String named(@Nullable Object version) {
    return String.valueOf(version).isEmpty() ? "waybill" : "waybill " + version;
  }

  private static List<String> texts(Map<String, Object> form, String key) {
    return form.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  private static String words(Map<String, Object> problem) {
    return problem.containsKey("file")
        ? "%s:%s:%s: %s: %s"
            .formatted(
                problem.get("file"),
                problem.get("line"),
                problem.get("column"),
                problem.get("severity"),
                problem.get("message"))
        : String.valueOf(problem.get("message"));
  }

  private static String counts(Map<String, Object> jobs) {
    return jobs.entrySet().stream()
        .filter(each -> !Objects.equals(each.getValue(), 0L) || each.getKey().equals("all"))
        .map(each -> each.getValue() + (each.getKey().equals("all") ? "" : " " + each.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static void line(PrintStream out, String label, String text) {
    out.println(JobPrinter.pad(label, 8) + Output.printable(text));
  }
}
