package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the command line says of the job file's keys. */
class ExplainVerbTest {

  private static CommandLineRun explain(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "explain";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return CommandLineRun.of(Map.of(), line);
  }

  @Test
  void aKeyIsExplained() {
    CommandLineRun run = explain("copy.verify");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("copy.verify\n  What must have been proven")
        .contains("  holds       size, digest or read-back, or a mapping\n")
        .contains("  if absent   size\n")
        .contains("  example     verify: size\n")
        .contains("  stands at   jobs.NAME.steps.copy.verify, ")
        .contains("  keys        at-least  ");
  }

  @Test
  void aKindOfStepShowsItsKeysAndOutputs() {
    assertThat(explain("copy").out())
        .contains("  keys        from        Files, ")
        .contains("  outputs     bytes      the sum of the files' sizes\n");
  }

  @Test
  void anyNameStandsInThePlaceOfNames() {
    assertThat(explain("jobs.bank-statements.retry").out())
        .isEqualTo(explain("jobs.NAME.retry").out())
        .contains("stands at   defaults.retry, jobs.NAME.retry\n");
    assertThat(explain("jobs.a.steps[0].mail.send.subject").out()).startsWith("mail.send.subject");
  }

  @Test
  void aKeyOfSeveralMappingsIsExplainedForEach() {
    assertThat(explain("host").out())
        .contains("of types    ftp, ftps, http, https, sftp, waybill\n")
        .contains("of types    imap, smtp\n");
  }

  @Test
  void aSecretSaysThatItIsOne() {
    assertThat(explain("daemon.store.password").out())
        .contains("  secret      only \"${secrets.NAME}\" may stand here\n");
  }

  @Test
  void withoutAKeyThoseAtTheMarginAreListed() {
    assertThat(explain().out().lines().map(line -> line.replaceFirst(" .*", "")))
        .startsWith("version", "timezone", "daemon")
        .contains("jobs");
  }

  @Test
  void anUnknownKeyIsAnsweredWithTheNearest() {
    CommandLineRun run = explain("copy.verfy");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo("waybill: the job file has no key \"copy.verfy\"; did you mean copy.verify?\n");
    assertThat(explain("mail").err()).contains("did you mean mail.", "mail.send");
    assertThat(explain("zzzzzzzzzzzz").err()).contains("\"waybill explain\" lists those");
  }

  @Test
  void aProgramReadsKeysAsJson() {
    Map<String, Object> document =
        Json.readObject(explain("jobs.NAME.timeout", "-o", "json").out());

    assertThat(document).containsEntry("schema", "waybill.keys/1");
    assertThat(document.get("keys"))
        .isEqualTo(
            List.of(
                Map.of(
                    "name", "timeout",
                    "paths", List.of("defaults.timeout", "jobs.NAME.timeout"),
                    "holds", "a duration",
                    "required", false,
                    "secret", false,
                    "default", "1h",
                    "doc", "The longest running time of one attempt of one step.",
                    "example", "1h",
                    "keys", List.of())));
  }

  @Test
  void theWholeReferenceIsOnePage() {
    assertThat(explain("--page").out()).startsWith("# The job file: reference\n");
    assertThat(explain("--page", "copy").code()).isEqualTo(2);
  }

  @Test
  void theSchemaIsPrinted() {
    CommandLineRun run = CommandLineRun.of(Map.of(), "schema");

    assertThat(run.code()).isZero();
    assertThat(Json.readObject(run.out()))
        .containsEntry("$schema", "https://json-schema.org/draft/2020-12/schema")
        .containsEntry("additionalProperties", false);
    assertThat(CommandLineRun.of(Map.of(), "schema", "-o", "ndjson").out().lines()).hasSize(1);
  }
}
