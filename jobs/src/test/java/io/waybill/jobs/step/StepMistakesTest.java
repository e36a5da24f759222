package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.jobs.config.JobFileLoader;
import io.waybill.jobs.config.Problem;
import io.waybill.jobs.config.SecretSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kinds of steps find wrong themselves is told at once, each at its own place. */
class StepMistakesTest {
  private static final String HEAD =
      """
      version: 1
      timezone: UTC
      secrets: { s: { env: S } }
      connections:
        bank: { type: ftps, host: h.example, user: u, password: "${secrets.s}" }
        out: { type: smtp, host: h.example, user: u, password: "${secrets.s}", from: a@b.example }
        box: { type: imap, host: h.example, user: u, password: "${secrets.s}" }
      jobs:
        j:
          params: { p: { default: x } }
          steps:
      """;

  private static void load(String steps) {
    new JobFileLoader(
            StepTypes.all(), new SecretSources(Map.of("S", "x"), s -> {}, w -> {}), warning -> {})
        .loadText("w.yml", HEAD + steps.indent(4), Path.of("").toAbsolutePath());
  }

  /** Returns line and column, counted from the first step, and message of each. */
  private static List<String> mistakes(String steps) {
    long before = HEAD.lines().count();
    return catchThrowableOfType(InvalidJobFile.class, () -> load(steps)).problems().stream()
        .filter(p -> p.severity() == Problem.Severity.ERROR)
        .map(
            p ->
                "%d:%d %s"
                    .formatted(
                        p.position().line() - before, p.position().column() - 4, p.message()))
        .toList();
  }

