package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.TextMatch;
import io.waybill.jobs.Trigger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys that say what starts a job besides its schedules. */
class TriggerKeysTest {
  private final List<Problem> warnings = new ArrayList<>();

  private Configuration load(String jobs) {
    return new JobFileLoader(
            FakeStepType.ALL, new SecretSources(Map.of(), s -> {}, w -> {}), warnings::add)
        .loadText(
            "orders.yml",
            """
            version: 1
            timezone: Europe/Paris
            secrets: { p: { env: P } }
            connections:
              bank: { type: ftps, host: ftp.bank.example, user: acme, password: "${secrets.p}" }
              mailbox: { type: imap, host: imap.acme.example, user: acme, password: "${secrets.p}" }
            calendars: { bank-days: { weekdays: [mon, tue, wed, thu, fri] } }
            vars: { out: /srv/out }
            jobs:
            """
                + jobs.indent(2),
            Path.of(""));
  }

  private List<Trigger> triggers(String trigger) {
    JobDefinition job =
        load("j:\n  trigger: " + trigger + "\n  steps: { copy: { from: /a, to: /b } }\n")
            .job("j")
            .orElseThrow();
    return job.triggers();
  }

  private List<String> problems(String jobs) {
    InvalidJobFile invalid = catchThrowableOfType(InvalidJobFile.class, () -> load(jobs));
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
  void whatIsNotSaidOfFilesIsAsUsual() {
    assertThat(triggers("{ files: { dir: \"${vars.out}\" } }"))
        .containsExactly(
            new Trigger.FilesArrive(
                "/srv/out",
                new Trigger.FileChoice(Optional.empty(), List.of(), false, Trigger.Order.NAME),
                new Trigger.Finished(Optional.of(Duration.ofSeconds(5)), Optional.empty()),
                new Trigger.Intake(Duration.ofSeconds(10), 100, 5),
                Optional.empty()));
  }

  @Test
  void everyKeyOfFilesIsRead() {
    Trigger.FilesArrive files =
        (Trigger.FilesArrive)
            triggers(
                    """
                    { files: { dir: "bank:/out", match: { regex: "^A" }, exclude: "*.bak", recursive: true,
                        done-file: "{name}.done", order: oldest, poll-every: 1m, batch: 7,
                        quarantine-after: 2, quiet: { alert-after: 26h, during: bank-days } } }""")
                .get(0);
    assertThat(files.directory()).isEqualTo("bank:/out");
    assertThat(files.choice())
        .isEqualTo(
            new Trigger.FileChoice(
                Optional.of(new TextMatch.Regex("^A")),
                List.of("*.bak"),
                true,
                Trigger.Order.OLDEST));
    assertThat(files.finished())
        .isEqualTo(new Trigger.Finished(Optional.empty(), Optional.of("{name}.done")));
    assertThat(files.intake()).isEqualTo(new Trigger.Intake(Duration.ofMinutes(1), 7, 2));
    assertThat(files.quiet().orElseThrow().alertAfter()).isEqualTo(Duration.ofHours(26));
    assertThat(files.quiet().orElseThrow().during().orElseThrow().name()).isEqualTo("bank-days");
  }

  @Test
  void aDoneFileAndATimeMayStandTogether() {
    Trigger.FilesArrive files =
        (Trigger.FilesArrive)
            triggers("{ files: { dir: /a, done-file: \"{name}.ok\", settle: 0s } }").get(0);
    assertThat(files.finished())
        .isEqualTo(new Trigger.Finished(Optional.of(Duration.ZERO), Optional.of("{name}.ok")));
  }

  @Test
  void whatIsNotSaidOfMailIsAsUsual() {
    assertThat(triggers("{ mail: { mailbox: mailbox } }"))
        .containsExactly(
            new Trigger.MailArrives(
                new Trigger.Folder("mailbox", "INBOX"),
                new Trigger.MailChoice(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                new Trigger.Watching(true, Trigger.Start.NOW),
                new Trigger.Intake(Duration.ofMinutes(5), 100, 5),
                Optional.empty()));
  }

  @Test
  void everyKeyOfMailIsRead() {
    Trigger.MailArrives mail =
        (Trigger.MailArrives)
            triggers(
                    """
                    { mail: { mailbox: "mailbox:Orders/New", match: { subject: "*order*", from: [a@b.example, "*@c.example"],
                        to: { regex: "^orders@" }, has-attachment: "*" }, watch: poll, poll-every: 2m,
                        start-from: unseen, batch: 1, quarantine-after: 9, quiet: { alert-after: 1h } } }""")
                .get(0);
    assertThat(mail.folder()).isEqualTo(new Trigger.Folder("mailbox", "Orders/New"));
    assertThat(mail.choice())
        .isEqualTo(
            new Trigger.MailChoice(
                Optional.of(new TextMatch.Patterns(List.of("*order*"))),
                Optional.of(new TextMatch.Patterns(List.of("a@b.example", "*@c.example"))),
                Optional.of(new TextMatch.Regex("^orders@")),
                Optional.of(new TextMatch.Patterns(List.of("*")))));
    assertThat(mail.watching()).isEqualTo(new Trigger.Watching(false, Trigger.Start.UNSEEN));
    assertThat(mail.intake()).isEqualTo(new Trigger.Intake(Duration.ofMinutes(2), 1, 9));
    assertThat(mail.quiet()).contains(new Trigger.Quiet(Duration.ofHours(1), Optional.empty()));
  }

  @Test
  void aJobStartsAnotherByItsEnd() {
    Configuration configuration =
        load(
            """
            first:
              schedule: { daily: "02:30" }
              steps: { copy: { from: /a, to: /b } }
            second:
              trigger: { job: { name: first } }
              steps: { copy: { from: /a, to: /b } }
            third:
              schedule: { daily: "04:30" }
              trigger:
                - job: { name: first, when: [partial, failure] }
                - job: { name: second, when: success }
              steps: { copy: { from: /a, to: "/b/${trigger.job}/${trigger.run.id}" } }
            """);
    assertThat(configuration.job("second").orElseThrow().triggers())
        .containsExactly(new Trigger.JobEnds("first", Set.of(Trigger.Outcome.SUCCESS)));
    assertThat(configuration.job("third").orElseThrow().triggers())
        .containsExactly(
            new Trigger.JobEnds("first", Set.of(Trigger.Outcome.PARTIAL, Trigger.Outcome.FAILURE)),
            new Trigger.JobEnds("second", Set.of(Trigger.Outcome.SUCCESS)));
    assertThat(warnings).isEmpty();
  }

  @Test
  void noJobStartsItself() {
    assertThat(
            problems(
                """
                a: { trigger: { job: { name: c } }, steps: { copy: { from: /a, to: /b } } }
                b: { trigger: { job: { name: a, when: failure } }, steps: { copy: { from: /a, to: /b } } }
                c: { trigger: { job: { name: b } }, steps: { copy: { from: /a, to: /b } } }
                d: { trigger: { job: { name: d } }, steps: { copy: { from: /a, to: /b } } }
                e: { trigger: { job: { name: a } }, steps: { copy: { from: /a, to: /b } } }
                """))
        .containsExactly(
            "10:32 these jobs start one another for ever: a -> b -> c -> a; take one of the triggers"
                + " away",
            "13:32 job \"d\" would be started by its own end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 11:14 \"trigger\" is an empty list: say what starts the job, or leave the key out",
        "{} | 11:14 a trigger has exactly one of files, mail, job; several make a list",
        "{ files: { dir: /a }, job: { name: j } } | 11:36 a trigger has exactly one of files, mail,"
            + " job; several make a list",
        "{ webhook: {} } | 11:16 \"webhook\" is not supported by this version yet, in \"trigger\" of"
            + " job \"j\"",
        "{ file: { dir: /a } } | 11:16 unknown key \"file\" in \"trigger\" of job \"j\" => files",
        "{ files: {} } | 11:16 key \"dir\" is missing in \"files\" of \"trigger\" of job \"j\"",
        "{ files: { dir: nowhere:/x } } | 11:30 unknown connection \"nowhere\"",
        "{ files: { dir: mailbox:/x } } | 11:30 connection \"mailbox\" is of type imap and has no"
            + " files",
        "{ files: { dir: '/a/*.xml' } } | 11:30 \"dir\" is one directory, and no pattern:"
            + " \"/a/*.xml\"; say with \"match\" which of its files count",
        "{ files: { dir: /a, match: { regex: '(' } } } | 11:41 \"match\" is not a regular"
            + " expression: Unclosed group: (",
        "{ files: { dir: /a, match: [] } } | 11:41 \"match\" is an empty list: nothing would fit",
        "{ files: { dir: /a, settle: 25h } } | 11:42 \"settle\" is from 0s to 1d",
        "{ files: { dir: /a, poll-every: 0s } } | 11:46 \"poll-every\" is from 1s to 1d",
        "{ files: { dir: /a, batch: 0 } } | 11:41 \"batch\" is from 1 to 10000, and not 0",
        "{ files: { dir: /a, quarantine-after: 1001 } } | 11:52 \"quarantine-after\" is from 1 to"
            + " 1000, and not 1001",
        "{ files: { dir: /a, order: newest } } | 11:41 \"order\" is \"newest\", and must be one of"
            + " name, oldest",
        "{ files: { dir: /a, done-file: done } } | 11:45 \"done-file\" is made from one {name} and"
            + " something else, and not \"done\"; write {name}.done",
        "{ files: { dir: /a, done-file: 'x/{name}' } } | 11:45 \"done-file\" is a name beside the"
            + " file, and no path: \"x/{name}\"",
        "{ files: { dir: /a, quiet: { during: bank-days } } } | 11:34 key \"alert-after\" is missing"
            + " in \"quiet\" of \"files\" of \"trigger\" of job \"j\"",
        "{ files: { dir: /a, quiet: { alert-after: 30s } } } | 11:56 \"alert-after\" is from 1m to"
            + " 366d",
        "{ files: { dir: /a, quiet: { alert-after: 1h, during: bank } } } | 11:68 unknown calendar"
            + " \"bank\"; define it under \"calendars\"",
        "{ mail: { mailbox: bank } } | 11:33 connection \"bank\" is of type ftps, and a mailbox is in"
            + " one of type imap",
        "{ mail: { mailbox: mailbox, match: { has-attachment: true } } } | 11:67 \"has-attachment\""
            + " is a pattern of an attachment's name, and not true or false; write \"*\" for any",
        "{ mail: { mailbox: mailbox, match: { subject: { regex: '[' } } } } | 11:60 \"subject\" is"
            + " not a regular expression: Unclosed character class: [",
        "{ mail: { mailbox: mailbox, watch: push } } | 11:49 \"watch\" is \"push\", and must be one"
            + " of idle, poll",
        "{ job: { name: k } } | 11:29 unknown job \"k\"",
        "{ job: { name: j, when: [] } } | 11:38 \"when\" is an empty list: no end would count",
        "{ job: { name: j, when: cancelled } } | 11:38 \"when\" is \"cancelled\", and must be one of"
            + " success, partial, failure"
      })
  void aMistakeIsToldAtItsPlace(String trigger, String problem) {
    assertThat(
            problems("j:\n  trigger: " + trigger + "\n  steps: { copy: { from: /a, to: /b } }\n"))
        .contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "files: { dir: /x } | trigger.messages | \"trigger\" has no \"messages\"",
        "files: { dir: /x } | trigger.run.id | \"trigger\" has no \"run\"",
        "mail: { mailbox: mailbox } | trigger.files | \"trigger\" has no \"files\"",
        "job: { name: other } | trigger.run | \"trigger.run\" is not a value; it has: date, id,"
            + " scheduled-date, state, summary",
      })
  void aStepSeesWhatTheKindOfTriggerGives(String trigger, String path, String problem) {
    assertThat(
            problems(
                """
                other: { steps: { copy: { from: /a, to: /b } } }
                j:
                  trigger: { %s }
                  steps: { copy: { from: /a, to: "/b/${%s}" } }
                """
                    .formatted(trigger, path)))
        .singleElement()
        .asString()
        .contains(problem);
  }

  @Test
  void aJobWithoutATriggerSeesNothingOfOne() {
    assertThat(problems("j: { steps: { copy: { from: \"${trigger.files}\", to: /b } } }\n"))
        .containsExactly("10:32 \"trigger\" is known in a job that has a \"trigger\" only");
  }

  @Test
  void nobodyWhoHearsOfAQuietSourceIsAWarning() {
    triggers("{ files: { dir: /a, quiet: { alert-after: 1h } } }");
    assertThat(warnings)
        .extracting(Problem::message)
        .contains(
            "nobody hears of it when this job's source is quiet; say who with notify: { quiet: { to:"
                + " [...] } }");
  }
}
