package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.MailSubmission.Until;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.config.InvalidJobFile;
import io.waybill.jobs.config.JobFileLoader;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.expression.ArgumentRenderer;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.Scope;
import io.waybill.mail.Address;
import io.waybill.mail.Attachment;
import io.waybill.mail.AutoSubmitted;
import io.waybill.mail.DsnRequest;
import io.waybill.mail.Header;
import io.waybill.mail.InlinePart;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessagePriority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key of {@code mail.send} once as written (mapping) and once left out (default). */
class SendMailKeysTest {
  private static final Scope RUN =
      Scope.of(
          ZoneOffset.UTC,
          Map.of(
              "run", Map.of("id", "R1"),
              "params", Map.of("day", LocalDate.of(2026, 1, 31)),
              "vars", Map.of("v", "of the file"),
              "steps",
                  Map.of(
                      "pull",
                      Map.of(
                          "files",
                          List.of(
                              Map.of("name", "a<b>.csv", "size", 7L, "digest", "sha-256:aa"),
                              Map.of("name", "c.csv", "size", 8L, "digest", "sha-256:cc"))))));

  @TempDir Path directory;

  private Configuration load(String keys) {
    Path file =
        write(
            "waybill.yml",
            """
            version: 1
            timezone: UTC
            vars: { v: w }
            secrets: { p: { env: P } }
            connections: { out: { type: smtp, host: h, from: robot@acme.example } }
            jobs:
              j:
                params: { day: { type: date, default: 2026-01-31 } }
                steps:
                  - { id: pull, copy: { from: /a, to: /b } }
                  - mail.send: { via: out, to: x@acme.example, subject: s%s }
            """
                .formatted(keys.isEmpty() ? "" : ", " + keys));
    return new JobFileLoader(
            StepTypes.all(), new SecretSources(Map.of(), s -> {}, w -> {}), warning -> {})
        .load(file);
  }

  private Path write(String name, String text) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SendMailStep step(String keys) {
    Configuration configuration = load(keys);
    StepDefinition step = configuration.job("j").orElseThrow().steps(Hook.STEPS).get(1);
    return new SendMailStepType()
        .bind(
            new ArgumentRenderer(Filters.standard()).render(step, RUN),
            configuration.connections());
  }

  private Message message(String keys) {
    return step(keys).draft().compose(RUN.values());
  }

  private List<String> problems(String keys) {
    return catchThrowableOfType(InvalidJobFile.class, () -> load(keys)).problems().stream()
        .map(problem -> problem.position().column() + " " + problem.message())
        .toList();
  }

  @Test
  void whatIsNotSaidIsAsUsual() {
    SendMailStep step = step("");
    assertThat(step.via().name()).isEqualTo("out");
    assertThat(step.dedupe()).isEmpty();
    assertThat(step.until()).isEqualTo(Until.ACCEPTED);
    assertThat(step.expiry()).isEmpty();
    assertThat(step.draft().subject()).isEqualTo("s");

    Message message = step.draft().compose(Map.of());
    assertThat(message.from().address()).isEqualTo("robot@acme.example");
    assertThat(addresses(message.to())).containsExactly("x@acme.example");
    assertThat(message.replyTo()).isEmpty();
    assertThat(message.cc()).isEmpty();
    assertThat(message.bcc()).isEmpty();
    assertThat(message.text()).isEmpty();
    assertThat(message.html()).isEmpty();
    assertThat(message.inlineParts()).isEmpty();
    assertThat(message.attachments()).isEmpty();
    assertThat(message.calendar()).isEmpty();
    assertThat(message.headers()).isEmpty();
    assertThat(message.priority()).isEqualTo(MessagePriority.NORMAL);
    assertThat(message.autoSubmitted()).contains(AutoSubmitted.AUTO_GENERATED);
    assertThat(message.envelope().sender().map(Address::address)).contains("robot@acme.example");
    assertThat(message.envelope().dsn()).isEmpty();
  }

  @Test
  void whoItIsFromAndTo() {
    Message message =
        message(
            "from: a@b.example, reply-to: [r@b.example, q@b.example], cc: c@b.example, bcc:"
                + " d@b.example");

    assertThat(message.from().address()).isEqualTo("a@b.example");
    assertThat(addresses(message.replyTo())).containsExactly("r@b.example", "q@b.example");
    assertThat(addresses(message.cc())).containsExactly("c@b.example");
    assertThat(addresses(message.bcc())).containsExactly("d@b.example");
  }

  @Test
  void textAndHtmlAreTwoFormsOfOneBody() {
    Message message = message("text: '${vars.v}', html: '<p>${vars.v}</p>'");

    assertThat(message.text()).contains("of the file");
    assertThat(message.html()).contains("<p>of the file</p>");
  }

