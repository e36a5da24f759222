package io.waybill.jobs.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.jobs.Position;
import io.waybill.jobs.Template;
import io.waybill.jobs.Template.FilterCall;
import io.waybill.jobs.Template.Literal;
import io.waybill.jobs.Template.Reference;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateParserTest {

  private static List<Template.Part> parts(String text) {
    return TemplateParser.parse(text, Position.NONE).parts();
  }

  @Test
  void textAndReferencesAreTakenApart() {
    assertThat(parts("a ${vars.x} b ${run.scheduled-date|minus-days( 1 )| format}"))
        .containsExactly(
            new Literal("a "),
            new Reference(List.of("vars", "x"), List.of()),
            new Literal(" b "),
            new Reference(
                List.of("run", "scheduled-date"),
                List.of(
                    new FilterCall("minus-days", List.of(1L)),
                    new FilterCall("format", List.of()))));
  }

  @Test
  void argumentsAreTextsAndNumbers() {
    assertThat(parts("${a | f('it''s', -12, '')}"))
        .containsExactly(
            new Reference(List.of("a"), List.of(new FilterCall("f", List.of("it's", -12L, "")))));
    assertThat(parts("${a | f()}"))
        .containsExactly(new Reference(List.of("a"), List.of(new FilterCall("f", List.of()))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "costs 5 $", "$x {y}", "}"})
  void aTextWithoutExpressionsIsItself(String text) {
    StringBuilder whole = new StringBuilder();
    parts(text).forEach(part -> whole.append(((Literal) part).text()));
    assertThat(whole).hasToString(text);
  }

  @Test
  void aSecondDollarTakesTheMeaningAway() {
    assertThat(parts("a $${b} c")).containsExactly(new Literal("a ${b} c"));
    assertThat(parts("$$${b}")).containsExactly(new Literal("$${b}"));
  }

  @Test
  void everyPartKnowsWhereItStands() {
    List<TemplateParser.Located> located = TemplateParser.locate("ab${c | d | e}f");
    assertThat(located).extracting(TemplateParser.Located::offset).containsExactly(0, 2, 14);
    assertThat(located.get(1).filterOffsets()).containsExactly(8, 12);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "x${a; 1",
        "${}; 2",
        "${ }; 3",
        "${a.}; 4",
        "${a..b}; 4",
        "${a b}; 4",
        "${a |}; 5",
        "${a | b(}; 8",
        "${a | b(1}; 9",
        "${a | b('x}; 8",
        "${a | b(x)}; 8",
        "${-a}; 2",
        "${a | b(99999999999999999999)}; 8",
        "${a'}; 3",
        "${${a}}; 2",
        "${a | b(1,)}; 10"
      })
  void whatIsMalformedIsPointedAt(String text, int offset) {
    TemplateSyntaxException e =
        catchThrowableOfType(TemplateSyntaxException.class, () -> TemplateParser.locate(text));
    assertThat(e.offset()).isEqualTo(offset);
    assertThat(e.getMessage()).isNotBlank();
  }
}
