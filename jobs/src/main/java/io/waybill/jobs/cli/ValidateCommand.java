package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code waybill validate}: reads the job file and tells every mistake in it. */
@Command(
    name = "validate",
    description = "Reads the job file and tells every mistake in it; connects to nothing.")
final class ValidateCommand extends Verb {
  private static final String SCHEMA = "waybill.validation/1";

  @Override
  ExitCode execute() {
    Configuration configuration = configuration();
    output()
        .result(
            SCHEMA,
            Map.of(
                "valid",
                true,
                "jobs",
                configuration.jobs().stream().map(JobDefinition::name).toList()),
            out -> out.println("valid: " + configuration.jobs().size() + " jobs"));
    return ExitCode.OK;
  }
}