  @Test
  void aCopy() {
    assertThat(
            mistakes(
                """
                - copy:
                    from: ["bank:/x", "box:INBOX"]
                    to: /tmp/x
                    name: "${file.stem}"
                    match:
                      regex: "["
                    rate: 5
                    expect:
                      min-files: 5
                      max-files: 2
                    after-copy: { move-to: "out:/done/" }
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("2:23 ").contains("\"box\" is for mail"),
            m -> assertThat(m).startsWith("3:9 ").contains("\"name\" says how"),
            m -> assertThat(m).startsWith("6:14 ").contains("\"match\" is not a regular"),
            m -> assertThat(m).startsWith("7:11 ").contains("\"rate\":"),
            m -> assertThat(m).startsWith("10:18 ").contains("\"max-files\" no less"),
            m -> assertThat(m).startsWith("11:28 ").contains("\"out\" is for mail"));
  }

  @Test
  void aMessage() {
    assertThat(
            mistakes(
                """
                - mail.send:
                    via: bank
                    from: a@b.example
                    to: a@b.example
                    subject: "a\\nb"
                    cc: [c@d.example, nobody@]
                    text: x
                    headers:
                      X-Good: y
                      X Bad: y
                    attach: "bank:/x"
                    dsn: [never, delay]
                    expire: 9d
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("2:10 ").contains("is of type ftp"),
            m -> assertThat(m).startsWith("5:14 ").contains("subject"),
            m -> assertThat(m).startsWith("6:23 "),
            m -> assertThat(m).startsWith("10:14 ").contains("\"headers\": "),
            m -> assertThat(m).startsWith("11:13 ").contains("\"attach\" takes"),
            m -> assertThat(m).startsWith("12:5 ").contains("stands alone"),
            m -> assertThat(m).startsWith("13:13 ").contains("at most 5d"));
  }

  @Test
  void aProgram() {
    assertThat(
            mistakes(
                """
                - exec:
                    command: [no-such-program]
                    inherit: [HOME, "A=B", MY_TOKEN]
                    env: { "C D": x }
                    success-codes: [0, 300]
                    max-output: 1GiB
                    extract:
                      a: { json-pointer: nope }
                      stdout: { json-pointer: /a }
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("2:15 ").contains("no-such-program"),
            m -> assertThat(m).startsWith("3:21 ").contains("\"A=B\""),
            m -> assertThat(m).startsWith("3:28 ").contains("MY_TOKEN"),
            m -> assertThat(m).startsWith("4:19 ").contains("\"C D\""),
            m -> assertThat(m).startsWith("5:24 ").contains("has 300"),
            m -> assertThat(m).startsWith("6:17 ").contains("16MiB"),
            m -> assertThat(m).startsWith("8:26 ").contains("not a JSON pointer"),
            m -> assertThat(m).startsWith("9:7 ").contains("an output of its own"));
  }

  @Test
  void theOthers() {
    assertThat(
            mistakes(
                """
                - http.request:
                    url: "ftp://x/"
                    redirects: 99
                    body: x
                    headers: { Host: y }
                    expect: { status: [200, 99] }
                    extract: { a: {} }
                - archive:
                    from: "bank:/x"
                    to: /tmp/x.rar
                - mail.fetch:
                    mailbox: "out:INBOX"
                    limit: 0
                - sync:
                    from: /a/
                    to: /a/b/
                    delete: true
                    rate: fast
                - check:
                    tcp: [a.example:22, nowhere]
                    fail-cert-days: -1
                - pgp.decrypt:
                    from: /a.txt
                    to: /b/
                    key: k
                    signed-by: []
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("2:10 ").contains("\"url\" is no address"),
            m -> assertThat(m).startsWith("3:16 ").contains("\"redirects\""),
            m -> assertThat(m).startsWith("4:11 ").contains("a GET has no content"),
            m -> assertThat(m).startsWith("5:22 ").contains("sets Host"),
            m -> assertThat(m).startsWith("6:29 ").contains("has 99"),
            m -> assertThat(m).startsWith("7:16 ").contains("\"a\" needs"),
            m -> assertThat(m).startsWith("9:11 ").contains("is not on this machine"),
            m -> assertThat(m).startsWith("10:9 ").contains("no kind of archive"),
            m -> assertThat(m).startsWith("12:14 ").contains("is of type smtp"),
            m -> assertThat(m).startsWith("13:12 ").contains("\"limit\" is from 1"),
            m -> assertThat(m).startsWith("16:9 "),
            m -> assertThat(m).startsWith("18:11 ").contains("\"rate\":"),
            m -> assertThat(m).startsWith("20:25 ").contains("HOST:PORT"),
            m -> assertThat(m).startsWith("21:21 ").contains("number of days"),
            m -> assertThat(m).startsWith("23:11 ").contains("does not end in"));
  }

  @Test
  void whatNeedsNoRunIsLookedAtBesideWhatDoes() {
    assertThat(
            mistakes(
                """
                - mail.send:
                    via: out
                    to: "${params.p}@b.example"
                    subject: "${params.p}"
                    text: x
                    expire: 9d
                - copy: { from: "/${params.p}", to: "box:x", expect: { min-files: -1, max-files: 5 } }
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("6:13 ").contains("at most 5d"),
            m -> assertThat(m).startsWith("7:37 ").contains("\"box\" is for mail"),
            m -> assertThat(m).startsWith("7:67 ").contains("\"min-files\" is 0 or more"));
    assertThatCode(
            () ->
                load(
                    """
                    - copy:
                        from: "/${params.p}"
                        to: "/${params.p}/"
                        expect: { max-files: 5 }
                    """))
        .doesNotThrowAnyException();
  }

  @Test
  void eachLimitOfAnArchiveHasItsPlace() {
    assertThat(
            mistakes(
                """
                - unarchive:
                    from: /a.zip
                    to: /b/
                    limits:
                      files: 0
                      ratio: "${params.p}"
                      name-length: 5000
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("5:14 ").contains("\"limits\" are 1 or more"),
            m -> assertThat(m).startsWith("7:20 ").contains("\"name-length\" is at most 4096"));
  }

  @Test
  void constantsAreLookedAtBesideAnExpressionInTheSameListOrMapping() {
    assertThat(
            mistakes(
                """
                - http.request:
                    url: "https://${params.p}/"
                    headers: { X: "${params.p}", "bad name": v, "no name": "${params.p}" }
                    expect: { status: ["${params.p}", 99] }
                    pin: ["${params.p}", nonsense]
                    proxy: nonsense
                - exec:
                    command: [ls, "${params.p}"]
                    env: { A: "${params.p}", "C D": x, "E F": "${params.p}" }
                    inherit: ["${params.p}", MY_TOKEN]
                    retry-codes: ["${params.p}", 300]
                - check: { tcp: ["${params.p}", nonsense] }
                - copy:
                    from: ["${params.p}", "out:/x"]
                    to: /b/
                    match: ["${params.p}", "[z-a]"]
                    expect: { min-files: "${params.p}", max-files: -1 }
                    verify: { at-least: "${params.p}" }
                    rate: 5
                - mail.send:
                    via: out
                    to: ["${params.p}", "c@d.example"]
                    subject: s
                    text: x
                    headers: { X-A: "${params.p}", X B: y, X C: "${params.p}" }
                    attach: ["${params.p}", "bank:/x"]
                - sync: { from: /a/, to: /b/, exclude: ["${params.p}", "[z-a]"] }
                - mail.file: { message: "${params.p}", move-to: "a/../b", flag: ["${params.p}"] }
                - exec: { command: [no-such-program, "${params.p}"], env: { A: "${params.p}" } }
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("3:46 ").contains("\"bad name\""),
            m -> assertThat(m).startsWith("3:60 ").contains("\"no name\""),
            m -> assertThat(m).startsWith("4:39 ").contains("has 99"),
            m -> assertThat(m).startsWith("5:26 ").contains("\"pin\": "),
            m -> assertThat(m).startsWith("6:12 ").contains("\"proxy\" is "),
            m -> assertThat(m).startsWith("9:37 ").contains("\"C D\""),
            m -> assertThat(m).startsWith("9:47 ").contains("\"E F\""),
            m -> assertThat(m).startsWith("10:30 ").contains("MY_TOKEN"),
            m -> assertThat(m).startsWith("11:34 ").contains("has 300"),
            m -> assertThat(m).startsWith("12:33 ").contains("HOST:PORT"),
            m -> assertThat(m).startsWith("14:27 ").contains("\"out\" is for mail"),
            m -> assertThat(m).startsWith("16:28 ").contains("'[z-a]'"),
            m -> assertThat(m).startsWith("17:52 ").contains("\"max-files\" no less"),
            m -> assertThat(m).startsWith("19:11 ").contains("\"rate\": "),
            m -> assertThat(m).startsWith("25:41 ").contains("\"headers\": "),
            m -> assertThat(m).startsWith("25:49 ").contains("\"headers\": "),
            m -> assertThat(m).startsWith("26:29 ").contains("\"attach\" takes"),
            m -> assertThat(m).startsWith("27:56 ").contains("'[z-a]'"),
            m -> assertThat(m).startsWith("28:49 ").contains("\"..\""),
            m -> assertThat(m).startsWith("29:21 ").contains("no-such-program"));
  }

  @Test
  void whatIsWrongInTheFileHidesNothingAndIsToldOnce() {
    assertThat(
            mistakes(
                """
                - http.request: { urll: "https://a.example", redirects: 99, method: GETT }
                - copy: { from: [], to: "box:x" }
                - mail.send: { via: out, to: a@b.example, subject: x, text: x, template: a.txt, expire: 9d }
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("1:19 ").contains("unknown key \"urll\""),
            m -> assertThat(m).startsWith("1:57 ").contains("\"redirects\""),
            m -> assertThat(m).startsWith("1:69 ").contains("\"method\""),
            m -> assertThat(m).isEqualTo("2:17 \"from\" is an empty list"),
            m -> assertThat(m).startsWith("2:25 ").contains("\"box\" is for mail"),
            m -> assertThat(m).startsWith("3:55 ").contains("\"template\" is the body"),
            m -> assertThat(m).startsWith("3:89 ").contains("at most 5d"));
  }

  @Test
  void anEmptyListOfItemsIsAMistake() {
    assertThat(
            mistakes(
                """
                - exec: { command: [ls], max-output: 1GiB }
                each: { in: [], steps: { exec: { command: [ls] } } }
                """))
        .satisfiesExactly(
            m -> assertThat(m).startsWith("1:38 ").contains("16MiB"),
            m ->
                assertThat(m)
                    .isEqualTo("2:13 \"in\" is an empty list: nothing would ever be done"));
  }

  @Test
  void aFileThatPeopleShouldHavePutThereIsAWarning(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("good.txt"), "Hello {{job.name}}");
    Files.writeString(directory.resolve("torn.html"), "<p>{{#rows}}x</p>");
    List<String> warnings = new ArrayList<>();
    new JobFileLoader(
            StepTypes.all(),
            new SecretSources(Map.of("S", "x"), s -> {}, w -> {}),
            warning -> warnings.add(warning.position().column() - 4 + " " + warning.message()))
        .load(
            Files.writeString(
                directory.resolve("w.yml"),
                HEAD
                    + """
                - mail.send: { via: out, to: a@b.example, subject: "${params.p}", template: good.txt }
                - mail.send: { via: out, to: a@b.example, subject: "${params.p}", template: none.txt }
                - mail.send: { via: out, to: a@b.example, subject: "${params.p}", template: torn.html }
                - mail.send: { via: out, to: a@b.example, subject: s, template: "${params.p}.txt" }
                - pgp.encrypt: { from: "${params.p}", to: /b/, recipients: [good.txt, none.asc] }
                """
                        .indent(4)));

    assertThat(warnings)
        .satisfiesExactly(
            w -> assertThat(w).startsWith("77 there is no file " + directory.resolve("none.txt")),
            w -> assertThat(w).startsWith("77 the template cannot be used"),
            w -> assertThat(w).startsWith("71 there is no file " + directory.resolve("none.asc")));
  }

  @Test
  void anEmptySearchOfMailIsAMistake() {
    assertThat(
            mistakes(
                "- mail.fetch: { mailbox: box, match: { subject: \"\", from: \"${params.p}\" } }\n"))
        .singleElement()
        .satisfies(m -> assertThat(m).startsWith("1:49 ").contains("subject is empty"));
  }

  @Test
  void whoUsesAConnectionThatIsWrongIsNotBlamed() {
    String file =
        HEAD.replace("  bank:", "  w: { type: https, host: w.example }\n  bank:")
            + """
            - http.request: { url: "w:/a" }
            - mail.send: { via: nobody, to: a@b.example, subject: s, text: x }
            """
                .indent(4);
    assertThat(
            catchThrowableOfType(
                    InvalidJobFile.class,
                    () ->
                        new JobFileLoader(
                                StepTypes.all(),
                                new SecretSources(Map.of("S", "x"), s -> {}, w -> {}),
                                warning -> {})
                            .loadText("w.yml", file, Path.of("").toAbsolutePath()))
                .problems())
        .extracting(Problem::message)
        .satisfiesExactly(
            m -> assertThat(m).startsWith("a connection cannot be called \"w\""),
            m -> assertThat(m).contains("\"nobody\""));
  }
}
