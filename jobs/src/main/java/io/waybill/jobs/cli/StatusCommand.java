package io.waybill.jobs.cli;

import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code waybill status}: whether a daemon lives, and how it stands. */
@Command(
    name = "status",
    description =
        "Tells whether a daemon lives, and how it stands: its files and whether they were taken, jobs, runs, outbox. Exit code 0: it lives and is well; 1: something is degraded; 3: none lives; 4: its process does not answer.")
final class StatusCommand extends Verb {
  private static final String SCHEMA = "waybill.status/1";

  @Override
  ExitCode execute() throws InterruptedException {
    Optional<DaemonFile> file = DaemonFile.ofLiveDaemon(stateDirectory().daemonFile());
    if (file.isEmpty()) {
      tellNone("no daemon lives with state directory " + stateDirectory().path());
      return ExitCode.SOURCE_NOT_FOUND;
    }
    ControlClient daemon = new ControlClient(file.get());
    if (!daemon.isAnswered()) {
      tellNone(
          "process %d does not answer on %s:%d: it hangs, or the daemon is gone and the number is another program's"
              .formatted(file.get().pid(), file.get().host(), file.get().port()));
      return ExitCode.CONNECTION;
    }
    Map<String, Object> form = daemon.status();
    output().result(SCHEMA, form, out -> StatusPrinter.print(form, out));
    return "ok".equals(form.get("health")) ? ExitCode.OK : ExitCode.OTHER;
  }

  private void tellNone(String why) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("alive", false);
    form.put("why", why);
    form.put("state", stateDirectory().path().toAbsolutePath().toString());
    output().result(SCHEMA, form, out -> out.println(why));
  }
}
