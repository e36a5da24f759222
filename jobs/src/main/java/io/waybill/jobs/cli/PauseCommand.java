package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.daemon.ControlClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill pause JOB...}. */
@Command(
    name = "pause",
    description =
        "Stops firing jobs by their schedules until they are resumed. What is due meanwhile is not made up; \"trigger\" and \"run\" go on. It lasts over restarts and changes of the file.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class PauseCommand extends JobVerb {
  @Parameters(arity = "1..*", paramLabel = "JOB", description = "A job's name.")
  private List<String> jobs;

  @Override
  ExitCode execute() throws InterruptedException {
    return each(jobs, ControlClient::pause, Waybill::pause);
  }
}
