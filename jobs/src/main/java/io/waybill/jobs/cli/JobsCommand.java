package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.daemon.ControlClient;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code waybill jobs}: from the daemon if one lives, else from the file and the store. */
@Command(
    name = "jobs",
    description =
        "Lists the jobs: whether they are enabled, paused or disabled, when they fire next, how their newest run went, and their schedules in words.")
final class JobsCommand extends JobVerb {
  @Override
  ExitCode execute() throws InterruptedException {
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      print(daemon.get().jobs());
      return ExitCode.OK;
    }
    try (Waybill waybill = waybill(configurationIfAny()).open()) {
      print(waybill.jobs().stream().map(job -> form(waybill, job.job().name())).toList());
    }
    output().note("waybill: no daemon lives; until one is started no job is fired");
    return ExitCode.OK;
  }
}
