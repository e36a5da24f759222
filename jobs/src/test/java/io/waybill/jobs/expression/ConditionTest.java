package io.waybill.jobs.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import io.waybill.jobs.Template;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {
  private final Condition condition = new Condition(Filters.standard());
  private final Scope scope =
      Scope.of(
          ZoneOffset.UTC,
          Map.of(
              "params", Map.of("full", "yes", "word", "true", "n", 3L),
              "steps", Map.of("pull", Map.of("files", List.of("a", "b")))));

  private static Template template(String text) {
    return TemplateParser.parse(text, new Position("jobs.yml", 7, 13));
  }

  @ParameterizedTest
  @CsvSource({
    "${params.full | eq('yes')}, true",
    "${params.full | eq('yes') | not}, false",
    "${params.n | gt(2)}, true",
    "${params.n | lt(2)}, false",
    "${params.word}, true",
    "${steps.pull.files | empty}, false",
    "${steps.left.files | empty}, true",
    "${steps.pull.files | count | gt(2)}, false",
    "${params.full | matches('y*')}, true",
    "false, false",
  })
  void itIsWhatTheExpressionYields(String text, boolean expected) {
    assertThat(condition.holds(template(text), scope)).isEqualTo(expected);
  }

  @Test
  void whatIsNeitherTrueNorFalseIsAnErrorWithItsPlace() {
    assertThatThrownBy(() -> condition.holds(template("${params.full}"), scope))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessage(
            "jobs.yml:7:13: \"if: ${params.full}\" yields the text \"yes\", and must be true or false");
  }

  @Test
  void whatAStepLeftThatWasLeftOutIsToldAsThat() {
    assertThatThrownBy(
            () -> condition.holds(template("${steps.left.files | count | gt(0)}"), scope))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessage(
            "jobs.yml:7:13: ${steps.left.files} has no value here, as step \"left\" was left out or"
                + " has not succeeded; add \"| default('...')\" if that can be");
  }
}
