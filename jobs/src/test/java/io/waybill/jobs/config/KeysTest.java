package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.AlertChannel;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.HubLogin;
import io.waybill.jobs.Connection.Tls;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.Key;
import io.waybill.jobs.MailLogin;
import io.waybill.jobs.Parameter;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueType;
import io.waybill.mail.UnknownPolicy;
import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.HistoryPolicy.Keep;
import io.waybill.scheduler.MissedPolicy;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.RetryPolicy;
import io.waybill.scheduler.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every key once as written (mapping) and once left out (default). */
class KeysTest {
  private final JobFileLoader loader =
      new JobFileLoader(
          FakeStepType.ALL, new SecretSources(Map.of("P", "pw"), s -> {}, w -> {}), problem -> {});

  private Configuration load(String rest) {
    return loader.loadText("test.yml", "version: 1\ntimezone: UTC\n" + rest, Path.of("/etc/w"));
  }

  private JobDefinition job(String keys) {
    return load("jobs: { j: { steps: { copy: { from: /a, to: /b } }, " + keys + " } }")
        .job("j")
        .orElseThrow();
  }

  private Connection connection(String keys) {
    return load("secrets: { p: { env: P } }\nconnections: { cc: { " + keys + " } }")
        .connections()
        .find("cc")
        .orElseThrow();
  }

