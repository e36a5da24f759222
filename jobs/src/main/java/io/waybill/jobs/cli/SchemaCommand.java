package io.waybill.jobs.cli;

import io.waybill.jobs.config.JobFileSchema;
import io.waybill.jobs.config.KeyRegistry;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.step.StepTypes;
import picocli.CommandLine.Command;

/** {@code waybill schema}: the JSON Schema of the job file. */
@Command(
    name = "schema",
    description =
        "Prints a JSON Schema (2020-12) of the job file, for editors: waybill schema >"
            + " waybill.schema.json, and in the file's first line \"# yaml-language-server:"
            + " $$schema=waybill.schema.json\".")
final class SchemaCommand extends Verb {

  @Override
  ExitCode execute() {
    Object schema = JobFileSchema.of(KeyRegistry.of(StepTypes.all()));
    output()
        .line(output().format() == OutputFormat.NDJSON ? Json.write(schema) : Json.pretty(schema));
    return ExitCode.OK;
  }
}
