package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.AuditForm;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill audit}: from the daemon if one lives, else from the store. */
@Command(
    name = "audit",
    description =
        "Lists who did what, the newest first; or sees whether all of it is as it was written.")
final class AuditCommand extends Verb {
  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Nothing older: a day of UTC, as 2026-01-31, or a moment, as 2026-01-31T02:30:00Z.")
  private @Nullable String since;

  @Option(names = "-n", paramLabel = "N", description = "At most so many; 20 if not given.")
  private int limit = 20;

  @Option(
      names = "--verify",
      description =
          "Look at every row: 7 if one was changed, removed or put in. Note the head down elsewhere: it stands for all of them.")
  private boolean verify;

  @Override
  ExitCode execute() throws InterruptedException {
    if (limit < 1 || limit > 1000) {
      throw new JobException.Configuration("-n is a number from 1 to 1000, not " + limit);
    }
    if (verify && since != null) {
      throw new JobException.Configuration("--verify looks at every row: leave --since out");
    }
    Instant oldest = since == null ? Instant.EPOCH : moment(since);
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      return verify
          ? printVerdict(daemon.get().auditVerdict())
          : printAll(daemon.get().audit(oldest, limit));
    }
    try (Waybill waybill = waybill(configurationIfAny()).open()) {
      return verify
          ? printVerdict(AuditForm.of(waybill.audit().verify()))
          : printAll(waybill.audit().newest(oldest, limit).stream().map(AuditForm::of).toList());
    }
  }

  private static Instant moment(String text) {
    try {
      return text.length() == "2026-01-31".length()
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new JobException.Configuration(
          "--since takes a day, as 2026-01-31, or a moment, as 2026-01-31T02:30:00Z, and not "
              + text);
    }
  }

  private ExitCode printAll(List<Map<String, Object>> entries) {
    output()
        .results(
            AuditForm.SCHEMA,
            AuditForm.LIST_SCHEMA,
            "entries",
            entries,
            out -> entries.forEach(entry -> print(entry, out)));
    return ExitCode.OK;
  }

  private static void print(Map<String, Object> entry, PrintStream out) {
    String detail = Json.write(entry.getOrDefault("detail", Map.of()));
    out.printf(
        "%-6s %s  %s  %s %s%s%n",
        entry.get("number"),
        entry.get("at"),
        Output.printable(entry.get("who")),
        Output.printable(entry.get("action")),
        Output.printable(entry.get("subject")),
        detail.equals("{}") ? "" : "  " + Output.printable(detail));
  }

  private ExitCode printVerdict(Map<String, Object> verdict) {
    boolean isWhole = Boolean.TRUE.equals(verdict.get("whole"));
    output()
        .result(
            AuditForm.VERDICT_SCHEMA,
            verdict,
            out ->
                out.println(
                    isWhole
                        ? "the audit is whole: %d rows, %d to %d, head %s"
                            .formatted(
                                Plain.number(verdict, "rows"),
                                Plain.number(verdict, "first"),
                                Plain.number(verdict, "last"),
                                Plain.text(verdict, "head"))
                        : "the audit is broken at row %d: %s; what is in a backup of the store shows what it was"
                            .formatted(
                                Plain.number(verdict, "number"), Plain.text(verdict, "why"))));
    return isWhole ? ExitCode.OK : ExitCode.INTEGRITY;
  }
}
