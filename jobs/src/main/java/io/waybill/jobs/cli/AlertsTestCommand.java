package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.alert.Outcome;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.AlertForm;
import io.waybill.jobs.json.Plain;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill alerts test CHANNEL}. */
@Command(
    name = "test",
    description =
        "Sends an alert on a channel now that says that nothing has happened: by the daemon if one lives, else from here. Exit code 0: it was taken; else what kept it: 4 connection, 5 login, 6 not now, 11 refused.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class AlertsTestCommand extends Verb {
  @Parameters(paramLabel = "CHANNEL", description = "A name of the file's alerts.")
  private String channel;

  @Override
  ExitCode execute() throws InterruptedException {
    Optional<ControlClient> daemon = daemon();
    Map<String, Object> form = daemon.isPresent() ? daemon.get().testAlert(channel) : here();
    output()
        .result(
            AlertForm.TEST_SCHEMA,
            form,
            out ->
                out.println(
                    Output.printable(
                        "%s: %s%s"
                            .formatted(
                                form.get("channel"),
                                form.get("state"),
                                Plain.text(form, "message").isEmpty()
                                    ? ""
                                    : ", " + Plain.text(form, "message")))));
    return switch (Plain.text(form, "state")) {
      case "sent" -> ExitCode.OK;
      case "waiting" -> ExitCode.RETRIES_SPENT;
      default -> Trouble.codeOf(String.valueOf(form.getOrDefault("cause", "")));
    };
  }

  // what fails here is told as every failure of a verb is
  private Map<String, Object> here() throws InterruptedException {
    try (Waybill waybill = waybill(configuration()).open()) {
      Outcome outcome = waybill.alerts().test(channel);
      Map<String, Object> form = new LinkedHashMap<>();
      form.put("channel", channel);
      form.put("state", Plain.word(outcome.state()));
      form.put("message", outcome.message());
      return form;
    }
  }
}
