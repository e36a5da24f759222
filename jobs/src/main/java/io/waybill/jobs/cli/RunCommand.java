package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.json.RunForm;
import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waybill run JOB}: here, now, in this process. */
@Command(
    name = "run",
    description =
        "Runs a job here and now. Refused (12) while a daemon owns the store: then use \"trigger\".")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RunCommand extends Verb {
  private static final Duration FORGETTING = Duration.ofSeconds(1);

  @Parameters(index = "0", paramLabel = "JOB", description = "The job's name.")
  private String job;

  @Option(
      names = {"-p", "--param"},
      paramLabel = "NAME=VALUE",
      description = "A parameter of the job.")
  private Map<String, String> parameters = Map.of();

  @Override
  ExitCode execute() {
    Configuration configuration = configuration();
    RunProgress progress = new RunProgress(cli().err(), options().isQuiet());
    try (Waybill waybill = waybill(configuration).listener(progress).open();
        Interrupts interrupts = Interrupts.cancelling(waybill::cancelAll)) {
      Map<String, Object> form = RunForm.of(waybill.operator().run(job, parameters));
      output().result(RunForm.SCHEMA, form, out -> RunPrinter.print(form, out));
      forget(waybill);
      return Trouble.codeOf(form);
    }
  }

  // the run is over and told of; what cannot be forgotten now is later
  private void forget(Waybill waybill) {
    try {
      waybill.forget(FORGETTING);
    } catch (SchedulerException e) {
      output().note("waybill: old runs were not forgotten: " + e.getMessage());
    }
  }
}
