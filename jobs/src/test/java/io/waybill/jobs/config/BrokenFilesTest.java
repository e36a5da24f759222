package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each case of {@code broken-files.txt} is a file and everything that is wrong with it. Begins:
 * {@code === name}. Then the file; then, after {@code >>>}, each problem as {@code line:column
 * severity message}, with {@code => name} behind it if there is a suggestion.
 */
class BrokenFilesTest {
  private static final String PLANTED = "hunter2hunter2";

  private final JobFileLoader loader =
      new JobFileLoader(
          FakeStepType.ALL, new SecretSources(Map.of(), s -> {}, w -> {}), problem -> {});

  record Case(String name, String file, List<String> problems) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(BrokenFilesTest.class.getResourceAsStream("broken-files.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<Case> cases = new ArrayList<>();
      for (String block : text.substring(4).split("(?m)^=== ", -1)) {
        int name = block.indexOf('\n');
        int problems = block.indexOf(">>>\n");
        cases.add(
            new Case(
                block.substring(0, name),
                block.substring(name + 1, problems),
                block.substring(problems + 4).lines().toList()));
      }
      return cases;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyErrorHasItsPlaceAndItsWords(Case broken) {
    InvalidJobFile invalid = load(broken.file());

    assertThat(invalid.problems().stream().map(BrokenFilesTest::line).toList())
        .isEqualTo(broken.problems());
    assertThat(invalid.render() + invalid.asMaps() + invalid).doesNotContain(PLANTED, "hunter2");
  }

  @Test
  void thereAreAtLeastFortyCases() throws IOException {
    assertThat(cases()).hasSizeGreaterThan(40);
  }

  private InvalidJobFile load(String file) {
    return catchThrowableOfType(
        InvalidJobFile.class, () -> loader.loadText("orders.yml", file, Path.of("")));
  }

  private static String line(Problem problem) {
    return problem.position().line()
        + ":"
        + problem.position().column()
        + " "
        + problem.severity()
        + " "
        + problem.message()
        + problem.suggestion().map(s -> " => " + s).orElse("");
  }
}