  @Test
  void aTemplateBesideTheJobFileReadsWhatExpressionsCan() {
    write(
        "templates/report.html",
        """
        <title>not the subject</title>
        {{params.day}}:{{#steps.pull.files}} {{name}} {{size}} {{digest}}{{/steps.pull.files}}
        """);
    Message message = message("template: templates/report.html");

    assertThat(message.subject()).isEqualTo("s");
    assertThat(message.html().orElseThrow())
        .contains("2026-01-31: a&lt;b&gt;.csv 7 sha-256:aa c.csv 8 sha-256:cc");
    assertThat(message.text().orElseThrow()).contains("2026-01-31: a<b>.csv 7 sha-256:aa");
  }

  @Test
  void aTextTemplateAndItsImagesAreTaken() throws IOException {
    write("t.txt", "Hello {{run.id}}");
    assertThat(message("template: t.txt").text()).contains("Hello R1");

    Files.write(directory.resolve("logo.png"), new byte[] {1, 2, 3});
    write("i.html", "<img src='logo.png'>");
    assertThat(message("template: i.html").inlineParts())
        .singleElement()
        .extracting(part -> part.attachment().name())
        .isEqualTo("logo.png");
  }

  @Test
  void dataComesBeforeWhatExpressionsCanRead() {
    write(
        "t.txt",
        "{{#rows}}{{name}};{{/rows}} {{greeting}} {{run}}"
            + " {{#urgent}}!{{/urgent}}{{^calm}}?{{/calm}} {{deep.list.1}}");
    Message message =
        message(
            """
            template: t.txt, data: { rows: "${steps.pull.files}", greeting: "Day ${params.day}", run: mine,
                urgent: true, calm: false, deep: { list: [a, "${vars.v}"] } }
            """);

    assertThat(message.text()).contains("a<b>.csv;c.csv; Day 2026-01-31 mine !? of the file");
  }

