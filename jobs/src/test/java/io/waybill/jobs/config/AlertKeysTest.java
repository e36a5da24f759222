package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.AnomalyPolicy;
import io.waybill.jobs.AnomalyPolicy.Reaction;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Due;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.NotifyPolicy;
import io.waybill.jobs.NotifyPolicy.FailureRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys that say who hears of what, on which way, and by when a job is due. */
class AlertKeysTest {
  @TempDir Path directory;

  private final List<Problem> warnings = new ArrayList<>();

  private Configuration load(String alerts, String defaults, String job) {
    return new JobFileLoader(
            FakeStepType.ALL,
            new SecretSources(Map.of("S", "s3cret"), s -> {}, w -> {}),
            warnings::add)
        .loadText(
            "orders.yml",
            """
            version: 1
            timezone: Europe/Paris
            secrets: { s: { env: S } }
            connections:
              bank: { type: ftps, host: ftp.bank.example, user: acme, password: "${secrets.s}" }
              outgoing: { type: smtp, host: smtp.acme.example, user: acme, password: "${secrets.s}", from: robot@acme.example }
              bare: { type: smtp, host: smtp.acme.example, user: acme, password: "${secrets.s}" }
            calendars: { bank-days: { weekdays: [mon, tue, wed, thu, fri] } }
            alerts: %s
            defaults: %s
            jobs:
              j:
                %s
                steps: { copy: { from: /a, to: /b } }
            """
                .formatted(alerts, defaults, job),
            directory);
  }

  private AlertChannel channel(String keys) {
    return load("{ x: { " + keys + " } }", "{}", "enabled: true").alerts().get(0);
  }

  private JobDefinition job(String defaults, String job) {
    return load(
            "{ ops: { type: mail, via: outgoing, to: ops@acme.example }, pager: { type: command, command: page } }",
            defaults,
            job)
        .job("j")
        .orElseThrow();
  }

  private List<String> problems(String alerts, String defaults, String job) {
    InvalidJobFile invalid =
        catchThrowableOfType(InvalidJobFile.class, () -> load(alerts, defaults, job));
    return invalid.problems().stream()
        .filter(problem -> problem.severity() == Problem.Severity.ERROR)
        .map(
            problem ->
                problem.position().line()
                    + ":"
                    + problem.position().column()
                    + " "
                    + problem.message()
                    + problem.suggestion().map(near -> " => " + near).orElse(""))
        .toList();
  }

  @Test
  void aMailIsFromTheConnectionsAuthorUnlessItSaysAnother() {
    assertThat(channel("type: mail, via: outgoing, to: [a@b.example, c@d.example]"))
        .isEqualTo(
            new AlertChannel.Mail(
                "x", "outgoing", "robot@acme.example", List.of("a@b.example", "c@d.example")));
    assertThat(channel("type: mail, via: bare, to: a@b.example, from: night@acme.example"))
        .isEqualTo(
            new AlertChannel.Mail("x", "bare", "night@acme.example", List.of("a@b.example")));
  }

  @Test
  void aWebhooksAddressIsASecretOrKnownToAll() throws IOException {
    Files.writeString(directory.resolve("alert.json"), "{}");
    AlertChannel.Webhook hidden =
        (AlertChannel.Webhook)
            channel(
                "type: webhook, url: \"${secrets.s}\", format: mattermost, headers: { X-Team: ops },"
                    + " secret-headers: { X-Key: \"${secrets.s}\" }");
    assertThat(hidden.address())
        .isInstanceOfSatisfying(
            AlertChannel.Address.Hidden.class,
            address -> assertThat(address.url().get()).isEqualTo("s3cret"));
    assertThat(hidden.form())
        .isEqualTo(new AlertChannel.Form.Chat(AlertChannel.Service.MATTERMOST));
    assertThat(hidden.headers()).containsExactly(Map.entry("X-Team", "ops"));
    assertThat(hidden.secretHeaders()).containsOnlyKeys("X-Key");

    AlertChannel.Webhook plain =
        (AlertChannel.Webhook)
            channel(
                "type: webhook, url: \"http://alerts.acme.example/in?x=1\", template: alert.json");
    assertThat(plain.address())
        .isEqualTo(new AlertChannel.Address.Plain("http://alerts.acme.example/in?x=1"));
    assertThat(plain.form())
        .isEqualTo(new AlertChannel.Form.Generic(Optional.of(directory.resolve("alert.json"))));
    assertThat(warnings).extracting(Problem::message).noneMatch(words -> words.contains("post"));
  }

