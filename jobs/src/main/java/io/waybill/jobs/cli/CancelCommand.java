package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.RunForm;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill cancel ID}: asks the daemon to end a live run. */
@Command(
    name = "cancel",
    description = "Asks the daemon to end a live run; what it has open is closed.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class CancelCommand extends Verb {
  @Parameters(index = "0", paramLabel = "ID", description = "The run's id.")
  private String id;

  @Override
  ExitCode execute() throws InterruptedException {
    Map<String, Object> run =
        daemon()
            .orElseThrow(() -> new JobException.Configuration("no daemon lives, so no run is live"))
            .cancel(id);
    output().result(RunForm.SCHEMA, run, out -> RunPrinter.print(run, out));
    return ExitCode.OK;
  }
}