  @Test
  void aFileOfVersionAndZoneIsEnough() {
    Configuration configuration = load("");

    assertThat(configuration.zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(configuration.daemon()).isEqualTo(Configuration.Daemon.DEFAULTS);
    assertThat(configuration.vars()).isEmpty();
    assertThat(configuration.connections().names()).isEmpty();
    assertThat(configuration.jobs()).isEmpty();
  }

  @Test
  void daemon() {
    assertThat(load("daemon: {}").daemon()).isEqualTo(Configuration.Daemon.DEFAULTS);
    assertThat(load("daemon: { http: {} }").daemon()).isEqualTo(Configuration.Daemon.DEFAULTS);
    Configuration.Daemon daemon =
        load("daemon: { store: h2, rate: '08:00,1KiB/s 19:00,off', http: { listen: '[::1]:80' } }")
            .daemon();
    assertThat(daemon.store()).isEqualTo(new Configuration.Embedded());
    assertThat(daemon.listen().host()).isEqualTo("::1");
    assertThat(daemon.listen().port()).isEqualTo(80);
    assertThat(daemon.rate().bytesPerSecond(Instant.parse("2026-03-01T09:00:00Z"))).isEqualTo(1024);
  }

  @Test
  void node() {
    Configuration.Node node =
        load("daemon: { node: bank-1, check-in: 2s, threads: 3 }").daemon().node();

    assertThat(node)
        .isEqualTo(
            new Configuration.Node(
                Optional.of("bank-1"), Duration.ofSeconds(2), 3, Optional.empty()));
  }

  @Test
  void heartbeat() {
    assertThat(
            load("daemon: { heartbeat: { url: 'https://hc.example/a' } }")
                .daemon()
                .node()
                .heartbeat())
        .contains(
            new Configuration.Heartbeat(
                new AlertChannel.Address.Plain("https://hc.example/a"), Duration.ofMinutes(5)));
    Configuration.Heartbeat secret =
        load("secrets: { p: { env: P } }\ndaemon: { heartbeat: { url: '${secrets.p}', every: 30s } }")
            .daemon()
            .node()
            .heartbeat()
            .orElseThrow();
    assertThat(secret.url()).isInstanceOf(AlertChannel.Address.Hidden.class);
    assertThat(secret.every()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void limits() {
    Configuration configuration =
        load(
            """
            limits: { bank-ftp: 3 }
            jobs:
              a: { limit: bank-ftp, overlap: queue, steps: { copy: { from: /a, to: /b } } }
              b: { overlap: replace, steps: { copy: { from: /a, to: /b } } }
            """);

    JobDefinition a = configuration.job("a").orElseThrow();
    assertThat(a.limit()).contains(new ConcurrencyLimit("bank-ftp", 3));
    assertThat(a.overlap()).isEqualTo(OverlapPolicy.QUEUE);
    JobDefinition b = configuration.job("b").orElseThrow();
    assertThat(b.limit()).isEmpty();
    assertThat(b.overlap()).isEqualTo(OverlapPolicy.REPLACE);
  }

  @Test
  void outbox() {
    assertThat(load("daemon: { outbox: {} }").daemon().outbox())
        .isEqualTo(Configuration.Outbox.DEFAULTS);
    assertThat(
            load("daemon: { outbox: { messages: 10, size: 1MiB, expire: 5d, keep-content: 0s, keep-record: 2h, unknown: look-then-resend } }")
                .daemon()
                .outbox())
        .isEqualTo(
            new Configuration.Outbox(
                10,
                1 << 20,
                Duration.ofDays(5),
                Duration.ZERO,
                Duration.ofHours(2),
                UnknownPolicy.LOOK_THEN_RESEND));
  }

  @Test
  void each() {
    EachDefinition each =
        load("""
                jobs:
                  j:
                    each:
                      in: [north, "${job.name}"]
                      concurrency: 4
                      steps: { copy: { from: "/a/${item}", to: /b } }
                      on-success: { copy: { from: /a, to: /c } }
                      on-failure: { id: lost, copy: { from: /a, to: "/d/${run.error.class}" } }
                """)
            .job("j")
            .flatMap(JobDefinition::each)
            .orElseThrow();

    assertThat(each.in()).hasSize(2).first().isEqualTo("north");
    assertThat(each.in().get(1)).isInstanceOf(Template.class);
    assertThat(each.concurrency()).isEqualTo(4);
    assertThat(each.allSteps().map(StepDefinition::id))
        .containsExactly("each-copy", "each-on-success-copy", "lost");
    assertThat(job("enabled: true").each()).isEmpty();
    assertThat(job("each: { in: [x], steps: { copy: { from: /a, to: /b } } }").each())
        .map(EachDefinition::concurrency)
        .contains(1);
  }

  @Test
  void conditionOfAStep() {
    List<StepDefinition> steps =
        load("""
                vars: { x: "yes" }
                jobs:
                  j:
                    steps:
                      - { copy: { from: /a, to: /b } }
                      - { if: "${vars.x | eq('yes')}", copy: { from: /a, to: /b } }
                      - { if: false, copy: { from: /a, to: /b } }
                """)
            .job("j")
            .orElseThrow()
            .steps(Hook.STEPS);

    assertThat(steps)
        .extracting(step -> step.policy().condition().map(Template::source).orElse("none"))
        .containsExactly("none", "${vars.x | eq('yes')}", "false");
  }

  @Test
  void audit() {
    assertThat(load("daemon: { audit: {} }").daemon().keepAudit()).isEqualTo(Duration.ofDays(730));
    assertThat(load("daemon: { audit: { keep: 1d } }").daemon().keepAudit())
        .isEqualTo(Duration.ofDays(1));
  }

  @Test
  void history() {
    HistoryPolicy all = new HistoryPolicy(200, Duration.ofDays(90), Keep.ALL);
    assertThat(job("history: {}").history()).isEqualTo(all).isEqualTo(HistoryPolicy.DEFAULT);
    assertThat(job("history: { runs: 1, days: 2, keep: failures }").history())
        .isEqualTo(new HistoryPolicy(1, Duration.ofDays(2), Keep.FAILURES));
    assertThat(
            load("""
                defaults: { history: { days: 7, keep: failures } }
                jobs: { j: { history: { keep: all }, steps: { copy: { from: /a, to: /b } } } }
                """)
                .job("j")
                .orElseThrow()
                .history())
        .isEqualTo(new HistoryPolicy(200, Duration.ofDays(7), Keep.ALL));
  }

  @Test
  void theHashOfAJobFollowsWhatItSaysAndNotHowItIsWritten() {
    String job =
        "jobs: { j: { tags: [a, b], timeout: 5m, steps: { copy: { from: /a, to: /b } } } }";
    String hash = hash(job);
    assertThat(hash).matches("[0-9a-f]{64}");
    assertThat(hash("# comment\n\n" + job)).isEqualTo(hash);
    assertThat(
            hash(
                "jobs:\n  j:\n    timeout: '5m'\n    steps: { copy: { to: /b, from: /a } }\n    tags: [a, b]"))
        .isEqualTo(hash);
    assertThat(
            List.of(
                hash(job.replace("5m", "6m")),
                hash(job.replace("[a, b]", "[b, a]")),
                hash(job.replace("[a, b]", "[ab]")),
                hash(job.replace("/b", "/c")),
                hash("defaults: { timeout: 5m }\n" + job)))
        .doesNotContain(hash)
        .doesNotHaveDuplicates();
  }

  private String hash(String rest) {
    return load(rest).job("j").orElseThrow().definitionHash();
  }

  @Test
  void storeElsewhere() {
    Configuration.Store store =
        load("""
                secrets: { p: { env: P } }
                daemon: { store: { url: "jdbc:postgresql://h/d", user: u, password: "${secrets.p}" } }
                """)
            .daemon()
            .store();

    assertThat(store)
        .isInstanceOfSatisfying(
            Configuration.Jdbc.class,
            jdbc -> {
              assertThat(jdbc.url()).isEqualTo("jdbc:postgresql://h/d");
              assertThat(jdbc.login().orElseThrow().user()).isEqualTo("u");
              assertThat(jdbc.login().orElseThrow().password().get()).isEqualTo("pw");
            });
    assertThat(load("daemon: { store: { url: 'jdbc:h2:mem:x' } }").daemon().store())
        .isEqualTo(new Configuration.Jdbc("jdbc:h2:mem:x", Optional.empty()));
  }

  @Test
  void varsAreReadInConnections() {
    Configuration configuration =
        load("vars: { h: host.example }\nconnections: { cc: { type: smtp, host: 'a.${vars.h}' } }");

    assertThat(configuration.connections().find("cc").orElseThrow().host())
        .isEqualTo("a.host.example");
  }

  @Test
  void ftp() {
    Connection.Ftp given =
        (Connection.Ftp)
            connection(
                "type: ftp, host: h, port: 2121, tls: off, user: u, password: '${secrets.p}'");
    assertThat(List.of(given.name(), given.host(), given.port(), given.tls(), given.user()))
        .containsExactly("cc", "h", 2121, Tls.OFF, "u");
    assertThat(given.password().get()).isEqualTo("pw");
    assertThat(connection("type: ftp, host: h, tls: off, user: u, password: '${secrets.p}'").port())
        .isEqualTo(21);
    assertThat(given.trust()).isEqualTo(new Trust.Plaintext());
    assertThat(given.line()).isEqualTo(Connection.Line.USUAL);
  }

  @Test
  void ftps() {
    String login = ", user: u, password: '${secrets.p}'";
    Connection.Ftp explicit = (Connection.Ftp) connection("type: ftps, host: h" + login);
    assertThat(List.of(explicit.port(), explicit.tls(), explicit.trust()))
        .containsExactly(21, Tls.STARTTLS, new Trust.Public());
    assertThat(((Connection.Ftp) connection("type: ftp, host: h" + login)).tls())
        .isEqualTo(Tls.STARTTLS);
    Connection.Ftp implicit =
        (Connection.Ftp)
            connection(
                "type: ftps, host: h, tls: implicit, max-connections: 2, part-name: '{name}.{id}.tmp', pin: '"
                    + PIN
                    + "'"
                    + login);
    assertThat(List.of(implicit.port(), implicit.tls(), implicit.trust()))
        .containsExactly(990, Tls.IMPLICIT, new Trust.Pinned(PIN));
    assertThat(implicit.line().mostSessions()).hasValue(2);
    assertThat(implicit.line().parts().map(Object::toString)).hasValue("{name}.{id}.tmp");
  }

  @Test
  void everyServerOfFilesHasARateAndAProxy() {
    String line =
        ", rate: '08:00,1KiB/s 19:00,off', proxy: 'socks5://p:1080', proxy-user: me, proxy-password: '${secrets.p}'";
    String login = ", user: u, password: '${secrets.p}'";
    for (String kind :
        List.of(
            "type: ftp, host: h" + login,
            "type: ftps, host: h" + login,
            "type: sftp, host: h" + login,
            "type: http, host: h",
            "type: https, host: h",
            "type: waybill, host: h, user: u, key: '${secrets.p}'")) {
      Connection.Line read =
          loader
              .loadText(
                  "test.yml",
                  "version: 1\ntimezone: Europe/Paris\nsecrets: { p: { env: P } }\n"
                      + "connections: { cc: { %s%s } }".formatted(kind, line),
                  Path.of("/etc/w"))
              .connections()
              .find("cc")
              .orElseThrow()
              .line();
      // 08:30 in Paris, whose file it is
      assertThat(read.rate().orElseThrow().bytesPerSecond(Instant.parse("2026-01-31T07:30:00Z")))
          .as(kind)
          .isEqualTo(1024);
      assertThat(read.proxy().orElseThrow().url()).isEqualTo("socks5://p:1080");
      assertThat(read.proxy().orElseThrow().login().orElseThrow().password().get()).isEqualTo("pw");
    }
  }

  private static final String PIN = "sha-256:n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

  @Test
  void waybill() {
    Connection.Hub given = hub("host: h, port: 99, user: u, key: '${secrets.p}'");
    assertThat(List.of(given.host(), given.port(), given.login().whom().orElseThrow()))
        .containsExactly("h", 99, "u");
    assertThat(((HubLogin.Key) given.login()).key().name()).isEqualTo("p");
    assertThat(given.trust()).isEqualTo(new Trust.Public());
    assertThat(hub("host: h, user: u, key: '${secrets.p}'").port()).isEqualTo(7400);
  }

  @Test
  void howAWaybillServerIsKnown() {
    assertThat(hub("host: h, user: u, key: '${secrets.p}', pin: '" + PIN + "'").trust())
        .isEqualTo(new Trust.Pinned(PIN));
    assertThat(hub("host: h, user: u, key: '${secrets.p}', ca: /etc/ca.pem").trust())
        .isEqualTo(new Trust.Authority(Path.of("/etc/ca.pem")));
    assertThat(hub("host: h, user: u, key: '${secrets.p}', tls: on").trust())
        .isEqualTo(new Trust.Public());
    assertThat(hub("host: 127.0.0.1, user: u, key: '${secrets.p}', tls: off").trust())
        .isEqualTo(new Trust.Plaintext());
  }

  @Test
  void aCertificateLogsInAtAWaybillServer() {
    assertThat(hub("host: h, user: u, certificate: /c.pem, certificate-key: /k.pem").login())
        .isEqualTo(
            new HubLogin.Certificate(Optional.of("u"), Path.of("/c.pem"), Path.of("/k.pem")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "key: '${secrets.p}', pin: sha-256:short",
        "key: '${secrets.p}', pin: '" + PIN + "', ca: /ca.pem",
        "key: '${secrets.p}', tls: off, pin: '" + PIN + "'",
        "key: '${secrets.p}', certificate: /c.pem, certificate-key: /k.pem",
        "certificate: /c.pem",
        "tls: on"
      })
  void whatContradictsItselfAtAWaybillServerIsAMistake(String keys) {
    assertThatThrownBy(() -> hub("host: h, user: u, " + keys)).isInstanceOf(InvalidJobFile.class);
  }

  private Connection.Hub hub(String keys) {
    return (Connection.Hub) connection("type: waybill, " + keys);
  }

  @ParameterizedTest
  @CsvSource({
    "'', IMPLICIT, 993",
    "tls: implicit, IMPLICIT, 993",
    "tls: starttls, STARTTLS, 143",
    "tls: off, OFF, 143",
    "port: 7, IMPLICIT, 7"
  })
  void imap(String keys, Tls tls, int port) {
    String more = keys.isEmpty() ? "" : keys + ", ";
    Connection.Mailbox given =
        (Connection.Mailbox)
            connection("type: imap, host: h, " + more + "user: u, password: '${secrets.p}'");
    assertThat(given.tls()).isEqualTo(tls);
    assertThat(given.port()).isEqualTo(port);
    assertThat(given.login().user()).isEqualTo("u");
    assertThat(passwordOf(given.login()).name()).isEqualTo("p");
  }

  private static Secret passwordOf(MailLogin login) {
    return ((MailLogin.Password) login.proof()).secret();
  }

  @ParameterizedTest
  @CsvSource({
    "'', STARTTLS, 587",
    "tls: implicit, IMPLICIT, 465",
    "tls: starttls, STARTTLS, 587",
    "tls: off, OFF, 25",
    "port: 7, STARTTLS, 7"
  })
  void smtp(String keys, Tls tls, int port) {
    String more = keys.isEmpty() ? "" : ", " + keys;
    Connection.Outgoing given = (Connection.Outgoing) connection("type: smtp, host: h" + more);
    assertThat(given.tls()).isEqualTo(tls);
    assertThat(given.port()).isEqualTo(port);
    assertThat(given.login()).isEmpty();
    assertThat(given.from()).isEmpty();
    Connection.Outgoing full =
        (Connection.Outgoing)
            connection("type: smtp, host: h, user: u, password: '${secrets.p}', from: a@b" + more);
    assertThat(full.login().orElseThrow().user()).isEqualTo("u");
    assertThat(passwordOf(full.login().orElseThrow()).name()).isEqualTo("p");
    assertThat(full.from()).contains("a@b");
  }

  @Test
  void aJobOfStepsAloneHasTheDefaults() {
    JobDefinition job = job("");

    assertThat(job.enabled()).isTrue();
    assertThat(job.description()).isEmpty();
    assertThat(job.tags()).isEmpty();
    assertThat(job.zone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(job.schedules()).isEmpty();
    assertThat(job.parameters()).isEmpty();
    assertThat(job.timeout()).isEqualTo(Duration.ofHours(1));
    assertThat(job.overlap()).isEqualTo(OverlapPolicy.SKIP);
    assertThat(job.missed()).isEqualTo(MissedPolicy.runOnce());
    assertThat(job.retry()).isEqualTo(RetryPolicy.builder().build());
    assertThat(job.steps(Hook.ON_SUCCESS)).isEmpty();
    assertThat(job.steps(Hook.ON_FAILURE)).isEmpty();
    assertThat(job.steps(Hook.ALWAYS)).isEmpty();
  }

  @Test
  void aJobWithEveryKey() {
    JobDefinition job =
        job(
            """
            enabled: false, description: d, tags: one, timezone: Asia/Tokyo, timeout: 5m,
            overlap: allow, missed: { policy: skip }, schedule: { every: 5m },
            retry: { attempts: 2 }, params: { n: {} },
            on-success: { copy: { from: /c, to: /d } }, on-failure: [ { copy: { from: /c, to: /d } } ],
            always: [ { copy: { from: /c, to: /d } }, { copy: { from: /e, to: /f } } ]
            """);

    assertThat(job.enabled()).isFalse();
    assertThat(job.description()).isEqualTo("d");
    assertThat(job.tags()).containsExactly("one");
    assertThat(job.zone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    assertThat(job.timeout()).isEqualTo(Duration.ofMinutes(5));
    assertThat(job.overlap()).isEqualTo(OverlapPolicy.ALLOW);
    assertThat(job.missed()).isEqualTo(MissedPolicy.skip());
    assertThat(job.schedules()).containsExactly(new Schedule.Every(Duration.ofMinutes(5)));
    assertThat(job.retry().maxAttempts()).isEqualTo(2);
    assertThat(job.parameters())
        .containsExactly(new Parameter("n", Parameter.Type.TEXT, Optional.empty()));
    assertThat(job.steps(Hook.ON_SUCCESS)).extracting("id").containsExactly("on-success-copy");
    assertThat(job.steps(Hook.ON_FAILURE)).extracting("id").containsExactly("on-failure-copy");
    assertThat(job.steps(Hook.ALWAYS))
        .extracting("id")
        .containsExactly("always-copy", "always-copy-2");
  }

  @Test
  void schedules() {
    assertThat(
            job("""
                    schedule: [ { every: 90s }, { daily: "02:30" }, { cron: "5 4 * * 1-5" },
                    { at: "2026-01-31T02:30" }, { at: "2026-01-31T02:30+01:00" } ]
                    """)
                .schedules())
        .containsExactly(
            new Schedule.Every(Duration.ofSeconds(90)),
            new Schedule.Daily(LocalTime.of(2, 30)),
            new Schedule.Cron("5 4 * * 1-5"),
            new Schedule.At(LocalDateTime.of(2026, 1, 31, 2, 30)),
            new Schedule.AtInstant(Instant.parse("2026-01-31T01:30:00Z")));
  }

  @Test
  void missed() {
    assertThat(job("missed: { policy: run-once }").missed()).isEqualTo(MissedPolicy.runOnce());
    assertThat(job("missed: { policy: run-once, max-late: 1h }").missed())
        .isEqualTo(MissedPolicy.runOnce(Duration.ofHours(1)));
    assertThat(job("missed: { policy: run-all }").missed())
        .isEqualTo(MissedPolicy.runAll(10, Duration.ofHours(6)));
    assertThat(job("missed: { policy: run-all, at-most: 3, max-late: 2d }").missed())
        .isEqualTo(MissedPolicy.runAll(3, Duration.ofDays(2)));
  }

  @Test
  void retry() {
    assertThat(job("retry: {}").retry()).isEqualTo(RetryPolicy.builder().build());
    assertThat(
            job("""
                    retry: { attempts: 7, delay: 2s, multiplier: 1.5, max-delay: 1m, jitter: 50%,
                    when: [transient, permanent], give-up-after: 1d }
                    """)
                .retry())
        .isEqualTo(
            RetryPolicy.builder()
                .maxAttempts(7)
                .backoff(Duration.ofSeconds(2), Duration.ofMinutes(1), 1.5)
                .jitter(0.5)
                .when(Set.of(FailureClass.TRANSIENT, FailureClass.PERMANENT))
                .giveUpAfter(Duration.ofDays(1))
                .build());
    assertThat(job("retry: { delay: 1h }").retry())
        .isEqualTo(
            RetryPolicy.builder().backoff(Duration.ofHours(1), Duration.ofHours(1), 3).build());
  }

  @Test
  void aJobTakesFromTheDefaultsWhatItDoesNotSay() {
    JobDefinition job =
        load("""
                defaults: { timeout: 2h, overlap: allow, missed: { policy: skip }, retry: { attempts: 9, delay: 1s } }
                jobs: { j: { timeout: 3h, retry: { delay: 2s }, steps: { copy: { from: /a, to: /b } } } }
                """)
            .job("j")
            .orElseThrow();

    assertThat(job.timeout()).isEqualTo(Duration.ofHours(3));
    assertThat(job.overlap()).isEqualTo(OverlapPolicy.ALLOW);
    assertThat(job.missed()).isEqualTo(MissedPolicy.skip());
    assertThat(job.retry())
        .isEqualTo(
            RetryPolicy.builder()
                .maxAttempts(9)
                .backoff(Duration.ofSeconds(2), Duration.ofMinutes(10), 3)
                .build());
  }

  @Test
  void params() {
    assertThat(
            job("""
                    params: { a: { type: text, default: x }, b: { type: integer, default: 7 },
                    c: { type: date, default: 2026-01-31 }, d: { type: date } }
                    """)
                .parameters())
        .containsExactly(
            new Parameter("a", Parameter.Type.TEXT, Optional.of("x")),
            new Parameter("b", Parameter.Type.INTEGER, Optional.of(7L)),
            new Parameter("c", Parameter.Type.DATE, Optional.of(LocalDate.of(2026, 1, 31))),
            new Parameter("d", Parameter.Type.DATE, Optional.empty()));
  }

  @Test
  void theRegistryDocumentsEveryKey() {
    TopLevelKeys.all(FakeStepType.ALL).forEach(KeysTest::assertDocumented);
  }

  private static void assertDocumented(Key key) {
    assertThat(key.name()).matches("[a-z][a-z0-9.-]*");
    assertThat(key.doc()).as(key.name()).isNotBlank();
    assertDocumented(key.type());
  }

  private static void assertDocumented(ValueType type) {
    if (type instanceof ValueType.Group group) {
      group.keys().forEach(KeysTest::assertDocumented);
    } else if (type instanceof ValueType.ListOf list) {
      assertDocumented(list.element());
    } else if (type instanceof ValueType.MapOf map) {
      assertDocumented(map.value());
    } else if (type instanceof ValueType.AnyOf any) {
      any.types().forEach(KeysTest::assertDocumented);
    }
  }
}
