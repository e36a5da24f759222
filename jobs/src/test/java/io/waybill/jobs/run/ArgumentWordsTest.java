package io.waybill.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Position;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.Scope;
import io.waybill.jobs.expression.TemplateParser;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Arguments as a dry run shows them. */
class ArgumentWordsTest {
  private final Scope scope =
      Scope.of(
          ZoneOffset.UTC,
          Map.of(
              "steps",
              Map.of(
                  "fetch",
                  Map.of("messages", List.of(message(), message(), message())),
                  "pull",
                  Map.of("files", List.of(Map.of("location", "/a")), "none", List.of()),
                  "said",
                  Map.of("lines", List.of("a", "b"), "text", "x")),
              "trigger",
              Map.of("messages", List.of(List.of(message())), "files", List.of(1L, Map.of()))));

  private static Map<String, Object> message() {
    return Map.of("uid", 1L, "uid-validity", 2L, "subject", "s");
  }

  private static Template template(String text) {
    return TemplateParser.parse(text, Position.NONE);
  }

  private Object shown(Object value) {
    return new ArgumentWords().shown(value, scope, Set.of("fetch", "pull", "said"));
  }

  @Test
  void whatAStepHasFoundIsCountedAndNotWrittenOut() {
    assertThat(shown(template("${steps.fetch.messages}"))).isEqualTo("3 messages from steps.fetch");
    assertThat(shown(List.of(template("${steps.fetch.messages}"))))
        .isEqualTo("3 messages from steps.fetch");
    assertThat(shown(template("${steps.fetch.messages | first}")))
        .isEqualTo("1 message from steps.fetch");
    assertThat(shown(List.of(template("${steps.pull.files}"), "/b")))
        .isEqualTo(List.of("1 file from steps.pull", "/b"));
    assertThat(shown(template("${steps.pull.none}"))).isEqualTo("nothing from steps.pull");
    assertThat(shown(template("${trigger.messages}"))).isEqualTo("1 message from trigger.messages");
    assertThat(shown(template("${trigger.files}"))).isEqualTo("2 values from trigger.files");
  }

  @Test
  void textsAreWhatTheyAreAndWhatIsNotKnownStandsAsInTheFile() {
    assertThat(shown(template("${steps.said.lines}"))).isEqualTo("a, b");
    assertThat(shown(template("a ${steps.said.text}"))).isEqualTo("a x");
    assertThat(shown(List.of(template("${steps.said.text}")))).isEqualTo(List.of("x"));
    assertThat(shown(template("${steps.later.files}"))).isEqualTo("${steps.later.files}");
    assertThat(shown(template("${file.name}"))).isEqualTo("${file.name}");
    assertThat(shown(Map.of("a", template("${steps.said.text}")))).isEqualTo(Map.of("a", "x"));
  }
}
