package io.waybill.jobs.config;

import io.waybill.jobs.StepType;
import io.waybill.jobs.step.StepTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A job file of this repository that loads.
 *
 * @param directory from which the files that it names are seen
 * @param kinds of steps that it uses
 */
record JobFileExample(String name, String text, Path directory, List<StepType<?>> kinds) {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z"));

  /** Returns all that there are. */
  static List<JobFileExample> all() {
    return Stream.of(
            Stream.of(
                    "nightly-orders.yml",
                    "files.yml",
                    "programs.yml",
                    "heartbeat.yml",
                    "items.yml",
                    "schedules.yml",
                    "two-nodes.yml",
                    "nightly-pull.yml",
                    "mirror.yml",
                    "bank-pgp.yml",
                    "invoices.yml",
                    "weekly-report.yml")
                .map(name -> of("examples/" + name, StepTypes.all())),
            Stream.of(
                of("src/main/dist/conf/waybill.yml", StepTypes.all()),
                of("src/main/resources/io/waybill/jobs/demo/demo.waybill.yml", StepTypes.all()),
                of(
                    "src/test/resources/io/waybill/jobs/config/reduced-example.waybill.yml",
                    FakeStepType.ALL),
                of(
                    "src/test/resources/io/waybill/jobs/config/example/example.waybill.yml",
                    StepTypes.all()),
                of(
                    "src/test/resources/io/waybill/jobs/config/many-keys.waybill.yml",
                    StepTypes.all())))
        .flatMap(each -> each)
        .toList();
  }

  private static JobFileExample of(String file, List<StepType<?>> kinds) {
    Path path = Path.of(file);
    try {
      // the demo's file has places for what is known when it runs
      String text = Files.readString(path).replaceAll("@[a-z]+-port@", "2525");
      return new JobFileExample(
          path.getFileName().toString(),
          text.replaceAll("@[a-z-]+@", "/srv/demo"),
          Objects.requireNonNull(path.toAbsolutePath().getParent()),
          kinds);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JobFileLoader loader() {
    return new JobFileLoader(
        kinds, new SecretSources(Map.of(), value -> {}, word -> {}), problem -> {}, CLOCK);
  }

  KeyRegistry registry() {
    return KeyRegistry.of(kinds);
  }

  @Override
  public String toString() {
    return name;
  }
}
