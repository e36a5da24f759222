package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.json.RunForm;
import io.waybill.jobs.measure.AnomalyListener;
import io.waybill.jobs.measure.MeasureRecorder;
import io.waybill.jobs.measure.Measured;
import io.waybill.jobs.measure.RunMeasure;
import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are unlike the job's runs before: the eleventh brings a tenth of what ten have. */
@Timeout(180)
class AnomalyIT {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String FIGURES = "30 kB instead of the usual 300 kB";

  @TempDir Path directory;

  private final List<String> queued = new ArrayList<>();

  @BeforeEach
  void makeFlags() throws IOException {
    Files.createDirectories(directory.resolve("in"));
    Files.writeString(directory.resolve("flag"), "");
  }

  private Path state() {
    return directory.resolve("state");
  }

  private Waybill open(String reaction) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            jobs:
              pull:
                retry: { attempts: 1 }
                history: { keep: failures }
                anomalies: { bytes: %2$s, files: warn }
                steps:
                  - id: pull
                    copy: { from: "%1$s/in/", to: "%1$s/out/" }
                on-success:
                  - id: good
                    copy: { from: "%1$s/flag", to: "%1$s/good/${run.id}" }
                on-failure:
                  - id: bad
                    copy: { from: "%1$s/flag", to: "%1$s/bad/${run.id}" }
            """
                .formatted(directory, reaction));
    return Waybill.builder(JobFiles.load(file)).state(state()).open();
  }

  private void offer(int bytes) throws IOException {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    Files.write(directory.resolve("in/orders.csv"), noise);
    Files.deleteIfExists(directory.resolve("out/orders.csv"));
  }

  private Store openStore() {
    return Store.openAsIs(StoreSettings.h2(StateDirectory.at(state()).store().resolve("waybill")));
  }

  /** Puts a run into the queue while nobody has the store open, as what a trigger found. */
  private String enqueue() {
    try (Store store = openStore()) {
      String id =
          RunStore.of(store, "node", InstantSource.system(), new Random(queued.size()))
              .enqueue("pull", TriggerKind.EVENT, Instant.now(), "", "")
              .orElseThrow()
              .id();
      queued.add(id);
      return id;
    }
  }

  private static RunRecord ended(Waybill waybill, String id) {
    await().atMost(LONGEST).until(() -> waybill.find(id).orElseThrow().run().state().isFinished());
    return waybill.find(id).orElseThrow();
  }

  /** Has ten runs bring 300 kB each. */
  private void tenUsualRuns(String reaction) throws IOException {
    offer(300_000);
    open(reaction).close(); // makes the store
    for (int i = 0; i < 10; i++) {
      enqueue();
    }
    try (Waybill waybill = open(reaction)) {
      waybill.start();
      queued.forEach(
          id -> {
            Run run = ended(waybill, id).run();
            assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(run.message()).isEmpty();
            assertThat(Plain.map(RunForm.of(run), "measured"))
                .containsEntry("bytes", 300_000L)
                .containsEntry("files", 1L)
                .containsKey("duration-millis")
                .doesNotContainKeys("anomalies", "latency-millis");
          });
    }
  }

  private List<String> history() throws SQLException {
    try (Store store = openStore();
        Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select run_id from wb_measure order by ended_at, run_id")) {
      List<String> ids = new ArrayList<>();
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
      return ids;
    }
  }

  private boolean did(String hook, String runId) {
    return Files.exists(directory.resolve(hook).resolve(runId));
  }

  @Test
  void aTenthIsAWarningAndIsLearned() throws Exception {
    tenUsualRuns("warn");
    offer(30_000);
    String id = enqueue();
    RunRecord record;
    try (Waybill waybill = open("warn")) {
      waybill.start();
      record = ended(waybill, id);
      assertThat(waybill.log(id, 0).text()).contains("event=anomaly", FIGURES);
      assertThat(waybill.checkStore().problems()).isEmpty();
    }

    assertThat(record.run().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(record.run().message()).isEqualTo("unlike the runs before: " + FIGURES);
    assertThat(String.valueOf(RunForm.of(record).get("measured")))
        .contains("anomalies=[" + FIGURES + "]");
    assertThat(did("good", id)).isTrue();
    assertThat(did("bad", id)).isFalse();
    assertThat(history()).hasSize(11).containsExactlyInAnyOrderElementsOf(queued);
  }

  @Test
  void aRunFailsForATenthAfterItsFilesAreThereAndGoesOnIfSomebodyTakesItAsItIs() throws Exception {
    tenUsualRuns("fail");
    offer(30_000);
    String id = enqueue();
    try (Waybill waybill = open("fail")) {
      waybill.start();
      RunRecord record = ended(waybill, id);

      assertThat(record.run().state()).isEqualTo(RunState.FAILED);
      assertThat(record.run().failureClass()).contains(FailureClass.PERMANENT);
      assertThat(record.run().message()).contains(FIGURES, "waybill retry " + id);
      assertThat(record.step("pull").orElseThrow().attempts()).hasSize(1);
      assertThat(did("bad", id)).isTrue();
      assertThat(did("good", id)).isFalse();
      // it is told after the fact: what was copied stays
      assertThat(Files.size(directory.resolve("out/orders.csv"))).isEqualTo(30_000);
    }
    assertThat(history()).hasSize(10).doesNotContain(id);

    try (Waybill waybill = open("fail")) {
      waybill.start();
      waybill.operator().retryRun(id);
      RunRecord record = ended(waybill, id);

      assertThat(record.run().state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(record.step("pull").orElseThrow().attempts()).hasSize(1);
      assertThat(did("good", id)).isTrue();
    }
    assertThat(history()).hasSize(11).contains(id);
  }

  @Test
  void aRunByHandIsNeitherComparedNorRemembered() throws Exception {
    tenUsualRuns("fail");
    offer(30_000);
    try (Waybill waybill = open("fail")) {
      Run local = waybill.run("pull").run();
      assertThat(local.state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(RunForm.of(local)).doesNotContainKey("measured");
      waybill.start();
      Run triggered = ended(waybill, waybill.trigger("pull", Map.of())).run();
      assertThat(triggered.state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(triggered.message()).isEmpty();
    }
    assertThat(history()).containsExactlyInAnyOrderElementsOf(queued);
  }

  @Test
  void whatIsDoneForItemsCountsAndWhatOnlyLooksDoesNot() throws Exception {
    open("warn").close(); // makes the store
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(directory.resolve("in").resolve(name), name.repeat(1_000));
    }
    String id = enqueue();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Path file =
          Files.writeString(
              directory.resolve("items.yml"),
              """
              version: 1
              timezone: UTC
              jobs:
                pull:
                  steps:
                    - id: reach
                      check: { tcp: "127.0.0.1:%2$d" }
                    - id: look
                      list: { from: "%1$s/in/" }
                  each:
                    in: "${steps.look.files}"
                    concurrency: 3
                    steps:
                      - id: one
                        copy: { from: "${item.location}", to: "%1$s/out/" }
                  on-success:
                    - id: good
                      copy: { from: "%1$s/in/", to: "%1$s/good/" }
              """
                  .formatted(directory, server.getLocalPort()));
      try (Waybill waybill = Waybill.builder(JobFiles.load(file)).state(state()).open()) {
        waybill.start();
        RunRecord record = ended(waybill, id);

        assertThat(record.run().state()).as(record.run().message()).isEqualTo(RunState.SUCCEEDED);
        assertThat(Plain.map(RunForm.of(record), "measured"))
            .containsEntry("files", 3L)
            .containsEntry("bytes", 3_000L)
            .containsEntry(
                "latency-millis",
                record.step("reach").orElseThrow().result().orElseThrow().outputs().get("slowest"));
      }
    }
  }

  @Test
  void aRunIsComparedWithThoseThatEndedBeforeItsStepsDid() throws Exception {
    offer(30_000);
    open("fail").close(); // makes the store
    String row =
        "select '%s' || x, 'pull', timestamp with time zone '%s', 1, 300000, 1, null"
            + " from system_range(1, 10)";
    change("insert into wb_measure " + row.formatted("late", "2100-01-01 00:00:00Z"));
    String first = enqueue();
    try (Waybill waybill = open("fail")) {
      waybill.start();
      assertThat(ended(waybill, first).run().state()).isEqualTo(RunState.SUCCEEDED);
    }

    change("insert into wb_measure " + row.formatted("early", "2020-01-01 00:00:00Z"));
    String second = enqueue();
    try (Waybill waybill = open("fail")) {
      waybill.start();
      assertThat(ended(waybill, second).run().message()).contains(FIGURES);
    }
  }

  @Test
  void whoListensIsToldInTheTransactionThatEndsTheRun() throws Exception {
    open("warn").close(); // makes the store
    List<String> told = new ArrayList<>();
    AtomicBoolean isBroken = new AtomicBoolean(true);
    AnomalyListener listener =
        (connection, run, text) -> {
          told.add(run.id() + " " + run.state() + " " + text);
          if (isBroken.get()) {
            throw new SQLException("planned");
          }
        };
    RunMeasure measure = new RunMeasure(1, 2, 3, OptionalLong.of(4));
    String unlike = new Measured(measure, List.of("one", "two")).into("");
    String like = new Measured(measure, List.of()).into("");
    String id;
    try (Store store = openStore()) {
      RunStore runs =
          RunStore.of(
              store, "node", InstantSource.system(), new Random(1), new MeasureRecorder(listener));
      Run run = opened(runs);
      id = run.id();

      assertThatThrownBy(() -> runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", unlike))
          .hasMessageContaining("planned");
      assertThat(runs.find(id).orElseThrow().state()).isEqualTo(RunState.RUNNING);
      isBroken.set(false);
      runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", unlike);
      runs.finish(opened(runs), RunState.FAILED, Optional.empty(), "", unlike);
      runs.finish(opened(runs), RunState.FAILED, Optional.empty(), "", like);
    }

    assertThat(told).hasSize(3);
    assertThat(told.subList(0, 2)).containsOnly(id + " SUCCEEDED one; two");
    assertThat(told.get(2)).endsWith(" FAILED one; two");
    assertThat(history()).containsExactly(id);
  }

  private static Run opened(RunStore runs) {
    return runs.open("pull", TriggerKind.MANUAL, Instant.now(), "").orElseThrow();
  }

  /** A kind of step that cannot say what it has done. */
  private static StepDefinition untold() {
    StepDefinition step = ScriptedStep.step("pull", (said, call) -> ScriptedStep.NOTHING);
    ScriptedStep type =
        new ScriptedStep((said, call) -> ScriptedStep.NOTHING) {
          @Override
          public long files(StepResult result) {
            throw new IllegalStateException("nobody counts");
          }
        };
    return new StepDefinition(step.id(), type, step.arguments(), step.policy(), step.position());
  }

  @Test
  void aStepThatCannotSayWhatItHasDoneIsNotMeasuredAndFailsNothing() throws Exception {
    open("warn").close(); // makes the store
    String id = enqueue();
    JobDefinition job =
        JobDefinition.builder("pull", ZoneOffset.UTC).steps(Hook.STEPS, List.of(untold())).build();
    Configuration configuration =
        new Configuration(
            ZoneOffset.UTC,
            Configuration.Daemon.DEFAULTS,
            Map.of(),
            Connections.none(),
            List.of(job));
    try (Waybill waybill = Waybill.builder(configuration).state(state()).open()) {
      waybill.start();
      Run run = ended(waybill, id).run();

      assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
      assertThat(RunForm.of(run)).doesNotContainKey("measured");
      assertThat(waybill.log(id, 0).text()).contains("event=not-measured", "nobody counts");
    }
    assertThat(history()).isEmpty();
  }

  @Test
  void theLatestHundredAreKeptAndThoseOfAJobThatIsGoneGoWhenTheyAreOld() throws Exception {
    tenUsualRuns("warn");
    change(
        "insert into wb_measure select 'old' || x, 'pull', timestamp with time zone '2020-01-01"
            + " 00:00:00Z' + x * interval '1' minute, 1, 300000, 1, null from system_range(1, 95)",
        "insert into wb_measure select 'gone' || x, 'gone', timestamp with time zone '2020-01-01"
            + " 00:00:00Z', 1, 300000, 1, null from system_range(1, 3)",
        "insert into wb_measure values ('fresh', 'gone', current_timestamp, 1, 1, 1, 1)");
    String id = enqueue();
    try (Waybill waybill = open("warn")) {
      waybill.start();
      ended(waybill, id);
      assertThat(waybill.forget(LONGEST)).isTrue();
    }

    assertThat(history())
        .hasSize(101)
        .contains(id, "old95", "old7", "fresh")
        .doesNotContain("old6", "old1", "gone1", "gone2", "gone3");
  }

  @Test
  void aMeasureOfARunThatFailedIsDamage() throws Exception {
    tenUsualRuns("warn");
    change(
        "update wb_run set state = 'FAILED' where id = '" + queued.get(0) + "'",
        "update wb_measure set bytes = -1 where run_id = '" + queued.get(1) + "'");

    try (Waybill waybill = open("warn")) {
      assertThat(waybill.checkStore().problems())
          .contains(
              "wb_measure: "
                  + queued.get(0)
                  + " is of a run that did not succeed, or of another job",
              "wb_measure: " + queued.get(1) + " has a figure below zero");
    }
  }

  private void change(String... statements) throws SQLException {
    try (Store store = openStore();
        Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(true);
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }
}
