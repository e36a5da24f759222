package io.waybill.jobs.cli;

import io.waybill.jobs.step.PlaceFiles;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill mkdir LOCATION...}: makes directories and their missing parents. */
@Command(
    name = "mkdir",
    description = "Makes directories and their missing parents; those that are there are fine.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MkdirCommand extends PlaceVerb {
  @Parameters(arity = "1..*", paramLabel = "LOCATION", description = "The directories.")
  private List<String> locations;

  @Override
  ExitCode execute(PlaceFiles files) {
    locations.stream().map(this::place).toList().forEach(files::makeDirectory);
    return ExitCode.OK;
  }
}
