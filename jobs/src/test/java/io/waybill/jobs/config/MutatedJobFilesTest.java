package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.config.JobFileMutation.Mutant;
import io.waybill.jobs.config.JobFileMutation.Schema;
import io.waybill.jobs.config.JobFileMutation.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Job files with one mistake each, made at random places of all examples: the loader names the
 * place and what is wrong, and the schema says the same as far as it can know. Each case depends on
 * its seed only, which the message has.
 */
@Timeout(120)
class MutatedJobFilesTest {
  private static final int CASES_OF_EACH_KIND = 90;
  private static final List<JobFileExample> EXAMPLES = JobFileExample.all();
  private static final Map<String, SchemaCheck> SCHEMAS = new LinkedHashMap<>();
  private static final Map<String, Source> SOURCES = new LinkedHashMap<>();

  private static SchemaCheck schema(JobFileExample example) {
    return SCHEMAS.computeIfAbsent(
        example.name(), name -> new SchemaCheck(JobFileSchema.of(example.registry())));
  }

  private static Source source(JobFileExample example) {
    return SOURCES.computeIfAbsent(
        example.name(),
        name ->
            new Source(
                example.text(),
                YamlTreeReader.read(new SourceText(name, example.text()), new Problems())
                    .orElseThrow(),
                example.registry().top()));
  }

  private static Optional<InvalidJobFile> load(JobFileExample example, String text) {
    try {
      example.loader().loadText(example.name(), text, example.directory());
      return Optional.empty();
    } catch (InvalidJobFile e) {
      return Optional.of(e);
    }
  }

  @Test
  void loaderAndSchemaTakeEveryExample() {
    for (JobFileExample example : EXAMPLES) {
      assertThat(load(example, example.text()).map(InvalidJobFile::render))
          .as(example.name())
          .isEmpty();
      assertThat(schema(example).errors(source(example).root())).as(example.name()).isEmpty();
    }
  }

  @Test
  void thereAreAtLeastAThousandCases() {
    assertThat(CASES_OF_EACH_KIND * JobFileMutation.values().length).isGreaterThanOrEqualTo(1_000);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void everyMistakeIsToldAtItsPlace(JobFileMutation mutation) {
    List<String> failures = new ArrayList<>();
    int seed = 0;
    for (int made = 0; made < CASES_OF_EACH_KIND; seed++) {
      Random random = new Random(seed * 31L + mutation.name().hashCode());
      JobFileExample example = EXAMPLES.get(random.nextInt(EXAMPLES.size()));
      Optional<Mutant> mutant = mutation.make(source(example), random);
      if (mutant.isPresent()) {
        made++;
        String trouble = check(example, mutation, mutant.get());
        if (!trouble.isEmpty()) {
          failures.add(
              "seed " + seed + ", " + example + ": " + trouble + "\n" + shown(mutant.get()));
        }
      }
    }
    assertThat(failures.stream().limit(3)).as("%s: %d wrong", mutation, failures.size()).isEmpty();
  }

  private static String shown(Mutant mutant) {
    return mutant.text().length() > 5_000 ? "a long file" : mutant.text();
  }

  private static String check(JobFileExample example, JobFileMutation mutation, Mutant mutant) {
    Optional<InvalidJobFile> invalid = load(example, mutant.text());
    if (invalid.isEmpty()) {
      return "the loader takes it";
    }
    boolean isTold =
        invalid.get().problems().stream()
            .filter(problem -> problem.severity() == Problem.Severity.ERROR)
            .filter(problem -> problem.message().contains(mutant.words()))
            .map(problem -> problem.position().line() + ":" + problem.position().column())
            .anyMatch(
                at ->
                    mutant.places().isEmpty()
                        || mutant.places().stream()
                            .anyMatch(
                                place ->
                                    place.endsWith(":") ? at.startsWith(place) : at.equals(place)));
    if (!isTold) {
      return "at "
          + mutant.places()
          + " \""
          + mutant.words()
          + "\" is not told, but\n"
          + invalid.get().render();
    }
    if (invalid.get().render().contains("hunter2")) {
      return "a secret is shown:\n" + invalid.get().render();
    }
    return mutation.schema() == Schema.IS_NOT_ASKED ? "" : agreement(example, mutation, mutant);
  }

  private static String agreement(JobFileExample example, JobFileMutation mutation, Mutant mutant) {
    YamlNode tree =
        YamlTreeReader.read(new SourceText("x", mutant.text()), new Problems()).orElseThrow();
    List<String> errors = schema(example).errors(tree);
    if (mutation.schema() == Schema.REFUSES && errors.isEmpty()) {
      return "the schema takes it";
    }
    return mutation.schema() == Schema.CANNOT_KNOW && !errors.isEmpty()
        ? "the schema knows: " + errors
        : "";
  }
}
