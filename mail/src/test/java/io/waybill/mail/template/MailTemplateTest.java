package io.waybill.mail.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailTemplateTest {
  @TempDir private Path directory;

  @Test
  void rendersTheStatementsOfABank() throws IOException {
    Path file = directory.resolve("statements.html");
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("statements.html"))) {
      Files.copy(in, file);
    }
    RenderedMail mail =
        MailTemplate.load(file)
            .render(
                Map.of(
                    "params",
                    Map.of("day", LocalDate.of(2026, 1, 31)),
                    "steps",
                    Map.of(
                        "pull",
                        Map.of(
                            "files",
                            List.of(
                                Map.of("name", "a&b.csv", "size", 1024L, "digest", "sha-256:0a"),
                                Map.of("name", "c.csv", "size", 7, "digest", "sha-256:0b"))))));
    assertThat(mail.html().orElseThrow())
        .contains("<h1>Statements for 2026-01-31</h1>")
        .contains("<tr><td>a&amp;b.csv</td><td>1024</td><td><code>sha-256:0a</code></td></tr>");
    assertThat(mail.text())
        .isEqualTo(
            """
            Statements for 2026-01-31
            =========================

            File    | Size | SHA-256
            --------+------+-----------
            a&b.csv | 1024 | sha-256:0a
            c.csv   | 7    | sha-256:0b""");
    assertThat(mail.subject()).isEmpty();
    assertThat(mail.inlineImages()).isEmpty();
  }

  @Test
  void putsSubjectHtmlAndTextOnAMessage() {
    RenderedMail mail =
        MailTemplate.builder()
            .subject("{{n}} files & more")
            .html("<p>{{n}}</p>")
            .text("{{n}} & {{n}}")
            .build()
            .render(Map.of("n", 3));
    Message message = mail.applyTo(Message.builder().from("a@example.org")).build();
    assertThat(message.subject()).isEqualTo("3 files & more");
    assertThat(message.html()).hasValue("<p>3</p>");
    assertThat(message.text()).hasValue("3 & 3");
  }

  @Test
  void leavesTheSubjectOfAMessageAloneWithoutOneOfItsOwn() {
    RenderedMail mail = MailTemplate.builder().text("x").build().render(Map.of());
    Message.Builder message = Message.builder().from("a@example.org").subject("mine");
    assertThat(mail.applyTo(message).build().subject()).isEqualTo("mine");
    assertThat(mail.html()).isEmpty();
  }

  @Test
  void takesTheTitleAsSubjectUnlessThereIsOne() {
    MailTemplate template =
        MailTemplate.builder().html("<title>Report\n of {{day}}</title>x").build();
    Map<String, String> data = Map.of("day", "1 < 2\r\nBcc: x@example.org");
    assertThat(template.render(data).subject()).hasValue("Report of 1 < 2 Bcc: x@example.org");
    assertThat(template.toBuilder().subject("own").build().render(data).subject()).hasValue("own");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\0b", "a\u0085b", "\ud800"})
  void refusesASubjectOfMoreThanOneLine(String value) {
    MailTemplate template = MailTemplate.builder().subject("s {{v}}").text("x").build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> template.render(Map.of("v", value)))
        .satisfies(e -> assertThat(e.field()).isEqualTo("subject"))
        .withMessageNotContaining("Bcc");
  }

  @Test
  void refusesASubjectTemplateOfTwoLines() {
    MailTemplate template = MailTemplate.builder().subject("a\nb").text("x").build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> template.render(Map.of()))
        .withMessage("subject holds LF at position 1");
  }

  @Test
  void escapesValuesInHtmlOnly() {
    String hostile = "<script>alert('x')</script>\"&`=";
    RenderedMail mail =
        MailTemplate.builder()
            .subject("{{v}}")
            .html("<p title=\"{{v}}\">{{v}}</p>{{{v}}}{{&v}}")
            .text("{{v}} {{{v}}}")
            .build()
            .render(Map.of("v", hostile));
    String escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;&#x60;&#x3D;";
    assertThat(mail.html())
        .hasValue("<p title=\"" + escaped + "\">" + escaped + "</p>" + hostile + hostile);
    assertThat(mail.text()).isEqualTo(hostile + " " + hostile);
    assertThat(mail.subject()).hasValue(hostile);
  }

  @Test
  void readsNoTagsInData() {
    RenderedMail mail =
        MailTemplate.builder()
            .subject("{{v}}")
            .html("{{v}}{{{v}}}")
            .text("{{v}}")
            .build()
            .render(Map.of("v", "{{secret}}{{#a}}{{>f}}{{=<% %>=}}", "secret", "planted"));
    assertThat(mail.text()).isEqualTo("{{secret}}{{#a}}{{>f}}{{=<% %>=}}");
    assertThat(mail.html().orElseThrow()).doesNotContain("planted");
    assertThat(mail.subject().orElseThrow()).doesNotContain("planted");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{{#list}}[{{.}}]{{/list}} | [a][b]",
        "{{#list}}{{-index}}{{.}}{{^-last}}, {{/-last}}{{/list}} | 1a, 2b",
        "{{#list}}{{#-first}}first {{/-first}}{{.}} {{/list}}. | first a b .",
        "{{list.1}} | b",
        "{{#map}}{{key}}{{outer}}{{/map}} | vo",
        "{{map.deep.key}} {{#map.deep}}{{key}}{{/map.deep}} | w w",
        "{{#items}}{{name}}:{{#tags}}{{.}}{{/tags}};{{/items}} | x:12;y:;",
        "{{#yes}}y{{/yes}}{{^yes}}n{{/yes}}{{#no}}y{{/no}}{{^no}}n{{/no}} | yn",
        "{{#none}}y{{/none}}{{^none}}n{{/none}}{{#blank}}y{{/blank}}{{^blank}}n{{/blank}} | nn",
        "{{#some}}{{.}}{{/some}} {{some}} | s s",
        "{{#empty}}y{{/empty}}{{^empty}}n{{/empty}} | n",
        "{{zero}}{{#zero}}y{{/zero}} {{yes}} {{half}} | 0y true 0.5",
        "a{{! no {{tag}}c | ac",
        "a{{! tag\\n }}c{ {}} }}{x} | ac{ {}} }}{x}",
      })
  void knowsTheWaysOfMustache(String template, String expected) {
    Map<String, Object> data =
        Map.ofEntries(
            Map.entry("list", List.of("a", "b")),
            Map.entry("outer", "o"),
            Map.entry("map", Map.of("key", "v", "deep", Map.of("key", "w"))),
            Map.entry(
                "items",
                List.of(
                    Map.of("name", "x", "tags", List.of(1, 2)),
                    Map.of("name", "y", "tags", List.of()))),
            Map.entry("yes", true),
            Map.entry("no", false),
            Map.entry("none", Optional.empty()),
            Map.entry("some", Optional.of("s")),
            Map.entry("blank", ""),
            Map.entry("empty", List.of()),
            Map.entry("zero", 0),
            Map.entry("half", 0.5));
    assertThat(text(template.replace("\\n", "\n"), data)).isEqualTo(expected);
  }

  @Test
  void leavesOutTheLinesOfTagsThatStandAlone() {
    assertThat(
            text(
                "a\n{{#list}}\n  {{! x }}\n* {{.}}\n{{/list}}\nb\n", Map.of("list", List.of(1, 2))))
        .isEqualTo("a\n* 1\n* 2\nb\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a\\n{{gone}}                     | line 2 needs 'gone', which the data does not have",
        "{{#gone}}x{{/gone}}              | line 1 needs 'gone', which the data does not have",
        "{{^gone}}x{{/gone}}              | line 1 needs 'gone', which the data does not have",
        "\\n\\n{{#list}}\\n{{gone}}{{/list}} | line 4 needs 'gone', which the data does not have",
        "{{map.gone}}                     | line 1 needs 'map.gone', but 'map' in the data has no 'gone'",
        "{{map.key.gone}}                 | line 1 needs 'map.key.gone', but 'map.key' in the data has no 'gone'",
        "{{list.2}}                       | line 1 needs 'list.2', but 'list' in the data has no '2'",
        "{{#list}}{{list.x}}{{/list}}     | line 1 needs 'list.x', but 'list' in the data has no 'x'",
        "{{nothing}}                      | line 1 needs 'nothing', which is null in the data",
        "{{#nothing}}x{{/nothing}}        | line 1 needs 'nothing', which is null in the data",
        "{{#holes}}{{.}}{{/holes}}        | line 1 needs '.', which is null in the data",
        "{{none}}                         | line 1 needs 'none', which is an empty Optional: ask for it in a section of that name",
        "{{map}}                          | line 1 needs 'map', which is a map or a list: open it as a section, {{#name}}",
        "{{list}}                         | line 1 needs 'list', which is a map or a list: open it as a section, {{#name}}",
        "{{.}}                            | line 1 needs '.', which is a map or a list: open it as a section, {{#name}}",
        "{{map.entrySet}}                 | line 1 needs 'map.entrySet', but 'map' in the data has no 'entrySet'",
        "{{key.class}}                    | line 1 needs 'key.class', but 'key' in the data has no 'class'",
        "{{key.length}}                   | line 1 needs 'key.length', but 'key' in the data has no 'length'",
        "{{#key}}{{getClass}}{{/key}}     | line 1 needs 'getClass', which the data does not have",
        "{{this}}                         | line 1 needs 'this', which the data does not have",
      })
  void namesTheVariableAndTheLineThatLacksIt(String template, String why) {
    Map<String, Object> data = new HashMap<>();
    data.put("list", List.of("a", "b"));
    data.put("map", Map.of("key", "v"));
    data.put("key", "planted");
    data.put("nothing", null);
    data.put("holes", Collections.singletonList(null));
    data.put("none", Optional.empty());
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> text(template.replace("\\n", "\n"), data))
        .withMessage("template text " + why)
        .satisfies(e -> assertThat(e.isTransient()).isFalse());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x\\n{{name            | line 2 begins a tag that has no }} on its line",
        "{{name}               | line 1 begins a tag that has no }} on its line",
        "{{na\\nme}}           | line 1 begins a tag that has no }} on its line",
        "{{a {{b}}             | line 1 begins a tag that has no }} on its line",
        "{{{name}}             | line 1 begins a tag that has no }}} on its line",
        "{{! no end            | line 1 begins a tag that has no }} on its line",
        "{{}}                  | line 1 has a tag without a name",
        "{{#a}}\\n\\n{{#b}}x   | line 3 opens the section 'b', which nothing closes",
        "{{#a}}\\n{{/b}}       | line 2 closes 'b', but the section open here is 'a' of line 1",
        "{{/a}}                | line 1 closes a section 'a' that nothing opened",
        "{{=<% %>=}}           | line 1 changes what tags look like, which is not supported",
        "{{<base}}{{/base}}    | line 1 inherits from a template: use a partial, {{> name}}",
        "{{> footer}}          | line 1 includes the partial 'footer', which cannot be found: the template came without a directory",
        "{{a b}}               | line 1 has a tag 'a b', which is no name: letters, digits, '_' and '-', with dots between them",
        "{{a..b}}              | line 1 has a tag 'a..b', which is no name: letters, digits, '_' and '-', with dots between them",
        "{{..}}                | line 1 has a tag '..', which is no name: letters, digits, '_' and '-', with dots between them",
        "{{#}}{{/}}            | line 1 has a tag '', which is no name: letters, digits, '_' and '-', with dots between them",
        "{{f(x)}}              | line 1 has a tag 'f(x)', which is no name: letters, digits, '_' and '-', with dots between them",
      })
  void refusesWrongTagsBeforeAnythingIsRendered(String template, String why) {
    MailTemplate.Builder builder = MailTemplate.builder().html(template.replace("\\n", "\n"));
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(builder::build)
        .withMessage("template html " + why);
  }

  @Test
  void refusesSectionsThatNestTooDeep() {
    String open = "{{#a}}".repeat(33);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.builder().text(open + "{{/a}}".repeat(33)).build())
        .withMessage("template text line 1 nests sections deeper than 32");
    String allowed = "{{#a}}".repeat(32) + "x" + "{{/a}}".repeat(32);
    assertThat(text(allowed, Map.of("a", true))).isEqualTo("x");
  }

  @Test
  void refusesAnEmptyTemplate() {
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> MailTemplate.builder().subject("x").build())
        .withMessage("template has neither HTML nor text");
  }

  @Test
  void refusesWhatAMessageCannotHold() {
    MailTemplate template = MailTemplate.builder().html("<p>{{v}}</p>").build();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> template.render(Map.of("v", "a\0b")))
        .withMessage("html holds NUL at position 4");
  }

  @Test
  void endsSectionsThatMultiply() {
    List<Integer> hundred = IntStream.range(0, 100).boxed().toList();
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> text("{{#a}}".repeat(5) + "{{/a}}".repeat(5), Map.of("a", hundred)))
        .withMessage("template data repeats sections more than 1000000 times in all");
    String value = "x".repeat(2000);
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> text("{{#a}}{{#a}}{{v}}{{/a}}{{/a}}", Map.of("a", hundred, "v", value)))
        .withMessage("template text renders to more than 10485760 characters with this data");
  }

  @Test
  void isSafeForSeveralThreadsAndRendersTheSameEachTime() {
    MailTemplate template =
        MailTemplate.builder().html("{{#list}}<p>{{.}}{{n}}</p>{{/list}}").build();
    List<String> results =
        IntStream.range(0, 64)
            .parallel()
            .mapToObj(n -> n + template.render(Map.of("list", List.of("a", "b"), "n", n)).text())
            .toList();
    List<String> expected = new ArrayList<>();
    IntStream.range(0, 64).forEach(n -> expected.add(n + "a" + n + "\n\nb" + n));
    assertThat(results).containsExactlyElementsOf(expected);
  }

  private static String text(String template, Map<String, ?> data) {
    return MailTemplate.builder().text(template).build().render(data).text();
  }
}
