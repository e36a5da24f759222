package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.config.ConfigDiscovery;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.daemon.JobFileSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill daemon}: fires jobs by their schedules until it is told to end. */
@Command(
    name = "daemon",
    description =
        "Fires the jobs of the file by their schedules until it is told to end. A file that is changed is taken over without a restart, at SIGHUP at once; one with mistakes is not, and \"waybill status\" tells them.")
final class DaemonCommand extends Verb {

  @Override
  LogSetup.Level defaultLogLevel() {
    return LogSetup.Level.INFO;
  }

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description =
          "This daemon's name among those that share a store; else daemon.node, the host's name.")
  private @Nullable String node;

  @Override
  ExitCode execute() throws Exception {
    Signals signals = Signals.listen();
    JobFileSource files =
        JobFileSource.read(
            ConfigDiscovery.discover(options().files(), cli().environment()),
            environment(),
            problem -> output().note(problem.render()));
    Configuration configuration = named(files.first().configuration());
    try (Daemon daemon =
        Daemon.start(
            configuration,
            files,
            Main.resource("version.txt").strip(),
            waybill(configuration),
            stateDirectory().daemonFile())) {
      signals.onHangup(daemon::reload);
      output()
          .note(
              "waybill: "
                  + configuration.jobs().size()
                  + " jobs, control channel on "
                  + daemon.address());
      return signals.await(); // and a second one ends the process at once
    }
  }

  private Configuration named(Configuration configuration) {
    try {
      return node == null ? configuration : configuration.withNode(node);
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("--node: " + e.getMessage(), e);
    }
  }
}
