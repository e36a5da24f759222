package io.waybill.jobs.cli;

import io.waybill.jobs.json.OutboxForm;
import io.waybill.mail.RecipientResult;
import io.waybill.mail.RecipientResult.Status;
import io.waybill.mail.SendReport;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a sent message prints: {@code waybill.send/1}, and the same for a person. */
final class SendForm {
  static final String SCHEMA = "waybill.send/1";

  private SendForm() {}

  static Map<String, Object> of(SendReport report) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("message-id", report.messageId());
    form.put("server", report.server());
    report.tls().ifPresent(tls -> form.put("tls", tls));
    form.put("size", report.sizeBytes());
    form.put("digest", report.sha256());
    form.put("queue-ids", report.queueIds());
    form.put("recipients", report.recipients().stream().map(OutboxForm::of).toList());
    form.put("warnings", report.warnings());
    form.put("duration-millis", report.elapsed().toMillis());
    Map<String, Object> timings = new LinkedHashMap<>();
    timings.put("connection-micros", report.timings().connection().toNanos() / 1000);
    timings.put("envelope-micros", report.timings().envelope().toNanos() / 1000);
    timings.put("content-micros", report.timings().content().toNanos() / 1000);
    timings.put("reply-micros", report.timings().reply().toNanos() / 1000);
    form.put("timings", timings);
    return form;
  }

  static void print(SendReport report, PrintStream out) {
    out.printf(
        "%s  %s to %s%s in %s%n",
        Output.printable(report.messageId()),
        RunPrinter.size(report.sizeBytes()),
        report.server(),
        report.tls().map(tls -> " (" + tls + ")").orElse(" in clear"),
        RunPrinter.duration(report.elapsed()));
    for (RecipientResult result : report.recipients()) {
      OutboxPrinter.printRecipient(OutboxForm.of(result), out);
    }
    report.warnings().forEach(warning -> out.println("  warning: " + Output.printable(warning)));
  }

  /** Everybody is as good as the exit code says. */
  static ExitCode codeOf(SendReport report) {
    if (report.isAmbiguous()) {
      return ExitCode.UNKNOWN;
    }
    if (report.isComplete()) {
      return ExitCode.OK;
    }
    if (!report.accepted().isEmpty()) {
      return ExitCode.PARTIAL;
    }
    boolean isForGood =
        report.recipients().stream().allMatch(result -> result.status() == Status.REJECTED);
    return isForGood ? ExitCode.REFUSED : ExitCode.RETRIES_SPENT;
  }
}
