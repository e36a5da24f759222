package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.json.RunForm;
import io.waybill.scheduler.Run;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill runs [ID]}: from the daemon if one lives, else from the store. */
@Command(
    name = "runs",
    description = "Lists the newest runs, or shows one with its steps and attempts.")
final class RunsCommand extends Verb {
  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "A run's id.")
  private @Nullable String id;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many; 20 if not given.")
  private int limit = 20;

  @Override
  ExitCode execute() throws InterruptedException {
    if (limit < 1 || limit > 1000) {
      throw new JobException.Configuration("--limit is a number from 1 to 1000, not " + limit);
    }
    Optional<ControlClient> daemon = daemon();
    if (daemon.isPresent()) {
      return id == null ? printAll(daemon.get().runs(limit)) : printOne(daemon.get().run(id));
    }
    Configuration configuration = configurationIfAny();
    try (Waybill waybill = waybill(configuration).open()) {
      List<Run> runs = id == null ? waybill.runs(limit) : List.of(find(waybill, id).run());
      boolean isOurs = configuration.daemon().store() instanceof Configuration.Embedded;
      if (isOurs && runs.stream().anyMatch(run -> !run.state().isFinished())) {
        output().note("waybill: no daemon lives; what has not ended goes on when one is started");
      }
      return id == null
          ? printAll(runs.stream().map(RunForm::of).toList())
          : printOne(RunForm.of(find(waybill, id)));
    }
  }

  private static RunRecord find(Waybill waybill, String id) {
    return waybill
        .find(id)
        .orElseThrow(() -> new JobException.NotFound("there is no run " + id + " in the store"));
  }

  private ExitCode printOne(Map<String, Object> run) {
    output().result(RunForm.SCHEMA, run, out -> RunPrinter.print(run, out));
    return ExitCode.OK;
  }

  private ExitCode printAll(List<Map<String, Object>> runs) {
    output()
        .results(
            RunForm.SCHEMA,
            RunForm.LIST_SCHEMA,
            "runs",
            runs,
            out -> runs.forEach(run -> RunPrinter.print(run, out)));
    return ExitCode.OK;
  }
}
