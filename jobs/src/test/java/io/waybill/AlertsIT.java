package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.waybill.jobs.Alert;
import io.waybill.jobs.Alert.Kind;
import io.waybill.jobs.Alert.State;
import io.waybill.jobs.JobException;
import io.waybill.jobs.alert.Alerts;
import io.waybill.jobs.alert.Outcome;
import io.waybill.jobs.json.Json;
import io.waybill.mail.MailException;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunTables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Who is told what: the rules over a store, restarts, and servers that are away. */
@Timeout(180)
class AlertsIT {
  private static final String TOLD =
      """
      schedule: { daily: "02:30" }
      due: "06:00"
      notify:
        failure:  { to: ops, repeat-every: 24h }
        recovery: { to: ops }
        overdue:  { to: ops }
      """;

  @TempDir Path directory;
  private AlertBench bench;

  @BeforeEach
  void start() {
    bench = new AlertBench(directory);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void restart(String alerts, String job) {
    bench.close(bench.rooms());
    bench.open(alerts, job);
  }

  @Test
  void aFailureIsToldOnceRemindedOfAndItsEndIsToldOverRestarts() {
    bench.open("", TOLD);
    bench.run(RunState.FAILED);
    bench.run(RunState.TIMED_OUT);
    restart("", TOLD);
    bench.run(RunState.PARTIAL);
    assertThat(bench.raised()).containsExactly(Kind.FAILURE);

    bench.clock.advance(Duration.ofHours(24));
    bench.look();
    bench.look();
    restart("", TOLD);
    bench.look();
    assertThat(bench.raised()).containsExactly(Kind.FAILURE, Kind.REMINDER);
    assertThat(bench.rooms().alerts().troubles())
        .singleElement()
        .satisfies(trouble -> assertThat(trouble.kind()).isEqualTo(Kind.FAILURE));

    bench.run(RunState.SUCCEEDED);
    bench.run(RunState.SUCCEEDED);
    assertThat(bench.raised()).containsExactly(Kind.FAILURE, Kind.REMINDER, Kind.RECOVERY);
    assertThat(bench.rooms().alerts().troubles()).isEmpty();
    Alert failure = bench.rooms().alerts().newest(Optional.of("nightly"), 3).get(2).alert();
    assertThat(failure.words().subject()).isEqualTo("nightly failed");
    assertThat(failure.words().text())
        .startsWith(
            "Run "
                + failure.about().run().orElseThrow()
                + " of nightly failed at 2026-01-12 12:01:00 UTC: the bank is closed\n")
        .contains("waybill logs");
    assertThat(bench.rooms().alerts().newest(Optional.of("other"), 3)).isEmpty();
  }

  @Test
  void whoRunsAJobByHandSeesHowItEndsAndASuccessOfHisEndsATrouble() {
    bench.open("", TOLD);
    bench.run(TriggerKind.MANUAL, RunState.FAILED);
    bench.run(TriggerKind.LOCAL, RunState.FAILED);
    bench.run(RunState.SKIPPED);
    bench.run(RunState.CANCELLED);
    assertThat(bench.raised()).isEmpty();

    bench.run(TriggerKind.EVENT, RunState.FAILED);
    bench.run(TriggerKind.MANUAL, RunState.SUCCEEDED);
    assertThat(bench.raised()).containsExactly(Kind.FAILURE, Kind.RECOVERY);
  }

  @Test
  void mailWaitsForItsServerOverARestartAndIsSentOnce() {
    bench.open("", TOLD);
    bench.rooms().startBackground();
    bench.run(RunState.FAILED);
    bench.rooms().alerts().deliver();
    await().until(() -> bench.delivery("ops").message().contains("in the outbox"));
    restart("", TOLD);
    bench.rooms().startBackground();
    bench.startMail();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              bench.clock.advance(Duration.ofMinutes(2));
              bench.rooms().alerts().deliver();
              return bench.delivery("ops").state() == State.SENT;
            });
    assertThat(bench.mails()).containsExactly("[waybill] nightly failed");
    bench.rooms().alerts().deliver();
    assertThat(bench.mails()).hasSize(1);
  }

  @Test
  void whatIsOverdueIsToldOnceOverARestartAndTheDeadlineBeforeTheJobWasSeenNever() {
    bench.open("", TOLD);
    bench.look();
    assertThat(bench.raised()).isEmpty();
    bench.close(bench.rooms());
    // two deadlines pass while nobody is there
    bench.clock.advance(Duration.ofHours(44));
    bench.open("", TOLD);
    bench.look();
    bench.look();
    restart("", TOLD);
    bench.look();
    assertThat(bench.raised()).containsExactly(Kind.OVERDUE);
    Alert overdue = bench.rooms().alerts().newest(Optional.empty(), 1).get(0).alert();
    assertThat(overdue.words().text())
        .startsWith("No run had succeeded by 2026-01-14 06:00:00 UTC");

    bench.run(TriggerKind.MANUAL, RunState.SUCCEEDED);
    assertThat(bench.raised()).containsExactly(Kind.OVERDUE, Kind.RECOVERY);
    bench.lookAt("2026-01-15T02:30:00Z");
    bench.run(RunState.SUCCEEDED);
    bench.lookAt("2026-01-15T06:00:30Z");
    assertThat(bench.raised()).hasSize(2);
    bench.lookAt("2026-01-16T06:00:30Z");
    assertThat(bench.raised()).containsExactly(Kind.OVERDUE, Kind.RECOVERY, Kind.OVERDUE);
  }

  @Test
  void aPausedJobIsNotOverdueAndTimeCountsFromWhenItGoesOn() {
    bench.open("", TOLD);
    bench.look();
    bench.pause("nightly");
    bench.look();
    bench.lookAt("2026-01-13T07:00:00Z");
    restart("", TOLD);
    bench.lookAt("2026-01-14T07:00:00Z");
    bench.pause();
    bench.look();
    assertThat(bench.raised()).isEmpty();
    bench.lookAt("2026-01-15T07:00:00Z");
    assertThat(bench.raised()).containsExactly(Kind.OVERDUE);
  }

  @Test
  void whatWasDueBeforeSomebodyLetAPausedJobGoOnIsNotMissedThoughNobodyHasSeenThePause() {
    bench.open("", TOLD);
    bench.look();
    bench.clock.advance(Duration.ofHours(20));
    bench.rooms().alerts().goesOn("nightly");
    bench.look();
    assertThat(bench.raised()).isEmpty();
    bench.clock.advance(Duration.ofHours(24));
    bench.look();
    assertThat(bench.raised()).containsExactly(Kind.OVERDUE);
  }

  @Test
  void aJobThatLeavesTheFileIsForgottenAndBeginsAnew() {
    bench.open("", TOLD);
    bench.run(RunState.FAILED);
    restart("", "description: nobody hears of it");
    bench.look();
    assertThat(bench.rooms().alerts().troubles()).isEmpty();
    restart("", TOLD);
    bench.run(RunState.FAILED);
    assertThat(bench.raised()).containsExactly(Kind.FAILURE, Kind.FAILURE);
  }

  @Test
  void aSilentSourceIsToldOnceAndThatSomethingCameAgain() throws Exception {
    String job =
        """
        trigger: { files: { dir: /srv/in, settle: 10s, quiet: { alert-after: 26h } } }
        notify: { quiet: { to: ops }, recovery: { to: ops } }
        """;
    bench.open("", job);
    bench.look();
    source(
        "insert into wb_source (job, id, name, first_at, last_at) values ('nightly', '%s', '/srv/in', timestamp with time zone '2026-01-01 00:00:00+00', timestamp with time zone '2026-01-12 13:00:00+00')"
            .formatted(bench.sourceId()));
    bench.lookAt("2026-01-13T14:59:00Z");
    assertThat(bench.raised()).isEmpty();
    bench.lookAt("2026-01-13T15:00:00Z");
    restart("", job);
    bench.lookAt("2026-01-14T15:00:00Z");
    assertThat(bench.raised()).containsExactly(Kind.QUIET);
    assertThat(bench.rooms().alerts().newest(Optional.empty(), 1).get(0).alert().words().text())
        .isEqualTo(
            "Nothing has come from /srv/in since 2026-01-12 13:00:00 UTC, and that is longer than 26h.");
    source("update wb_source set last_at = timestamp with time zone '2026-01-14 16:00:00+00'");
    bench.lookAt("2026-01-14T16:00:30Z");
    assertThat(bench.raised()).containsExactly(Kind.QUIET, Kind.RECOVERY);
  }

  private void source(String sql) throws Exception {
    try (Connection connection = bench.rooms().store().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  @Test
  void aWebhookIsTriedAgainUntilItAnswersAndItsAddressIsNeverShown() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger("io.waybill");
    log.start();
    logger.addAppender(log);
    AtomicInteger asked = new AtomicInteger();
    bench.web.at(
        "/hook/s3cr3t-Zz81",
        (exchange, body) ->
            (asked.incrementAndGet() < 3
                    ? WebFixture.status(500, "no /hook/s3cr3t-Zz81 today")
                    : WebFixture.status(200, "ok"))
                .to(exchange, body));
    String channel = "hook: { type: webhook, url: \"${secrets.hook}\", headers: { X-Team: ops } }";
    bench.open(channel, "notify: { failure: { to: hook } }");
    Run run = bench.run(RunState.FAILED);
    try {
      bench.rooms().alerts().deliver();
      await().until(() -> bench.delivery("hook").attempts() == 1);
      Alert.Delivery first = bench.delivery("hook");
      assertThat(first.nextAt()).contains(bench.clock.instant().plusSeconds(10));
      assertThat(first.message()).contains("500").doesNotContain("Zz81");
      bench.rooms().alerts().deliver();
      bench.clock.advance(Duration.ofSeconds(10));
      restart(channel, "notify: { failure: { to: hook } }");
      bench.rooms().alerts().deliver();
      await().until(() -> bench.delivery("hook").attempts() == 2);
      assertThat(bench.delivery("hook").nextAt()).contains(bench.clock.instant().plusSeconds(20));
      bench.clock.advance(Duration.ofSeconds(20));
      bench.rooms().alerts().deliver();
      await().until(() -> bench.delivery("hook").state() == State.SENT);
    } finally {
      logger.detachAppender(log);
    }
    assertThat(asked).hasValue(3);
    WebFixture.Asked last = bench.web.asked().get(2);
    assertThat(last.method()).isEqualTo("POST");
    assertThat(last.header("Content-Type")).isEqualTo("application/json");
    assertThat(last.header("X-Team")).isEqualTo("ops");
    assertThat(Json.readObject(last.body()))
        .containsEntry("schema", "waybill.alert/1")
        .containsEntry("kind", "failure")
        .containsEntry("job", "nightly")
        .containsEntry("run", run.id());
    assertThat(log.list).isNotEmpty();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("Zz81"));
  }

  @Test
  void whatNobodyTakesForADayIsGivenUpAndTold() {
    bench.open(
        "hook: { type: webhook, url: \"${secrets.hook}\" }", "notify: { failure: { to: hook } }");
    bench.run(RunState.FAILED);
    bench.clock.advance(Duration.ofHours(23));
    bench.rooms().alerts().deliver();
    await().until(() -> bench.delivery("hook").attempts() == 1);
    assertThat(bench.delivery("hook").state()).isEqualTo(State.WAITING);
    bench.clock.advance(Duration.ofHours(1));
    bench.rooms().alerts().deliver();
    await().until(() -> bench.delivery("hook").state() == State.FAILED);
    assertThat(bench.delivery("hook").message()).contains("404");
    assertThat(bench.rooms().alerts().load().failed()).isEqualTo(1);
    assertThat(bench.rooms().alerts().load().waiting()).isZero();
  }

  @Test
  void aCommandReadsTheAlertAndKnowsNoSecretsButItsOwn() throws Exception {
    Path out = directory.resolve("told");
    Path script = directory.resolve("tell.sh");
    Files.writeString(
        script, "cat > " + out + ".json; env > " + out + ".env; [ -f " + out + ".ok ] || exit 3\n");
    String channel =
        "siren: { type: command, command: [/bin/sh, \"%s\", \"a b\"], env: { LEVEL: loud }, secret-env: { PIN: \"${secrets.hook}\" } }"
            .formatted(script);
    bench.open(channel, "notify: { failure: { to: siren } }");
    Run run = bench.run(RunState.FAILED);
    bench.rooms().alerts().deliver();
    await().until(() -> bench.delivery("siren").attempts() == 1);
    assertThat(bench.delivery("siren").message()).isEqualTo("/bin/sh ended with exit code 3");
    Files.createFile(directory.resolve("told.ok"));
    bench.clock.advance(Duration.ofSeconds(10));
    bench.rooms().alerts().deliver();
    await().until(() -> bench.delivery("siren").state() == State.SENT);
    assertThat(Json.readObject(Files.readString(directory.resolve("told.json"))))
        .containsEntry("run", run.id());
    assertThat(Files.readString(directory.resolve("told.env")).lines())
        .contains("LEVEL=loud", "PIN=" + bench.web.url() + "/hook/s3cr3t-Zz81")
        .noneMatch(line -> line.startsWith("HOME=") || line.startsWith("USER="));
  }

  @Test
  void aCommandThatTakesTooLongIsEnded() {
    bench.open(
        "siren: { type: command, command: [/bin/sleep, \"60\"], timeout: 1s }",
        "notify: { failure: { to: siren } }");
    bench.run(RunState.FAILED);
    bench.rooms().alerts().deliver();
    await().atMost(Duration.ofSeconds(20)).until(() -> bench.delivery("siren").attempts() == 1);
    assertThat(bench.delivery("siren").message())
        .isEqualTo("/bin/sleep took longer than 1s and was ended");
  }

  @Test
  void aChannelThatIsTriedTellsHowThatWent() throws Exception {
    bench.web.at("/hook/s3cr3t-Zz81", WebFixture.status(200, "ok"));
    bench.open("hook: { type: webhook, url: \"${secrets.hook}\", format: slack }", TOLD);
    assertThat(bench.rooms().alerts().test("hook")).isEqualTo(new Outcome(State.SENT, ""));
    assertThat(Json.readObject(bench.web.asked().get(0).body()))
        .containsEntry(
            "text",
            "*a test of the channel hook*\nNothing has happened: somebody tries whether alerts come here.");
    assertThatThrownBy(() -> bench.rooms().alerts().test("ops"))
        .isInstanceOf(MailException.ConnectFailed.class);
    bench.startMail();
    assertThat(bench.rooms().alerts().test("ops").state()).isEqualTo(State.SENT);
    assertThat(bench.mails()).containsExactly("[waybill] a test of the channel ops");
    assertThatThrownBy(() -> bench.rooms().alerts().test("opps"))
        .isInstanceOf(JobException.NotFound.class)
        .hasMessage("there is no alert channel \"opps\"; there are: [ops, hook]");
    assertThat(bench.raised()).isEmpty();
  }

  @Test
  void anAnomalyIsToldToItsOwnChannels() {
    bench.open("", "notify: { anomaly: { to: ops } }");
    Run run = bench.run(RunState.SUCCEEDED);
    Alerts alerts =
        new Alerts(
            () -> JobFiles.load(directory.resolve("waybill.yml")), bench.clock, new Random(1));
    RunTables.of(bench.rooms().store(), bench.rooms().runs())
        .writing(
            "telling",
            connection -> {
              alerts.anomaly(connection, run, "12 kB instead of the usual 3.1 MB");
              return true;
            });
    Alert alert = bench.rooms().alerts().newest(Optional.empty(), 5).get(0).alert();
    assertThat(alert.kind()).isEqualTo(Kind.ANOMALY);
    assertThat(alert.words().text())
        .startsWith("Run " + run.id() + ": 12 kB instead of the usual 3.1 MB");
    assertThat(bench.delivery("ops").state()).isEqualTo(State.WAITING);
  }

  @Test
  void whatIsOldOrTooMuchIsForgotten() {
    bench.open("", "notify: { failure: { to: ops }, recovery: { to: ops } }");
    bench.look();
    bench.run(RunState.FAILED);
    bench.clock.advance(Duration.ofDays(91));
    bench.look();
    assertThat(bench.raised()).isEmpty();
    assertThat(bench.rooms().alerts().troubles()).hasSize(1);
    assertThat(bench.rooms().alerts().load().waiting()).isZero();
  }
}
