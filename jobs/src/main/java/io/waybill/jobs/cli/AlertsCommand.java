package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.AlertForm;
import io.waybill.jobs.json.Plain;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill alerts}: from the daemon if one lives, else from the store. */
@Command(
    name = "alerts",
    description =
        "Lists what somebody was told, the newest first, and what became of it on each channel.",
    subcommands = AlertsTestCommand.class)
final class AlertsCommand extends Verb {
  @Parameters(arity = "0..1", paramLabel = "JOB", description = "Only alerts of this job.")
  private @Nullable String job;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "At most so many; 20 if not given.")
  private int limit = 20;

  @Override
  ExitCode execute() throws InterruptedException {
    if (limit < 1 || limit > 1000) {
      throw new JobException.Configuration("--limit is a number from 1 to 1000, not " + limit);
    }
    Optional<String> of = Optional.ofNullable(job);
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      print(daemon.get().alerts(of, limit));
      return ExitCode.OK;
    }
    try (Waybill waybill = waybill(configurationIfAny()).open()) {
      print(waybill.alerts().newest(of, limit).stream().map(AlertForm::of).toList());
      return ExitCode.OK;
    }
  }

  private void print(List<Map<String, Object>> alerts) {
    output()
        .results(
            AlertForm.SCHEMA,
            AlertForm.LIST_SCHEMA,
            "alerts",
            alerts,
            out -> alerts.forEach(alert -> print(alert, out)));
  }

  private static void print(Map<String, Object> alert, PrintStream out) {
    out.printf(
        "%s  %s  %-8s  %s%n",
        alert.get("id"),
        alert.get("at"),
        alert.get("kind"),
        Output.printable(alert.get("subject")));
    for (Map<String, Object> delivery : Plain.maps(alert, "deliveries")) {
      out.printf(
          "  %s: %s%s%s%n",
          Output.printable(delivery.get("channel")),
          delivery.get("state"),
          delivery.containsKey("next-attempt-at")
              ? ", again at " + delivery.get("next-attempt-at")
              : "",
          delivery.containsKey("message") ? ": " + Output.printable(delivery.get("message")) : "");
    }
  }
}
