package io.waybill.jobs.cli;

import io.waybill.JobFiles;
import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.config.ConfigDiscovery;
import io.waybill.jobs.config.JobFileContents;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.JobFilePlan;
import io.waybill.jobs.json.DefinitionForm;
import java.nio.file.Files;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill plan}: what a changed file would change. */
@Command(
    name = "plan",
    description =
        "Reads the job file and tells what would be other if the daemon took it: jobs, their keys and next firings, and what needs a restart. Without a daemon it is compared with the jobs of the store. Nothing is changed.")
final class PlanCommand extends Verb {
  private static final String SCHEMA = "waybill.plan/1";

  @Option(
      names = "--exit-code",
      description = "End with 1 if anything would be other, else with 0.")
  private boolean exitCode;

  @Override
  ExitCode execute() throws InterruptedException {
    JobFileContents next =
        JobFiles.read(
            ConfigDiscovery.discover(options().files(), cli().environment()),
            environment(),
            problem -> output().note(problem.render()));
    Optional<ControlClient> daemon = daemon();
    Map<String, Object> running =
        daemon.isPresent() ? daemon.get().definitions() : ofStore(next.configuration());
    JobFilePlan plan = JobFilePlan.of(running, next, Instant.now());
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("against", daemon.isPresent() ? "daemon" : "store");
    form.putAll(plan.form());
    output().result(SCHEMA, form, out -> PlanPrinter.print(plan, next.configuration(), out));
    if (daemon.isEmpty()) {
      output().note("waybill: no daemon lives; compared with the jobs of the store");
    }
    return exitCode && plan.isChange() ? ExitCode.OTHER : ExitCode.OK;
  }

  private Map<String, Object> ofStore(Configuration next) {
    if (next.daemon().store() instanceof Configuration.Embedded
        && !Files.exists(stateDirectory().path())) {
      return Map.of(); // none is made for a look
    }
    Configuration jobless =
        new Configuration(next.zone(), next.daemon(), next.vars(), next.connections(), List.of());
    try (Waybill waybill = waybill(jobless).open()) {
      Map<String, String> hashes = waybill.audit().jobs();
      return Map.of(
          "jobs",
          waybill.jobs().stream()
              .map(
                  job ->
                      DefinitionForm.of(
                          job, Optional.empty(), hashes.getOrDefault(job.job().name(), "")))
              .toList());
    }
  }
}
