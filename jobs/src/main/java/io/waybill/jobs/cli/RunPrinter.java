package io.waybill.jobs.cli;

import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a run's form for a person. */
final class RunPrinter {
  private RunPrinter() {}

  static void print(Map<String, Object> run, PrintStream out) {
    out.printf(
        "run %s  %s  %s%s%s%s%s%n",
        run.get("id"),
        run.get("job"),
        run.get("state"),
        began(run),
        took(run),
        run.containsKey("node") ? "  on " + Output.printable(run.get("node")) : "",
        run.containsKey("due-at") ? "  next attempt at " + run.get("due-at") : "");
    if (run.containsKey("message")) {
      out.println("  " + run.get("message"));
    }
    for (Map<String, Object> step : Plain.maps(run, "steps")) {
      printStep(step, out);
    }
  }

  private static void printStep(Map<String, Object> step, PrintStream out) {
    List<Map<String, Object>> attempts = Plain.maps(step, "attempts");
    out.printf(
        "  %-12s %-11s %-9s %d attempt%s%s%n",
        step.get("id"),
        step.get("kind"),
        step.get("state"),
        attempts.size(),
        attempts.size() == 1 ? " " : "s",
        step.containsKey("bytes") ? "  " + size(Plain.number(step, "bytes")) : "");
    for (Map<String, Object> attempt : attempts) {
      if (attempt.containsKey("message")) {
        out.printf("    attempt %s: %s%n", attempt.get("number"), attempt.get("message"));
      }
    }
    if (step.get("outputs") instanceof Map<?, ?> outputs) {
      Plain.maps(outputs, "files").forEach(file -> printFile(file, out));
      Plain.maps(outputs, "messages")
          .forEach(
              message ->
                  out.printf(
                      "    %s  %s%n",
                      Output.printable(message.get("message-id")),
                      Output.printable(message.get("subject"))));
      if (outputs.get("message-id") != null) {
        out.printf(
            "    %s  %s%n",
            Output.printable(outputs.get("message-id")), Output.printable(outputs.get("subject")));
      }
    }
  }

  private static void printFile(Map<String, Object> file, PrintStream out) {
    if (!(file.get("resumed") instanceof Long resumed)) { // nothing that travelled
      out.printf(
          "    %-34s %10s%n", Output.printable(file.get("name")), size(Plain.number(file, "size")));
      return;
    }
    out.printf(
        "    %-34s %10s  %-9s %s%s%n",
        Output.printable(file.get("name")),
        size(Plain.number(file, "size")),
        file.get("verified"),
        file.getOrDefault("digest", "already there"),
        resumed > 0 ? "  resumed at " + size(resumed) : "");
  }

  // as the log has it, to look there
  private static String began(Map<String, Object> run) {
    return run.get("started-at") instanceof String start
        ? "  " + Instant.parse(start).truncatedTo(ChronoUnit.SECONDS)
        : "";
  }

  private static String took(Map<String, Object> run) {
    if (run.get("started-at") instanceof String start
        && run.get("ended-at") instanceof String end) {
      return "  in " + duration(Duration.between(Instant.parse(start), Instant.parse(end)));
    }
    return "";
  }

  static String duration(Duration duration) {
    return duration.toSeconds() < 60
        ? String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0)
        : duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
  }

  /** Returns a short time: {@code 12.3 ms}. */
  static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
  }

  /** Returns bytes in the largest unit that leaves a whole part: {@code 3.1 MiB}. */
  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < 3) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %siB", value, "KMGT".charAt(unit));
  }
}
