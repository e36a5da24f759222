package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.daemon.ControlClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill resume JOB...}. */
@Command(name = "resume", description = "Goes on firing paused jobs, from their next moment on.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class ResumeCommand extends JobVerb {
  @Parameters(arity = "1..*", paramLabel = "JOB", description = "A job's name.")
  private List<String> jobs;

  @Override
  ExitCode execute() throws InterruptedException {
    return each(jobs, ControlClient::resume, Waybill::resume);
  }
}
