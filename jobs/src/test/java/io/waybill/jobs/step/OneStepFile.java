package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.jobs.config.JobFileLoader;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.expression.ArgumentRenderer;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Loads files that say one thing, and binds it. */
final class OneStepFile {
  private final Path directory;

  OneStepFile(Path directory) {
    this.directory = directory;
  }

  /** Loads a file with these steps. */
  Configuration load(String steps) {
    return new JobFileLoader(
            StepTypes.all(),
            new SecretSources(Map.of("S", "hush-hush"), s -> {}, w -> {}),
            warning -> {})
        .load(write(steps));
  }

  private Path write(String steps) {
    try {
      return Files.writeString(
          directory.resolve("waybill.yml"),
          """
          version: 1
          timezone: UTC
          vars: { v: w }
          secrets: { s: { env: S } }
          connections:
            site: { type: https, host: site.example, user: u, password: "${secrets.s}" }
            box: { type: imap, host: mail.example, user: u, password: "${secrets.s}" }
          jobs:
            j:
              params: { p: { default: x } }
              steps: [%s]
          """
              .formatted(steps));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Binds the only step. */
  <S extends Step> S bind(String step, String p, Class<S> type) {
    Configuration configuration = load(step);
    StepDefinition definition = configuration.job("j").orElseThrow().steps(Hook.STEPS).get(0);
    Scope run =
        Scope.of(
            ZoneOffset.UTC, Map.of("params", Map.of("p", p), "vars", Map.of("v", "of the file")));
    return type.cast(
        definition
            .type()
            .bind(
                new ArgumentRenderer(Filters.standard()).render(definition, run),
                configuration.connections()));
  }

  /** Returns what is wrong with the only step. */
  List<String> problems(String steps) {
    return catchThrowableOfType(InvalidJobFile.class, () -> load(steps)).problems().stream()
        .map(problem -> problem.message())
        .toList();
  }
}
