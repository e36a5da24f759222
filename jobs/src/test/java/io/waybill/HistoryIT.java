package io.waybill;

import static io.waybill.ScriptedStep.NOTHING;
import static io.waybill.ScriptedStep.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import io.waybill.jobs.JobException;
import io.waybill.jobs.LogPiece;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.log.RunLogDirectory;
import io.waybill.jobs.log.SecretMask;
import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.HistoryPolicy.Keep;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.store.AuditEntry;
import io.waybill.scheduler.store.AuditVerdict;
import io.waybill.testkit.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is remembered of runs, and for how long: rows, logs, and who asked for what. */
@Timeout(120)
class HistoryIT {
  private static final Logger LOG = LoggerFactory.getLogger("io.waybill.test.history");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path state;

  private final SettableClock clock = SettableClock.at("2026-06-01T00:00:00Z");

  private static JobDefinition job(HistoryPolicy history, StepDefinition... steps) {
    return JobDefinition.builder("job", ZoneOffset.UTC)
        .history(history)
        .steps(Hook.STEPS, List.of(steps))
        .build();
  }

  private Waybill open(JobDefinition... jobs) {
    Configuration configuration =
        new Configuration(
            ZoneOffset.UTC,
            Configuration.Daemon.DEFAULTS,
            Map.of(),
            Connections.none(),
            List.of(jobs));
    return Waybill.builder(configuration).state(state).clock(clock).open();
  }

  private Path file(String runId) {
    return RunLogDirectory.at(state.resolve("runs")).file(runId);
  }

  private static String text(Waybill waybill, String runId) {
    StringBuilder text = new StringBuilder();
    LogPiece piece = waybill.log(runId, 0);
    while (!piece.isLast()) {
      text.append(piece.text());
      piece = waybill.log(runId, piece.next());
    }
    return text.toString();
  }

  private static StepDefinition saying(String text) {
    return step(
        "say",
        (said, call) -> {
          LOG.warn("event=said what={}", text);
          call.journal().done("item " + text, Map.of("name", text));
          return NOTHING;
        });
  }

  @Test
  void whatARunLogsIsInItsFileAndItsEndInTheStore() throws IOException {
    SecretMask.ofThisProcess().remember("planted-7c1e09");
    String id;
    try (Waybill waybill = open(job(HistoryPolicy.DEFAULT, saying("planted-7c1e09 été")))) {
      id = waybill.run("job").run().id();
      LOG.warn("event=said by nobody");

      String log = text(waybill, id);
      assertThat(log).contains("event=said what=*** été step=say attempt=1\n");
      assertThat(log).doesNotContain("nobody", "planted");
      assertThat(Files.readString(file(id))).isEqualTo(log);
    }
    Files.delete(file(id));
    try (Waybill waybill = open()) {
      LogPiece piece = waybill.log(id, 0);
      assertThat(piece.source()).isEqualTo(LogPiece.Source.STORE);
      assertThat(piece.text()).contains("event=said what=*** été step=say attempt=1\n");
    }
  }

  @Test
  void theEndOfALongLogIsInTheStore() throws IOException {
    String id;
    StepDefinition chatty =
        step(
            "chat",
            (said, call) -> {
              for (int i = 0; i < 5_000; i++) {
                LOG.warn("event=chat number={} {}", i, "x".repeat(100));
              }
              return NOTHING;
            });
    try (Waybill waybill = open(job(HistoryPolicy.DEFAULT, chatty))) {
      id = waybill.run("job").run().id();
      assertThat(text(waybill, id)).contains("number=0 ", "number=4999 ");
    }
    Files.delete(file(id));
    try (Waybill waybill = open()) {
      LogPiece piece = waybill.log(id, 0);
      assertThat(piece.source()).isEqualTo(LogPiece.Source.STORE_CUT);
      assertThat(piece.text())
          .hasSizeBetween(250_000, 256 * 1024)
          .contains("number=4999 ")
          .doesNotContain("number=0 ")
          .startsWith("20");
    }
  }

  @Test
  void aLiveRunsLogIsReadWhileItGoesOnAndNoFileStaysOpen() throws Exception {
    CountDownLatch said = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    StepDefinition slow =
        step(
            "slow",
            (text, call) -> {
              LOG.warn("event=begun");
              said.countDown();
              goOn.await();
              LOG.warn("event=done");
              return NOTHING;
            });
    try (Waybill waybill = open(job(HistoryPolicy.DEFAULT, slow))) {
      var run = waybill.runAsync("job", Map.of());
      said.await();
      String id = waybill.liveRuns().get(0);
      LogPiece first = waybill.log(id, 0);
      assertThat(first.text()).contains("event=begun");
      assertThat(first.isEnded()).isFalse();
      assertThat(waybill.log(id, first.next()).isLast()).isFalse();
      assertThat(openFiles()).contains(file(id).toRealPath());

      goOn.countDown();
      run.join();

      assertThat(waybill.log(id, first.next()).text()).contains("event=done");
      assertThat(waybill.log(id, 0).isEnded()).isTrue();
      assertThat(openFiles()).doesNotContain(file(id).toRealPath());
    }
  }

