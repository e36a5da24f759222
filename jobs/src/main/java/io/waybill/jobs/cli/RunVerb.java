package io.waybill.jobs.cli;

import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.RunForm;
import java.util.Map;
import java.util.Set;

/** What the verbs share that ask a daemon for a run. */
abstract class RunVerb extends Verb {
  private static final Set<String> UNFINISHED = Set.of("queued", "running", "retrying");
  private static final long POLL_MILLIS = 500;

  /** Tells of a run, at its end if that is to be waited for. */
  final ExitCode told(ControlClient daemon, Map<String, Object> begun, boolean follow)
      throws InterruptedException {
    Map<String, Object> run = begun;
    while (follow && UNFINISHED.contains(String.valueOf(run.get("state")))) {
      Thread.sleep(POLL_MILLIS);
      run = daemon.run(String.valueOf(run.get("id")));
    }
    Map<String, Object> form = run;
    output().result(RunForm.SCHEMA, form, out -> RunPrinter.print(form, out));
    return follow ? Trouble.codeOf(form) : ExitCode.OK;
  }
}
