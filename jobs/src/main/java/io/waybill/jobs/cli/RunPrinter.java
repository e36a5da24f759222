package io.waybill.jobs.cli;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.ItemState;
import io.waybill.jobs.StepState;
import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints a run's form for a person. */
final class RunPrinter {
  private static final int MOST_SUBJECT = 100;

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
        next(run));
    if (run.containsKey("decision")) {
      out.println("  " + run.get("decision"));
    }
    if (run.containsKey("steps")) {
      out.println("  " + cause(run));
    }
    if (run.containsKey("message")) {
      out.println("  " + run.get("message"));
    }
    for (Map<String, Object> step : Plain.maps(run, "steps")) {
      if (Plain.word(StepState.SKIPPED).equals(step.get("state"))) {
        printSkipped(step, out);
      } else {
        printStep(step, out);
      }
      if (EachDefinition.NAME.equals(step.get("kind"))) {
        printItems(Plain.map(run, "items"), out);
      }
    }
  }

  private static void printSkipped(Map<String, Object> step, PrintStream out) {
    List<Map<String, Object>> attempts = Plain.maps(step, "attempts");
    out.printf(
        "  %-12s %-11s %-9s %s%n",
        step.get("id"),
        step.get("kind"),
        step.get("state"),
        attempts.isEmpty() ? "" : attempts.get(attempts.size() - 1).get("message"));
  }

  private static void printItems(Map<String, Object> items, PrintStream out) {
    List<String> counts = new ArrayList<>();
    for (ItemState state : ItemState.values()) {
      String word = Plain.word(state);
      if (items.get(word) instanceof Long count && count > 0) {
        counts.add(count + " " + word);
      }
    }
    out.printf(
        "    %s items%s%n",
        items.get("total"), counts.isEmpty() ? "" : ": " + String.join(", ", counts));
    for (Map<String, Object> item : Plain.maps(items, "open")) {
      out.printf(
          "    %-9s %s  %s%n",
          item.get("state"),
          Output.printable(item.get("name")),
          Output.printable(item.getOrDefault("message", "")));
    }
    if (items.containsKey("not-listed")) {
      out.printf("    and %s more%n", items.get("not-listed"));
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
      // why items failed stands beside them
      if (attempt.containsKey("message") && !EachDefinition.NAME.equals(step.get("kind"))) {
        out.printf("    attempt %s: %s%n", attempt.get("number"), attempt.get("message"));
      }
    }
    if (!attempts.isEmpty()) {
      printTold(Plain.map(attempts.get(attempts.size() - 1), "files"), out);
    }
    if (step.get("outputs") instanceof Map<?, ?> outputs) {
      Plain.maps(outputs, "files").forEach(file -> printFile(file, out));
      if (outputs.get("to-copy") != null) {
        out.printf(
            "    copied %s of %s, renamed %s, deleted %s of %s, %s equal%n",
            outputs.get("copied"),
            outputs.get("to-copy"),
            outputs.get("renamed"),
            outputs.get("deleted"),
            outputs.get("to-delete"),
            outputs.get("equal"));
      }
      printMail(outputs, out);
      if (outputs.get("message-id") != null) {
        out.printf(
            "    %s  %s%s%n",
            Output.printable(outputs.get("message-id")),
            Output.printable(outputs.get("subject")),
            Boolean.TRUE.equals(outputs.get("earlier")) ? "  sent earlier, not again" : "");
      }
    }
  }

  // what became of each file of an attempt that did not succeed
  private static void printTold(Map<String, Object> files, PrintStream out) {
    if (files.isEmpty()) {
      return;
    }
    Object done = files.get("done");
    out.printf(
        "    %s%s%n",
        done == null ? "" : done + " files done, ",
        files.get("failed") + (done == null ? " files failed" : " failed"));
    for (Map<String, Object> each : Plain.maps(files, "listed")) {
      out.printf("    %-6s %s%n", each.get("state"), told(each));
    }
    if (files.containsKey("not-listed")) {
      out.printf("    and %s more%n", files.get("not-listed"));
    }
  }

  private static String told(Map<String, Object> file) {
    String source = Output.printable(file.get("source"));
    if (file.containsKey("message")) {
      String message = Output.printable(file.get("message"));
      return message.contains(source) ? message : source + ": " + message;
    }
    String location = Output.printable(file.get("location"));
    return location.isEmpty() ? source : source + " -> " + location;
  }

  private static void printMail(Map<?, ?> outputs, PrintStream out) {
    for (Map<String, Object> each : Plain.maps(outputs, "messages")) {
      out.printf("    %s  %s%n", Output.printable(each.get("message-id")), subject(each));
    }
    for (Map<String, Object> each : Plain.maps(outputs, "sent")) {
      String earlier = Boolean.TRUE.equals(each.get("earlier")) ? "  by an earlier run" : "";
      out.printf(
          "    %s  %s%s%n", Output.printable(each.get("message-id")), subject(each), earlier);
    }
    for (Map<String, Object> each : Plain.maps(outputs, "left-out")) {
      out.printf(
          "    left out: %s  %s: %s%n",
          Output.printable(each.get("message")), subject(each), Output.printable(each.get("why")));
    }
    if (outputs.containsKey("filed")) {
      out.printf("    messages filed: %s%n", outputs.get("filed"));
    }
  }

  // others wrote it, at any length
  private static String subject(Map<String, Object> mail) {
    String subject = Output.printable(mail.get("subject"));
    return subject.length() <= MOST_SUBJECT
        ? subject
        : subject.substring(0, MOST_SUBJECT - 1) + "~";
  }

  private static void printFile(Map<String, Object> file, PrintStream out) {
    boolean isCopied = file.containsKey("verified"); // else a file that nobody brought there
    long resumed = isCopied ? Plain.number(file, "resumed") : 0;
    out.printf(
        "    %-34s %10s  %-9s %s%s%n",
        Output.printable(file.get("name")),
        file.containsKey("size") ? size(Plain.number(file, "size")) : "",
        file.getOrDefault("verified", ""),
        file.getOrDefault("digest", isCopied ? withoutDigest(file) : ""),
        resumed > 0 ? "  resumed at " + size(resumed) : "");
  }

  private static String next(Map<String, Object> run) {
    if (run.containsKey("ending")) {
      return "  is to end: " + Output.printable(run.get("ending"));
    }
    return run.get("due-at") instanceof String due ? "  next attempt at " + seconds(due) : "";
  }

  private static String cause(Map<String, Object> run) {
    String due =
        "schedule".equals(run.get("trigger")) && run.get("scheduled-at") instanceof String moment
            ? ", due " + seconds(moment)
            : "";
    return run.get("trigger")
        + due
        + (Boolean.TRUE.equals(run.get("recovered")) ? ", recovered" : "");
  }

  private static String withoutDigest(Map<String, Object> file) {
    return Boolean.TRUE.equals(file.get("skipped")) ? "already there" : "renamed";
  }

  // as the log has it, to look there; what never began is known by its moment
  private static String began(Map<String, Object> run) {
    if (run.get("started-at") instanceof String start) {
      return "  " + seconds(start);
    }
    return run.get("scheduled-at") instanceof String due ? "  due " + seconds(due) : "";
  }

  private static String seconds(String moment) {
    return Instant.parse(moment)
        .truncatedTo(ChronoUnit.SECONDS)
        .atZone(ZoneId.systemDefault())
        .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
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