  private static List<Path> openFiles() throws IOException {
    List<Path> open = new ArrayList<>();
    try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
      for (Path handle : handles.toList()) {
        open.add(target(handle));
      }
    }
    return open;
  }

  private static Path target(Path handle) throws IOException {
    try {
      return Files.readSymbolicLink(handle);
    } catch (NoSuchFileException e) {
      return handle; // closed since it was listed
    }
  }

  @Test
  void aSweepForgetsRunsWithTheirStepsItemsAndLogs() throws Exception {
    HistoryPolicy two = new HistoryPolicy(2, Duration.ofDays(90), Keep.ALL);
    try (Waybill waybill = open(job(two, saying("hello")))) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        ids.add(waybill.run("job").run().id());
        clock.advance(MINUTE);
      }
      assertThat(waybill.forget(Duration.ofSeconds(30))).isTrue();
      assertThat(waybill.runs(10)).hasSize(5); // they have just ended

      clock.advance(HistoryPolicy.FRESH);
      assertThat(waybill.forget(Duration.ofSeconds(30))).isTrue();

      assertThat(waybill.runs(10)).extracting(Run::id).containsExactly(ids.get(4), ids.get(3));
      assertThat(ids.subList(0, 3)).noneMatch(id -> Files.exists(file(id)));
      assertThat(ids.subList(3, 5)).allMatch(id -> Files.exists(file(id)));
      assertThat(waybill.find(ids.get(4)).orElseThrow().steps()).hasSize(1);
    }
    assertThat(rows("wb_step")).isEqualTo(2);
    assertThat(rows("wb_step_item")).isEqualTo(2);
    assertThat(rows("wb_attempt")).isEqualTo(2);
    assertThat(rows("wb_run_log")).isEqualTo(2);
  }

  private long rows(String table) throws Exception {
    try (var connection =
            DriverManager.getConnection(
                "jdbc:h2:file:" + state.resolve("store/waybill") + ";IFEXISTS=TRUE",
                "waybill",
                "");
        var row = connection.createStatement().executeQuery("select count(*) from " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void itemsByTheThousandGoWithTheirRun() throws Exception {
    StepDefinition many =
        step(
            "many",
            (said, call) -> {
              for (int i = 0; i < 2_500; i++) {
                call.journal().done("item " + i, Map.of("name", "item"));
              }
              return NOTHING;
            });
    try (Waybill waybill = open(job(HistoryPolicy.DEFAULT, many))) {
      waybill.run("job");
      clock.advance(MINUTE);
      waybill.run("job");
      clock.advance(Duration.ofDays(91));
      assertThat(waybill.forget(Duration.ofSeconds(60))).isTrue();
      assertThat(waybill.runs(10)).hasSize(1);
    }
    assertThat(rows("wb_step_item")).isEqualTo(2_500);
    assertThat(rows("wb_step")).isEqualTo(1);
  }

  @Test
  void runsOfAJobThatIsNoLongerInTheFileAreKeptAsLongAsAnyOther() {
    try (Waybill waybill = open(job(HistoryPolicy.DEFAULT, saying("x")))) {
      waybill.run("job");
      clock.advance(MINUTE);
      waybill.run("job");
    }
    clock.advance(Duration.ofDays(100));
    JobDefinition other =
        JobDefinition.builder("other", ZoneOffset.UTC)
            .history(new HistoryPolicy(1, Duration.ofDays(365), Keep.FAILURES))
            .steps(Hook.STEPS, List.of(saying("y")))
            .build();
    try (Waybill waybill = open(other)) {
      assertThat(waybill.forget(Duration.ofSeconds(30))).isTrue();
      assertThat(waybill.runs(10)).hasSize(2);
    }
    try (Waybill waybill = open()) {
      assertThat(waybill.forget(Duration.ofSeconds(30))).isTrue();
      assertThat(waybill.runs(10)).hasSize(1);
    }
  }

  @Test
  void aSweepWithoutTimeStopsAndTheNextGoesOn() {
    HistoryPolicy one = new HistoryPolicy(1, Duration.ofDays(90), Keep.ALL);
    try (Waybill waybill = open(job(one, saying("x")))) {
      for (int i = 0; i < 3; i++) {
        waybill.run("job");
        clock.advance(MINUTE);
      }
      clock.advance(HistoryPolicy.FRESH);
      assertThat(waybill.forget(Duration.ZERO)).isFalse();
      assertThat(waybill.forget(Duration.ofSeconds(30))).isTrue();
      assertThat(waybill.runs(10)).hasSize(1);
    }
  }

  @Test
  void whoDidWhatIsWrittenDown() {
    JobDefinition job = job(HistoryPolicy.DEFAULT, saying("x"));
    try (Waybill waybill = open(job)) {
      waybill.start();
      String triggered = waybill.operator("api:daemon.json").trigger("job", Map.of());
      waybill.pause("job");
      waybill.resume("job");
      await().until(() -> waybill.find(triggered).orElseThrow().isSuccess());
      String run = waybill.operator("alice").run("job", Map.of()).run().id();
      try {
        waybill.cancel(run);
      } catch (JobException.NotFound e) {
        LOG.info("event=as-expected"); // nothing was done, and nothing is written down
      }

      String user = System.getProperty("user.name");
      assertThat(waybill.audit().newest(Instant.EPOCH, 100))
          .extracting(HistoryIT::words)
          .containsExactly(
              "alice run job {\"run\":\"" + run + "\"}",
              user + " resume job {}",
              user + " pause job {}",
              "api:daemon.json trigger job {\"run\":\"" + triggered + "\"}",
              user + " job.created job {}");
    }
    try (Waybill waybill = open()) {
      waybill.start();
      assertThat(waybill.audit().newest(Instant.EPOCH, 1))
          .extracting(entry -> entry.act().action())
          .containsExactly("job.unscheduled");
      assertThat(waybill.audit().verify()).isInstanceOf(AuditVerdict.Whole.class);
    }
  }

  private static String words(AuditEntry entry) {
    return String.join(
        " ", entry.act().who(), entry.act().action(), entry.act().subject(), entry.act().detail());
  }
}