  @Test
  void noSecretIsInWhatATemplateSees() {
    write("t.txt", "{{secrets.p}}");

    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> message("template: t.txt"))
        .withMessageContaining("secrets.p");
    assertThat(problems("template: t.txt, data: { x: '${secrets.p}' }"))
        .containsExactly(
            "93 a secret may stand only in a key that is made for one, such as \"password\"");
  }

  @Test
  void inlineFilesAreShownByTheHtml() throws IOException {
    Files.write(directory.resolve("logo.png"), new byte[] {1, 2, 3});
    List<InlinePart> parts =
        message("html: '<img src=\"cid:logo\">', inline: { logo: logo.png }").inlineParts();

    assertThat(parts).extracting(InlinePart::contentId).containsExactly("logo");
    assertThat(parts.get(0).attachment().open().readAllBytes()).containsExactly(1, 2, 3);
  }

  @Test
  void attachedFilesAreOnesOfThisMachine() throws IOException {
    Path file = write("a.csv", "1,2");
    List<Attachment> attachments = message("attach: \"%s\"".formatted(file)).attachments();

    assertThat(attachments).extracting(Attachment::name).containsExactly("a.csv");
    assertThat(attachments.get(0).open().readAllBytes()).asString().isEqualTo("1,2");
    assertThat(problems("attach: 'out:/x'"))
        .containsExactly("72 connection \"out\" is for mail and holds no files");
  }

  @Test
  void aCalendarNamesItsOwnMethod() {
    write("i.ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n");
    assertThat(message("calendar: i.ics").calendar().orElseThrow().method()).isEqualTo("REQUEST");

    write("n.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
    assertThatExceptionOfType(MailException.InvalidMessage.class)
        .isThrownBy(() -> message("calendar: n.ics"))
        .withMessage("calendar has no METHOD line");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "attach|attach: /nowhere/x",
        "template|template: x.html",
        "inline|html: h, inline: { x: x.png }",
        "calendar|calendar: x.ics"
      })
  void aFileThatIsNotThereIsNamedWhenTheStepRuns(String key, String keys) {
    SendMailStep step = step(keys);

    assertThatExceptionOfType(JobException.NotFound.class)
        .isThrownBy(() -> step.draft().compose(Map.of()))
        .withMessageContaining("\"" + key + "\": there is no file ")
        .withMessageContaining("/x");
  }

  @Test
  void headers() {
    assertThat(message("headers: { X-Ticket: '42', X-Day: '${params.day}' }").headers())
        .containsExactly(new Header("X-Ticket", "42"), new Header("X-Day", "2026-01-31"));
  }

  @ParameterizedTest
  @CsvSource({"high, HIGH", "normal, NORMAL", "low, LOW"})
  void priority(String word, MessagePriority priority) {
    assertThat(message("priority: " + word).priority()).isEqualTo(priority);
  }

  @Test
  void autoSubmitted() {
    assertThat(message("auto-submitted: auto-generated").autoSubmitted())
        .contains(AutoSubmitted.AUTO_GENERATED);
    assertThat(message("auto-submitted: no").autoSubmitted()).isEmpty();
    Message reply = message("auto-submitted: auto-replied");
    assertThat(reply.autoSubmitted()).contains(AutoSubmitted.AUTO_REPLIED);
    assertThat(reply.envelope().sender()).isEmpty();
  }

  @Test
  void whereBouncesGo() {
    assertThat(message("envelope-from: b@b.example").envelope().sender().map(Address::address))
        .contains("b@b.example");
    assertThat(message("null-sender: true").envelope().sender()).isEmpty();
    assertThat(message("null-sender: false, envelope-from: b@b.example").envelope().sender())
        .isPresent();
  }

  @Test
  void dsn() {
    assertThat(message("dsn: [failure, delay]").envelope().dsn())
        .contains(DsnRequest.of(DsnRequest.Notify.FAILURE, DsnRequest.Notify.DELAY));
    assertThat(message("dsn: never").envelope().dsn()).contains(DsnRequest.never());
  }

  @Test
  void howLongItIsStayedWith() {
    SendMailStep step = step("dedupe: 'd/${run.id}', wait: queued, expire: 2h");

    assertThat(step.dedupe()).contains("d/R1");
    assertThat(step.until()).isEqualTo(Until.QUEUED);
    assertThat(step.expiry()).isEqualTo(Optional.of(Duration.ofHours(2)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "template: t.txt, text: x|81 \"template\" is the body, and so is \"text\"; leave one out",
        "html: x, template: '${vars.v}.html'|64 \"template\" is the body, and so is \"html\"; leave"
            + " one out",
        "text: x, data: { a: b }|73 \"data\" is for a \"template\", and there is none",
        "text: x, inline: { a: b.png }|73 \"inline\" is shown in HTML: write \"html\" or a"
            + " \"template\", too",
        "template: t.md|74 \"template\" is a file that ends in .html, .htm or .txt, and not ",
        "envelope-from: a@b.example, null-sender: true|79 \"envelope-from\" says where bounces go,"
            + " and \"null-sender\" that none are wanted; leave one out",
        "expire: 6d|72 \"expire\" is longer than nothing and at most 5d",
        "dsn: [never, delay]|64 \"dsn: never\" stands alone",
        "dsn: sometimes|69 \"dsn\" is \"sometimes\", and must be one of success, failure, delay,"
            + " never",
        "headers: { Subject: x }|84 \"headers\": header Subject is written by what composes or by"
            + " servers, and cannot be given as a header",
        "headers: { Auto-Submitted: no }|9 header Auto-Submitted is set by the method for it and by"
            + " header(): use one",
        "priority: urgent|74 \"priority\" is \"urgent\", and must be one of high, normal, low",
        "auto-submitted: yes|80 \"auto-submitted\" is \"yes\", and must be one of auto-generated,"
            + " auto-replied, no",
        "null-sender: 1|77 \"null-sender\" is \"1\", and must be true or false",
        "reply-to: nobody|74 \"reply-to\" is no mail address: \"nobody\": address",
        "html: x, inline: { 'a/b': c.png }|90 inline content id holds a character that no content id"
            + " may",
        "sign: x|70 \"sign\" is a single value, and must be a mapping",
        "sign: { file: a.p12 }|64 \"sign\" needs the \"password\" of its file, a secret"
      })
  void whatContradictsItselfIsAMistakeOfTheFile(String keys, String problem) {
    assertThat(problems(keys)).singleElement().asString().startsWith(problem);
  }

  @Test
  void everyWrongAddressIsTold() {
    assertThat(problems("cc: [b, c@x.example, 'd@x.example, e@x.example'], envelope-from: f"))
        .hasSize(3)
        .anySatisfy(problem -> assertThat(problem).contains("\"b\""))
        .anySatisfy(problem -> assertThat(problem).contains("given apart"))
        .anySatisfy(problem -> assertThat(problem).contains("\"envelope-from\""));
  }

  @Test
  void whatOnlyARunCanTellIsRefusedThen() {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> message("template: '../${vars.v}/../t.html'"))
        .withMessageContaining("must not lead to \"..\"");
  }

  private static List<String> addresses(List<Address> list) {
    return list.stream().map(Address::address).toList();
  }
}
