package io.waybill.jobs.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import io.waybill.jobs.Secret;
import io.waybill.jobs.Template;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateRendererTest {
  private final TemplateRenderer renderer = new TemplateRenderer(Filters.standard());
  private final Scope scope =
      Scope.of(
          ZoneId.of("Europe/Paris"),
          Map.ofEntries(
              Map.entry("day", LocalDate.of(2026, 3, 1)),
              Map.entry("instant", Instant.parse("2026-03-28T23:30:00Z")),
              Map.entry("dateText", "2026-03-01"),
              Map.entry("text", "Istanbul"),
              Map.entry("empty", ""),
              Map.entry("files", List.of("a.csv", "b.csv")),
              Map.entry("none", List.of()),
              Map.entry("n", 1536L),
              Map.entry("share", 0.25),
              Map.entry("yes", true),
              Map.entry("deep", Map.of("x", Map.of("y", "found")))));

  private Object render(String text) {
    return renderer.render(template(text), scope);
  }

  private static Template template(String text) {
    return TemplateParser.parse(text, new Position("f.yml", 3, 7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "${day | format('yyyyMMdd')}; 20260301",
        "${dateText | format('dd.MM.yy')}; 01.03.26",
        "${instant | format('yyyy-MM-dd HH:mm')}; 2026-03-29 00:30",
        "${day | minus-days(1)}; 2026-02-28",
        "${day | plus-days(31)}; 2026-04-01",
        "${instant | plus-days(1) | format('dd HH:mm')}; 30 00:30",
        "${files | count}; 2",
        "${files | first}; a.csv",
        "${files | join}; a.csv, b.csv",
        "${files | join('|')}; a.csv|b.csv",
        "x${files}; xa.csv, b.csv",
        "${text | upper}; ISTANBUL",
        "${text | lower}; istanbul",
        "${n | size}; 1.5 KiB",
        "${missing | default('-')}; -",
        "${missing | upper | default('-')}; -",
        "${empty | default(3)}; 3",
        "${none | first | default('no')}; no",
        "${text | default('-')}; Istanbul",
        "${n | eq(1536)}; true",
        "${n | eq('1536')}; true",
        "${n | gt(1536)}; false",
        "${n | gt(1535)}; true",
        "${n | lt(1537)}; true",
        "${empty | empty}; true",
        "${missing | empty}; true",
        "${none | empty}; true",
        "${n | empty}; false",
        "${yes | not}; false",
        "${text | matches('I*bul')}; true",
        "${text | matches('?stanb')}; false",
        "${share}; 0.25",
        "${deep.x.y}; found",
        "$${text}; ${text}"
      })
  void aReferenceIsReplacedByItsValue(String text, String expected) {
    assertThat(renderer.renderText(template(text), scope)).isEqualTo(expected);
  }

  @Test
  void aTemplateOfOneReferenceKeepsTheType() {
    assertThat(render("${files}")).isEqualTo(List.of("a.csv", "b.csv"));
    assertThat(render("${n}")).isEqualTo(1536L);
    assertThat(render("${day}")).isEqualTo(LocalDate.of(2026, 3, 1));
    assertThat(render("${n} ")).isEqualTo("1536 ");
  }

  @Test
  void aTreeIsRenderedEverywhere() {
    Object tree = Map.of("a", List.of(template("${n}"), "plain"), "b", template("x${n}"));

    assertThat(renderer.renderTree(tree, scope))
        .isEqualTo(Map.of("a", List.of(1536L, "plain"), "b", "x1536"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '"',
      value = {
        "${missing}@ f.yml:3:7: ${missing} has no value here; add \"| default('...')\" if that can be",
        "${trigger.files}@ f.yml:3:7: ${trigger.files} has no value: no such trigger has started this run",
        "${none | first}@ f.yml:3:7: ${none} has no value here; add \"| default('...')\" if that can be",
        "${text | count}@ f.yml:3:7: ${text} is the text \"Istanbul\", and a list is needed (filter \"count\")",
        "${text | format('yyyy')}@ f.yml:3:7: ${text} is \"Istanbul\", and a date such as 2026-01-31 is needed (filter \"format\")",
        "x${deep}@ f.yml:3:7: ${deep} is a mapping, and a text is needed",
        "${text | gt(1)}@ f.yml:3:7: ${text} is not a number: \"Istanbul\" (filter \"gt\")"
      })
  void whatCannotBeRenderedSaysWhereAndWhy(String text, String message) {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> render(text))
        .withMessage(message);
  }

  @Test
  void aDateHasNoTimeToFormat() {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> render("${day | format('HH:mm')}"))
        .withMessageContaining("has not everything that the pattern \"HH:mm\" asks for");
  }

  @Test
  void aSecretIsNeverText() {
    Scope leaky = scope.with("s", new Secret("s", () -> "hunter2", v -> {}));
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> renderer.render(template("x${s}"), leaky))
        .withMessageContaining("is a secret");
  }

  @Test
  void everyFilterIsDocumented() {
    assertThat(Filters.standard().all()).allSatisfy(f -> assertThat(f.doc()).endsWith("."));
    assertThat(Filters.standard().names())
        .containsExactlyInAnyOrder(
            "format",
            "minus-days",
            "plus-days",
            "count",
            "default",
            "upper",
            "lower",
            "size",
            "eq",
            "gt",
            "lt",
            "empty",
            "matches",
            "not",
            "join",
            "first");
  }
}
