package io.waybill.jobs.cli;

import io.waybill.jobs.step.Place;
import io.waybill.jobs.step.PlaceFiles;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill mkdir LOCATION...}: makes directories and their missing parents. */
@Command(
    name = "mkdir",
    description = "Makes directories and their missing parents; those that are there are fine.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MkdirCommand extends PlaceVerb {
  static final String SCHEMA = "waybill.mkdir/1";

  @Parameters(arity = "1..*", paramLabel = "LOCATION", description = "The directories.")
  private List<String> locations;

  @Override
  ExitCode execute(PlaceFiles files) {
    List<Place> places = locations.stream().map(this::place).toList();
    places.forEach(files::makeDirectory);
    output()
        .result(
            SCHEMA,
            Map.of("directories", places.stream().map(Place::toString).toList()),
            out -> {});
    return ExitCode.OK;
  }
}
