package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.RunForm;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill retry ID}: goes on with a run that failed, by the daemon or here. */
@Command(
    name = "retry",
    description =
        "Goes on with a run that has ended without success, from the step that failed: steps that succeeded are not done again, and a copy resumes. Asks the daemon if one lives, else does it here and now.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RetryCommand extends RunVerb {
  @Parameters(index = "0", paramLabel = "ID", description = "The run's id.")
  private String id;

  @Option(names = "--follow", description = "Wait for the run's end; its outcome is the exit code.")
  private boolean follow;

  @Override
  ExitCode execute() throws InterruptedException {
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      return told(daemon.get(), daemon.get().retry(id), follow);
    }
    RunProgress progress = new RunProgress(cli().err(), options().isQuiet());
    try (Waybill waybill = waybill(configuration()).listener(progress).open();
        Interrupts interrupts = Interrupts.cancelling(waybill::cancelAll)) {
      Map<String, Object> form = RunForm.of(waybill.operator().retryRun(id));
      output().result(RunForm.SCHEMA, form, out -> RunPrinter.print(form, out));
      return Trouble.codeOf(form);
    }
  }
}
