package io.waybill.jobs.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.FileReference;
import io.waybill.jobs.FileReference.Meaning;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Parameter;
import io.waybill.jobs.Position;
import io.waybill.jobs.Secret;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.transfer.file.PathFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentRendererTest {
  private static final Position PLACE = new Position("f.yml", 3, 7);
  private final ArgumentRenderer renderer = new ArgumentRenderer(Filters.standard());
  private final Scope scope =
      Scope.of(
          ZoneOffset.UTC,
          Map.of(
              "x",
              "value",
              "n",
              7L,
              "files",
              List.of("/a/1", "/a/2"),
              "run",
              Map.of("id", "R1", "day", LocalDate.of(2026, 1, 31))));

  private record Nothing(Arguments arguments) implements Step {}

  private record Kind(List<Key> keys) implements StepType<Nothing> {
    @Override
    public String name() {
      return "kind";
    }

    @Override
    public String doc() {
      return "Does nothing.";
    }

    @Override
    public Map<String, String> outputs() {
      return Map.of();
    }

    @Override
    public Nothing bind(Arguments arguments, Connections connections) {
      return new Nothing(arguments);
    }

    @Override
    public StepHandler<Nothing> handler(StepServices services) {
      return (step, call) -> new StepResult(Map.of(), 0);
    }
  }

  private Arguments render(Map<String, Object> raw, Key... keys) {
    return renderer.render(
        new StepDefinition(
            "s", new Kind(List.of(keys)), raw, StepDefinition.Policy.OF_THE_JOB, PLACE),
        scope);
  }

  private Arguments one(ValueType type, Object raw) {
    return render(Map.of("k", raw), Key.optional("k", type, "doc"));
  }

  private static Template template(String text) {
    return TemplateParser.parse(text, PLACE);
  }

  @Test
  void literalsAndExpressionsGetTheTypeOfTheirKey() {
    assertThat(one(Scalar.DURATION, template("${n}m")).duration("k"))
        .isEqualTo(Duration.ofMinutes(7));
    assertThat(one(Scalar.DURATION, Duration.ofSeconds(1)).duration("k"))
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(one(Scalar.INTEGER, template("${n}")).integer("k")).isEqualTo(7);
    assertThat(one(Scalar.SIZE, template("${n}KiB")).integer("k")).isEqualTo(7168);
    assertThat(one(Scalar.BOOLEAN, template("${n | gt(6)}")).flag("k")).isTrue();
    assertThat(one(Scalar.TEXT, template("${n}")).text("k")).isEqualTo("7");
    assertThat(one(Scalar.TEXT, template("${run.day}")).text("k")).isEqualTo("2026-01-31");
    assertThat(one(Scalar.PERCENT, 0.5).optionalNumber("k")).contains(0.5);
  }

  @Test
  void aFileIsAsSeenFromTheJobFile() {
    ValueType file = Scalar.FILE;
    assertThat(inFile("/etc/w/f.yml", file, "t/a.html").text("k")).isEqualTo("/etc/w/t/a.html");
    assertThat(inFile("/etc/w/f.yml", file, template("t/${x}")).text("k"))
        .isEqualTo("/etc/w/t/value");
    assertThat(inFile("/etc/w/f.yml", file, template("/${x}")).text("k")).isEqualTo("/value");
    assertThat(inFile("f.yml", file, "a").text("k"))
        .isEqualTo(Path.of("a").toAbsolutePath().toString());
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> inFile("f.yml", file, template("${files}")))
        .withMessageContaining("is a list, and must be a file");
  }

  private Arguments inFile(String file, ValueType type, Object raw) {
    return renderer.render(
        new StepDefinition(
            "s",
            new Kind(List.of(Key.optional("k", type, "doc"))),
            Map.of("k", raw),
            StepDefinition.Policy.OF_THE_JOB,
            new Position(file, 3, 7)),
        scope);
  }

  @Test
  void anythingIsWhatTheExpressionYields() {
    ValueType anything = new ValueType.MapOf(new ValueType.Anything());
    Map<String, Object> raw =
        Map.of(
            "list",
            template("${files}"),
            "number",
            template("${n}"),
            "inner",
            Map.of("texts", List.of("a", template("${x}"))),
            "flag",
            true);

    assertThat(one(anything, raw).map("k"))
        .containsEntry("list", List.of("/a/1", "/a/2"))
        .containsEntry("number", 7L)
        .containsEntry("inner", Map.of("texts", List.of("a", "value")))
        .containsEntry("flag", true);
    assertThat(one(anything, Map.of()).map("other")).isEmpty();
  }

  @Test
  void aListTakesAWholeListOrOneValue() {
    ValueType list = new ValueType.ListOf(Scalar.LOCATION);
    assertThat(one(list, template("${files}")).texts("k")).containsExactly("/a/1", "/a/2");
    assertThat(one(list, "/b").texts("k")).containsExactly("/b");
    assertThat(one(list, List.of("/b", template("/${x}"))).texts("k"))
        .containsExactly("/b", "/value");
  }

  @Test
  void whatWasFoundIsNoPattern() {
    ValueType list = new ValueType.ListOf(Scalar.LOCATION);
    Scope found = scope.with("item", Map.of("name", "*")).with("params", Map.of("p", "*.csv"));
    assertThat(files(list, template("/in/${item.name}"), found))
        .containsExactly(new FileReference("/in/*", Meaning.NAME));
    assertThat(
            files(
                list,
                template("${steps.names}"),
                found.with("steps", Map.of("names", List.of("/a", "/[b]")))))
        .containsExactly(
            new FileReference("/a", Meaning.AS_WRITTEN), new FileReference("/[b]", Meaning.NAME));
    assertThat(files(list, template("/in/${run.id}/${params.p}"), found))
        .containsExactly(new FileReference("/in/R1/*.csv", Meaning.AS_WRITTEN));
    assertThat(
            files(
                list, template("${files}"), found.with("files", List.of(Map.of("location", "/*")))))
        .containsExactly(new FileReference("/*", Meaning.ONE_FILE));
    assertThat(files(list, template("/in/${run.id}/*"), found))
        .containsExactly(new FileReference("/in/R1/*", Meaning.AS_WRITTEN));
    for (String text : List.of("/in/${item.name}/*.csv", "/in/${item.name}/${params.p}")) {
      assertThatExceptionOfType(JobException.Configuration.class)
          .isThrownBy(() -> files(list, template(text), found))
          .withMessageContaining("choose by \"match\"");
    }
  }

  @Test
  void whatWasFoundStandsForItselfInAPattern() {
    ValueType list = new ValueType.ListOf(Scalar.PATTERN);
    Scope found =
        scope
            .with("item", Map.of("name", "a*[1]?{x}.csv"))
            .with("params", Map.of("p", "*.csv"))
            .with("steps", Map.of("names", List.of("a", "*")));
    assertThat(rendered(list, template("${item.name}"), found).texts("k"))
        .containsExactly(FileReference.literal("a*[1]?{x}.csv"));
    assertThat(rendered(list, template("old/*-${item.name}"), found).texts("k"))
        .containsExactly("old/*-" + FileReference.literal("a*[1]?{x}.csv"));
    assertThat(rendered(list, template("${steps.names}"), found).texts("k"))
        .containsExactly("a", FileReference.literal("*"));
    assertThat(rendered(list, template("${params.p}"), found).texts("k")).containsExactly("*.csv");
    assertThat(PathFilter.of(List.of(FileReference.literal("a*[1]?{x}.csv")), List.of()))
        .returns(true, filter -> filter.takesFile("a*[1]?{x}.csv"))
        .returns(false, filter -> filter.takesFile("ab[1]y{x}.csv"));
  }

  @ParameterizedTest
  @CsvSource({
    "'x{1,${name}}', '2,3', 'x2,3', x3",
    "'x{1,${name}}y', '}', x}y, xy",
    "'x{1,${name}}', '{', 'x{', x",
    "'x[${name}]', '!a', x!, xb",
    "'x[${name}]', ^a, x^, xb",
    "'x[${name}]', a-c, x-, xb",
    "'x[0-9${name}]', '-', x-, x:",
    "'x[${name}b]', ']', x], xa",
    "'x[!${name}]', '!', xa, x!",
    "'x[!${name}]', ']', xa, x]",
    "'x[a${name}c]', '-', x-, xb",
  })
  void whatWasFoundStandsForItselfWithinBracketsAndBraces(
      String pattern, String name, String fits, String fitsNot) {
    String text =
        rendered(new ValueType.ListOf(Scalar.PATTERN), template(pattern), scope.with("name", name))
            .texts("k")
            .get(0);

    assertThat(PathFilter.of(List.of(text), List.of()))
        .returns(true, filter -> filter.takesFile(fits))
        .returns(false, filter -> filter.takesFile(fitsNot));
  }

  @Test
  void aLocationWhoseBracesMeetWhatWasFoundIsRefused() {
    ValueType list = new ValueType.ListOf(Scalar.LOCATION);
    for (String text : List.of("/in/{a,${name}}", "/in/[a${name}]", "/in/{a,[b]}{c${name}}")) {
      assertThatExceptionOfType(JobException.Configuration.class)
          .as(text)
          .isThrownBy(() -> files(list, template(text), scope.with("name", "x,-y")))
          .withMessageContaining("choose by \"match\"");
    }
    assertThat(files(list, template("/in/{a,b}/${name}/[a]"), scope.with("name", "x,-y")))
        .containsExactly(new FileReference("/in/{a,b}/x,-y/[a]", Meaning.AS_WRITTEN));
  }

  @Test
  void whatADefaultStandsInWithIsByWhoWroteTheFile() {
    ValueType patterns = new ValueType.ListOf(Scalar.PATTERN);
    Template either = template("${given | default('*.csv')}");
    assertThat(rendered(patterns, either, scope).texts("k")).containsExactly("*.csv");
    assertThat(rendered(patterns, either, scope.with("given", "")).texts("k"))
        .containsExactly("*.csv");
    assertThat(rendered(patterns, either, scope.with("given", "*")).texts("k"))
        .containsExactly(FileReference.literal("*"));
    assertThat(rendered(patterns, template("a/${given | default('*')}.csv"), scope).texts("k"))
        .containsExactly("a/*.csv");
    assertThat(
            files(
                new ValueType.ListOf(Scalar.LOCATION),
                template("${given | default('bank:/*.csv')}"),
                scope))
        .containsExactly(new FileReference("bank:/*.csv", Meaning.AS_WRITTEN));
    assertThat(rendered(Scalar.REGEX, template("^${given | default('a|b')}$"), scope).text("k"))
        .isEqualTo("^a|b$");
  }

  @Test
  void aPathOfWhichAnExpressionYieldsNothingIsNone() {
    Scope nothing = scope.with("out", "");
    for (ValueType type :
        List.of(
            Scalar.LOCATION, new ValueType.ListOf(Scalar.LOCATION), Scalar.FILE, Scalar.MAILBOX)) {
      assertThatExceptionOfType(JobException.Configuration.class)
          .isThrownBy(() -> rendered(type, template("bank:/in/${out}"), nothing))
          .withMessageContaining("default('')");
      rendered(type, template("bank:/in/${out | default('')}"), nothing);
    }
    assertThat(rendered(Scalar.TEXT, template("x${out}"), nothing).text("k")).isEqualTo("x");
    for (String itself : List.of("/", ".", "./", "//", "././")) {
      Scope params = scope.with("params", Map.of("p", itself));
      assertThatExceptionOfType(JobException.Configuration.class)
          .as(itself)
          .isThrownBy(() -> rendered(Scalar.LOCATION, template("/in/${params.p}"), params));
    }
    Scope root = scope.with("vars", Map.of("base", "/"));
    assertThat(rendered(Scalar.LOCATION, template("${vars.base}in"), root).text("k"))
        .isEqualTo("/in");
  }

  @Test
  void whatWasFoundNamesNoConnection() {
    Scope found = scope.with("item", Map.of("name", "bank:x", "location", "bank:/x"));
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> rendered(Scalar.LOCATION, template("${item.name}"), found))
        .withMessageContaining("looks like a connection");
    assertThat(rendered(Scalar.LOCATION, template("${item.location}"), found).text("k"))
        .isEqualTo("bank:/x");
    assertThat(
            rendered(Scalar.LOCATION, template("${item.name}"), found.byAuthor("item")).text("k"))
        .isEqualTo("bank:x");
  }

  @Test
  void whatWasFoundIsTextInARegularExpression() {
    Scope found = scope.with("item", Map.of("name", ".*")).with("params", Map.of("p", "a|b"));
    assertThat(rendered(Scalar.REGEX, template("^${item.name}(${params.p})$"), found).text("k"))
        .isEqualTo("^\\Q.*\\E(a|b)$");
    assertThat(rendered(Scalar.REGEX, template("${item.name}"), found.byAuthor("item")).text("k"))
        .isEqualTo(".*");
  }

  @Test
  void aRelativeLocationIsAsSeenFromTheFile() {
    String here = Path.of("").toAbsolutePath() + "/";
    assertThat(one(Scalar.LOCATION, "in/").text("k")).isEqualTo(here + "in/");
    assertThat(one(Scalar.LOCATION, "./a:b/*.csv").text("k")).isEqualTo(here + "a:b/*.csv");
    for (String rooted : List.of("/in/", "bank:in", "C:\\in", "ftp://h/in", "\\\\host\\in")) {
      assertThat(one(Scalar.LOCATION, rooted).text("k")).isEqualTo(rooted);
    }
  }

  private Arguments rendered(ValueType type, Template template, Scope in) {
    StepDefinition step =
        new StepDefinition(
            "s",
            new Kind(List.of(Key.required("k", type, "doc"))),
            Map.of("k", template),
            StepDefinition.Policy.OF_THE_JOB,
            PLACE);
    return renderer.render(step, in);
  }

  private List<FileReference> files(ValueType type, Template template, Scope in) {
    return rendered(type, template, in).files("k");
  }

  @Test
  void groupsMapsAndAlternatives() {
    ValueType group =
        new ValueType.Group(
            List.of(
                Key.required("regex", Scalar.TEXT, "doc"),
                Key.optional("min", Scalar.INTEGER, "1", "doc")));
    ValueType either = new ValueType.AnyOf(List.of(Scalar.TEXT, group));

    assertThat(one(either, "*.csv").text("k")).isEqualTo("*.csv");
    Arguments inner = one(either, Map.of("regex", template("${x}"))).group("k").orElseThrow();
    assertThat(inner.text("regex")).isEqualTo("value");
    assertThat(inner.integer("min")).isEqualTo(1);
    assertThat(one(new ValueType.MapOf(Scalar.TEXT), Map.of("a", template("${n}"))).asMap())
        .containsEntry("k", Map.of("a", "7"));
  }

  @Test
  void absentKeysAreFilledInFromTheirDefaults() {
    Arguments arguments =
        render(
            Map.of(),
            Key.optional("wait", Scalar.DURATION, "5m", "doc"),
            Key.optional("key", Scalar.TEXT, "job/${run.id}", "doc"),
            Key.optional("none", Scalar.TEXT, "doc"));

    assertThat(arguments.duration("wait")).isEqualTo(Duration.ofMinutes(5));
    assertThat(arguments.text("key")).isEqualTo("job/R1");
    assertThat(arguments.has("none")).isFalse();
  }

  @Test
  void aSecretStaysAReference() {
    Secret secret = new Secret("s", () -> "hunter2", v -> {});
    Arguments arguments = render(Map.of("k", secret), Key.secret("k", "doc"));

    assertThat(arguments.secret("k")).contains(secret);
    assertThat(arguments.toString()).doesNotContain("hunter2");
  }

  @Test
  void whatIsMissingUnknownOrOfAnotherTypeIsNamed() {
    Key from = Key.required("from", Scalar.INTEGER, "doc");
    assertFails(() -> render(Map.of(), from), "f.yml:3:7: step \"s\": key \"from\" is missing");
    assertFails(
        () -> render(Map.of("from", 1L, "frm", 1L), from),
        "f.yml:3:7: step \"s\": key \"frm\" is not a key of kind");
    assertFails(
        () -> render(Map.of("from", template("${x}")), from),
        "f.yml:3:7: step \"s\": key \"from\" is not a whole number: \"value\"");
    assertFails(
        () -> render(Map.of("from", template("${files}")), from),
        "f.yml:3:7: step \"s\": key \"from\" is a list, and must be a whole number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "a/../b", "a/..", "a\\..\\b", "\u0000", "a\nb", ".."})
  void anExpressionDoesNotLeadOutOfAPath(String evil) {
    Scope hostile = scope.with("name", evil);
    for (ValueType type :
        List.of(Scalar.LOCATION, new ValueType.ListOf(Scalar.LOCATION), Scalar.MAILBOX)) {
      for (String text : List.of("${name}", "bank:/in/${name}", "/in/${name}/x", "bank:${name}")) {
        StepDefinition step =
            new StepDefinition(
                "s",
                new Kind(List.of(Key.required("k", type, "doc"))),
                Map.of("k", template(text)),
                StepDefinition.Policy.OF_THE_JOB,
                PLACE);
        assertThatExceptionOfType(JobException.Configuration.class)
            .as(text)
            .isThrownBy(() -> renderer.render(step, hostile));
      }
    }
  }

  @Test
  void dotsSplitOverTwoExpressionsAndEncodedOnesAreSeenToo() {
    Scope hostile = scope.with("dot", ".").with("encoded", "%2e%2E%2fx");
    for (String text : List.of("/in/${dot}${dot}/x", "ftp://h/in/${encoded}")) {
      assertThatExceptionOfType(JobException.Configuration.class)
          .isThrownBy(
              () ->
                  renderer.render(
                      new StepDefinition(
                          "s",
                          new Kind(List.of(Key.required("k", Scalar.LOCATION, "doc"))),
                          Map.of("k", template(text)),
                          StepDefinition.Policy.OF_THE_JOB,
                          PLACE),
                      hostile))
          .withMessageMatching("(?s).*(\"\\.\\.\"|only \"\\.\").*");
    }
    assertThat(one(Scalar.LOCATION, "../written/by/hand").text("k"))
        .isEqualTo(Path.of("").toAbsolutePath().getParent() + "/written/by/hand");
    assertThat(one(Scalar.LOCATION, template("/a..b/${x}...")).text("k"))
        .isEqualTo("/a..b/value...");
  }

  @Test
  void parametersComeFromTheLineOrTheirDefaults() {
    ParameterResolver resolver = new ParameterResolver(Filters.standard());
    List<Parameter> parameters =
        List.of(
            new Parameter(
                "day", Parameter.Type.DATE, Optional.of(template("${run.day | minus-days(1)}"))),
            new Parameter("count", Parameter.Type.INTEGER, Optional.of(3L)),
            new Parameter("who", Parameter.Type.TEXT, Optional.empty()));

    assertThat(resolver.resolve(parameters, Map.of("who", "me"), scope))
        .containsEntry("day", LocalDate.of(2026, 1, 30))
        .containsEntry("count", 3L)
        .containsEntry("who", "me");
    assertThat(
            resolver.resolve(
                parameters, Map.of("who", "me", "day", "2026-02-01", "count", "9"), scope))
        .containsEntry("day", LocalDate.of(2026, 2, 1))
        .containsEntry("count", 9L);
    assertFails(
        () -> resolver.resolve(parameters, Map.of(), scope),
        "parameter \"who\" has no default: give it with -p who=VALUE");
    assertFails(
        () -> resolver.resolve(parameters, Map.of("who", "x", "cuont", "1"), scope),
        "the job has no parameter \"cuont\"; did you mean \"count\"?");
    assertFails(
        () -> resolver.resolve(parameters, Map.of("who", "x", "day", "today"), scope),
        "parameter \"day\" is not a date: \"today\"; write 2026-01-31");
  }

  private static void assertFails(Runnable action, String message) {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(action::run)
        .withMessage(message);
  }
}
