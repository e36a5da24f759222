package io.waybill.jobs.cli;

import io.waybill.Waybill;
import io.waybill.jobs.CancelScope;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.json.RunForm;
import io.waybill.jobs.run.JobRehearsal;
import io.waybill.jobs.run.JobRehearsal.Rehearsed;
import io.waybill.jobs.step.LoginServices;
import io.waybill.scheduler.SchedulerException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private ParameterOption parameters;

  @Option(
      names = "--from-step",
      paramLabel = "STEP",
      description =
          "Begin at this step: those before it have the results of the newest run in which all of them succeeded, whose parameters count if none are given.")
  private @Nullable String fromStep;

  @Option(
      names = "--dry-run",
      description =
          "Tell what each step would do: files are listed, mail is composed, programs and requests are shown. Nothing is written, sent or started, and a daemon is not in the way.")
  private boolean dryRun;

  @Override
  ExitCode execute() throws InterruptedException {
    Configuration configuration = configuration();
    if (dryRun) {
      return rehearse(configuration);
    }
    RunProgress progress = new RunProgress(cli().err(), options().isQuiet());
    try (Waybill waybill = waybill(configuration).listener(progress).open();
        Interrupts interrupts = Interrupts.cancelling(waybill::cancelAll)) {
      Map<String, Object> form =
          RunForm.of(
              fromStep == null
                  ? waybill.operator().run(job, parameters.values())
                  : waybill.operator().runFrom(fromStep, job, parameters.values()));
      output().result(RunForm.SCHEMA, form, out -> RunPrinter.print(form, out));
      forget(waybill);
      return Trouble.codeOf(form);
    } catch (SchedulerException.StoreOwned e) {
      if (daemon().isEmpty()) {
        throw e;
      }
      throw new JobException.AlreadyRunning(
          "%s; or have the daemon run it: waybill trigger %s".formatted(e.getMessage(), job));
    }
  }

  private ExitCode rehearse(Configuration configuration) throws InterruptedException {
    JobDefinition definition = Waybill.requireJob(configuration, job);
    CancelScope scope = new CancelScope();
    List<Rehearsed> steps;
    try (Interrupts interrupts =
        Interrupts.cancelling(() -> scope.cancel(CancelScope.Cause.CANCELLED))) {
      steps =
          new JobRehearsal(
                  configuration,
                  LoginServices.of(configuration.connections(), sockets(), tap(), mailTokens()))
              .run(definition, parameters.values(), Optional.ofNullable(fromStep), scope);
    }
    Optional<RuntimeException> failure =
        steps.stream().flatMap(step -> step.failure().stream()).findFirst();
    Map<String, Object> form = DryRunForm.of(definition, steps);
    failure.ifPresent(why -> form.put("error", Trouble.form(why)));
    output().result(DryRunForm.SCHEMA, form, out -> DryRunForm.print(steps, out));
    return failure
        .map(why -> Trouble.report(why, cli().err(), options().isDebug()))
        .orElse(ExitCode.OK);
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
