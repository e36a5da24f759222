package io.waybill.jobs.cli;

import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints the forms of jobs for a person, a line each. */
final class JobPrinter {
  private static final String NONE = "-";

  private JobPrinter() {}

  static void print(List<Map<String, Object>> jobs, PrintStream out) {
    if (jobs.isEmpty()) {
      out.println("no jobs");
    }
    int names = width(jobs, job -> Plain.text(job, "name"));
    int states = width(jobs, job -> Plain.text(job, "state"));
    int nexts = width(jobs, JobPrinter::next);
    int lasts = width(jobs, JobPrinter::last);
    for (Map<String, Object> job : jobs) {
      out.println(
          pad(Plain.text(job, "name"), names)
              + "  "
              + pad(Plain.text(job, "state"), states)
              + "  next "
              + pad(next(job), nexts)
              + "  last "
              + pad(last(job), lasts)
              + "  "
              + words(job));
    }
  }

  private static int width(
      List<Map<String, Object>> jobs, Function<Map<String, Object>, String> column) {
    return jobs.stream().map(column).mapToInt(String::length).max().orElse(0);
  }

  static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String next(Map<String, Object> job) {
    return job.get("next-firing") instanceof String next ? local(next, job) : NONE;
  }

  private static String last(Map<String, Object> job) {
    Map<String, Object> run = Plain.map(job, "last-run");
    return Stream.of("ended-at", "started-at", "scheduled-at")
        .filter(run::containsKey)
        .findFirst()
        .map(key -> run.get("state") + " " + local(Plain.text(run, key), job))
        .orElse(NONE);
  }

  private static String local(String moment, Map<String, Object> job) {
    ZoneId zone = ZoneId.of(Plain.text(job, "zone"));
    return Moments.local(OffsetDateTime.ofInstant(Instant.parse(moment), zone).withNano(0));
  }

  private static String words(Map<String, Object> job) {
    String words =
        job.get("schedule") instanceof List<?> schedules
            ? schedules.stream().map(String::valueOf).collect(Collectors.joining(" | "))
            : "";
    // where the state says something else
    boolean isTold = "disabled".equals(job.get("state"));
    String disabled = Boolean.FALSE.equals(job.get("enabled")) && !isTold ? "; disabled" : "";
    return words.isEmpty() ? "on demand" : words + " (" + job.get("zone") + ")" + disabled;
  }
}