  @Test
  void aChatServicesAddressInClearIsAWarning() {
    channel("type: webhook, format: slack, url: \"https://hooks.slack.example/services/T0/B0/x\"");
    assertThat(warnings)
        .extracting(Problem::message)
        .contains(
            "whoever knows the address of a webhook of slack may post there; keep it as a secret,"
                + " url: \"${secrets.NAME}\"");
  }

  @Test
  void aCommandHasItsArgumentsAndAnEnvironmentOfItsOwn() {
    AlertChannel.Command command =
        (AlertChannel.Command)
            channel(
                "type: command, command: [notify-ops, --urgent], env: { LC_ALL: C }, secret-env: {"
                    + " KEY: \"${secrets.s}\" }, timeout: 5s");
    assertThat(command.command()).containsExactly("notify-ops", "--urgent");
    assertThat(command.environment()).containsExactly(Map.entry("LC_ALL", "C"));
    assertThat(command.secretEnvironment()).containsOnlyKeys("KEY");
    assertThat(command.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(((AlertChannel.Command) channel("type: command, command: page")).timeout())
        .isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void nobodyHearsOfAnythingUnlessTheFileSaysSo() {
    JobDefinition job = load("{}", "{}", "enabled: true").job("j").orElseThrow();
    assertThat(job.notifyPolicy()).isEqualTo(NotifyPolicy.NOBODY);
    assertThat(job.anomalies()).isEqualTo(AnomalyPolicy.OFF);
    assertThat(job.due()).isEmpty();
    assertThat(warnings)
        .extracting(Problem::message)
        .noneMatch(words -> words.startsWith("nobody hears"));
  }

  @Test
  void aJobsPartReplacesThatOfDefaultsAndTheOthersStay() {
    JobDefinition job =
        job(
            "{ notify: { failure: { to: ops, after: 3, within: 20m, repeat-every: 1h }, recovery: { to:"
                + " ops }, anomaly: { to: [ops, pager] } }, anomalies: { bytes: fail, min-runs: 20 } }",
            "notify: { failure: { to: pager }, recovery: { to: [] }, quiet: { to: ops }, overdue: { to:"
                + " pager } }\n    anomalies: { duration: warn, latency: warn, files: fail }");
    assertThat(job.notifyPolicy())
        .isEqualTo(
            new NotifyPolicy(
                new FailureRule(List.of("pager"), 1, Optional.empty(), Optional.empty()),
                List.of(),
                List.of("pager"),
                List.of("ops"),
                List.of("ops", "pager")));
    assertThat(job.anomalies())
        .isEqualTo(
            new AnomalyPolicy(Reaction.WARN, Reaction.FAIL, Reaction.FAIL, Reaction.WARN, 20));
  }

  @ParameterizedTest
  @CsvSource({
    "\"06:00\", PT0S, 06:00, false",
    "\"06:00:30\", PT0S, 06:00:30, false",
    "26h, PT26H, , false",
    "{ by: \"23:59\" }, PT0S, 23:59, false",
    "'{ by: \"06:00\", calendar: bank-days }', PT0S, 06:00, true",
    "'{ within: 2d, calendar: bank-days }', PT48H, , true"
  })
  void aJobIsDueByATimeOfDayOrWithinATime(
      String text, Duration within, LocalTime time, boolean hasCalendar) {
    Due due = job("{ notify: { overdue: { to: ops } } }", "due: " + text).due().orElseThrow();
    if (due instanceof Due.Daily daily) {
      assertThat(daily.time()).isEqualTo(time);
      assertThat(daily.days().isPresent()).isEqualTo(hasCalendar);
    } else {
      Due.Within length = (Due.Within) due;
      assertThat(length.length()).isEqualTo(within);
      assertThat(length.days().isPresent()).isEqualTo(hasCalendar);
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void aJobThatIsDueAndOfWhichNobodyHearsIsAWarning() {
    job("{}", "due: \"06:00\"");
    assertThat(warnings)
        .extracting(problem -> problem.position().line() + " " + problem.message())
        .contains(
            "13 nobody hears of it when this job is overdue; say who with notify: { overdue: { to:"
                + " [...] } }");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "to: a@b.example | 9:11 alert channel \"x\" needs a \"type\": one of mail, webhook, command",
        "type: sms | 9:22 unknown type of alert channel \"sms\"; there are: mail, webhook, command",
        "type: mial, via: outgoing | 9:22 unknown type of alert channel \"mial\"; there are: mail,"
            + " webhook, command => mail",
        "type: mail, via: outgoing | 9:11 key \"to\" is missing in alert channel \"x\"",
        "type: mail, via: outgoing, to: [] | 9:47 \"to\" names nobody",
        "type: mail, via: outgoing, to: nobody | 9:47 \"to\" is no mail address: \"nobody\": address is"
            + " not one mail address",
        "type: mail, via: outgong, to: a@b.example | 9:33 unknown connection \"outgong\" =>"
            + " outgoing",
        "type: mail, via: bank, to: a@b.example | 9:33 connection \"bank\" is of type ftps, and mail"
            + " leaves by one of type smtp",
        "type: mail, via: bare, to: a@b.example | 9:33 nothing says who sends the mail: connection"
            + " \"bare\" has no \"from\"; write one here or there",
        "type: webhook | 9:11 key \"url\" is missing in alert channel \"x\"",
        "type: webhook, url: \"${secrets.t}\" | 9:36 unknown secret \"t\"; define it under"
            + " \"secrets\"",
        "type: webhook, url: \"https://a.example/${secrets.s}\" | 9:36 \"url\" is a secret as a whole,"
            + " or none: write \"${secrets.NAME}\" alone, and keep all of the text in that secret",
        "type: webhook, url: ftp://a.example/ | 9:36 \"url\" is no address of a web server: write"
            + " https://HOST/PATH, without a password in it, or \"${secrets.NAME}\"",
        "type: webhook, url: https://a:b@c.example/ | 9:36 \"url\" is no address of a web server:"
            + " write https://HOST/PATH, without a password in it, or \"${secrets.NAME}\"",
        "type: webhook, url: https://a.example/, format: slak | 9:64 \"format\" is \"slak\", and must"
            + " be one of generic, slack, teams, mattermost => slack",
        "type: webhook, url: https://a.example/, format: teams, template: x.json | 9:71 \"template\""
            + " belongs to format: generic, and means nothing with teams",
        "type: webhook, url: https://a.example/, headers: { X: \"${secrets.s}\" } | 9:71 a secret may"
            + " stand only in a key that is made for one, such as \"password\"",
        "type: webhook, url: https://a.example/, headers: { \"X Y\": z } | 9:65 \"headers\" has the name"
            + " \"X Y\"; use letters, digits and \"-\"",
        "type: command, command: page, env: { 1A: z } | 9:51 \"env\" has the name \"1A\"; use letters,"
            + " digits and \"_\", no digit first",
        "type: command, command: [] | 9:40 \"command\" names no program",
        "type: command, command: notify --now | 9:40 \"command\" is a program and its arguments, each"
            + " for itself, as no shell reads them: [notify, --now]",
        "type: command, command: page, timeout: 11m | 9:55 \"timeout\" is longer than nothing, and at"
            + " most 10m",
        "type: command, command: page, secret-env: { A: x } | 9:63 \"A\" takes no value in this file,"
            + " only a reference: \"${secrets.NAME}\", with NAME defined under \"secrets\""
      })
  void aMistakeOfAChannelIsToldAtItsPlace(String keys, String problem) {
    assertThat(problems("{ x: { " + keys + " } }", "{}", "enabled: true")).contains(problem);
  }

  @Test
  void aTemplateMustBeThere() {
    assertThat(
            problems(
                "{ x: { type: webhook, url: \"${secrets.s}\", template: none.json } }",
                "{}",
                "enabled: true"))
        .containsExactly(
            "9:62 \"template\": there is no file \"none.json\"; it is looked for in " + directory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": [\"${alert.nope}\"]} | there is no ${alert.nope}; there are: id, at,",
        "{\"a\": \"${alert.subject\"} | ${alert.subject is no ${alert.NAME}; there are: id, at,",
        "{\"a\" | that is not a JSON object"
      })
  void aTemplateThatCouldNotBeFilledIsTold(String template, String problem) throws IOException {
    Files.writeString(directory.resolve("bad.json"), template);
    assertThat(
            problems(
                "{ x: { type: webhook, url: \"${secrets.s}\", template: bad.json } }",
                "{}",
                "enabled: true"))
        .singleElement()
        .asString()
        .startsWith("9:62 the template " + directory.resolve("bad.json") + ": ")
        .contains(problem);
  }

  @Test
  void aChannelsNameIsOneThatRulesCanUse() {
    assertThat(
            problems(
                "{ \"a b\": { type: command, command: page } }",
                "{ notify: { recovery: { to: [\"a b\"] } } }",
                "enabled: true"))
        .singleElement()
        .asString()
        .startsWith("9:11 an alert channel cannot be called \"a b\"; use letters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "notify: { failure: {} } | 13:15 key \"to\" is missing in \"failure\" of \"notify\" of job"
            + " \"j\"",
        "notify: { failure: { to: [ops, oops] } } | 13:36 there is no alert channel \"oops\" => ops",
        "notify: { recovry: { to: ops } } | 13:15 unknown key \"recovry\" in \"notify\" of job \"j\""
            + " => recovery",
        "notify: { failure: { to: ops, after: 0 } } | 13:42 \"after\" is from 1 to 1000, and not 0",
        "notify: { failure: { to: ops, within: 20m } } | 13:35 \"within\" means nothing with the"
            + " first failure; say with \"after\" how many it takes",
        "notify: { failure: { to: ops, after: 2, within: 5s } } | 13:53 \"within\" is from 1m to 366d",
        "notify: { failure: { to: ops, repeat-every: 1s } } | 13:49 \"repeat-every\" is from 1m to"
            + " 366d",
        "notify: { overdue: { to: \"${secrets.s}\" } } | 13:31 a secret may stand only in a key that is"
            + " made for one, such as \"password\"",
        "anomalies: { bytes: maybe } | 13:25 \"bytes\" is \"maybe\", and must be one of off, warn, fail",
        "anomalies: { min-runs: 0 } | 13:28 \"min-runs\" is from 1 to 100, and not 0",
        "anomalies: { min-runs: 101 } | 13:28 \"min-runs\" is from 1 to 100, and not 101",
        "due: nonsense | 13:10 \"due\" is neither a time of day nor a duration: \"nonsense\"; write"
            + " \"06:00\" or 26h",
        "due: '24:00' | 13:10 \"due\" is neither a time of day nor a duration: \"24:00\"; write"
            + " \"06:00\" or 26h",
        "due: 10s | 13:10 the time in which a job is due is from 1m to 366d",
        "due: [a] | 13:10 \"due\" is a list, and must be a text or a mapping",
        "due: {} | 13:10 \"due\" has exactly one of by, a time of day, and within, a duration",
        "due: { by: '06:00', within: 1h } | 13:25 \"due\" has exactly one of by, a time of day, and"
            + " within, a duration",
        "due: { by: 6am } | 13:16 \"by\" is not a time of day: \"6am\"; write \"06:00\"",
        "due: { by: '06:00', calendar: bank } | 13:35 unknown calendar \"bank\"; define it under"
            + " \"calendars\""
      })
  void aMistakeOfARuleIsToldAtItsPlace(String keys, String problem) {
    assertThat(problems("{ ops: { type: mail, via: outgoing, to: ops@acme.example } }", "{}", keys))
        .contains(problem);
  }

  @Test
  void withoutAnyChannelItIsSaidWhereTheyAreDefined() {
    assertThat(problems("{}", "{ notify: { recovery: { to: ops } } }", "enabled: true"))
        .containsExactly(
            "10:39 there is no alert channel \"ops\"; define it beside \"jobs\", under \"alerts\"");
  }
}
