package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.daemon.Daemon;
import picocli.CommandLine.Command;

/** {@code waybill daemon}: fires jobs by their schedules until it is told to end. */
@Command(
    name = "daemon",
    description = "Fires the jobs of the file by their schedules until it is told to end.")
final class DaemonCommand extends Verb {

  @Override
  LogSetup.Level defaultLogLevel() {
    return LogSetup.Level.INFO;
  }

  @Override
  ExitCode execute() throws Exception {
    Configuration configuration = configuration();
    try (Daemon daemon =
        Daemon.start(configuration, waybill(configuration), stateDirectory().daemonFile())) {
      output()
          .note(
              "waybill: "
                  + configuration.jobs().size()
                  + " jobs, control channel on "
                  + daemon.address());
      daemon.awaitEnd();
    }
    return ExitCode.OK;
  }
}
