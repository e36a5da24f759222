package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.daemon.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill trigger JOB}: asks the daemon. */
@Command(name = "trigger", description = "Asks the daemon to run a job now.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TriggerCommand extends RunVerb {
  @Parameters(index = "0", paramLabel = "JOB", description = "The job's name.")
  private String job;

  @Mixin private ParameterOption parameters;

  @Option(names = "--follow", description = "Wait for the run's end; its outcome is the exit code.")
  private boolean follow;

  @Override
  ExitCode execute() throws InterruptedException {
    ControlClient daemon =
        daemon()
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "no daemon lives with state directory "
                            + stateDirectory().path()
                            + ": start one with \"waybill daemon\", or use \"waybill run\""));
    return told(daemon, daemon.trigger(job, parameters.values()), follow);
  }
}
