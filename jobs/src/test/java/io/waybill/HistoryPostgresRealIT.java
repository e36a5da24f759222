package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.HistoryPolicy.Keep;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.store.AuditAct;
import io.waybill.scheduler.store.AuditEntry;
import io.waybill.scheduler.store.AuditLog;
import io.waybill.scheduler.store.AuditVerdict;
import io.waybill.scheduler.store.RunBelongings;
import io.waybill.scheduler.store.RunHistory;
import io.waybill.scheduler.store.RunHistory.Progress;
import io.waybill.scheduler.store.RunLogTails;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import io.waybill.testkit.RealServers;
import io.waybill.testkit.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** History and audit on PostgreSQL, where several nodes are at it at once. */
@Timeout(120)
class HistoryPostgresRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("../scheduler/src/test/servers/postgres.sh"))
          .needing("pg_createcluster")
          .listeningOn("POSTGRES");

  private final SettableClock clock = SettableClock.at("2026-06-01T00:00:00Z");
  private Store one;
  private Store other;

  @BeforeEach
  void open() {
    one = store();
    other = store();
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private static Store store() {
    return Store.open(
        StoreSettings.jdbc(
            "jdbc:postgresql://127.0.0.1:" + SERVERS.port("POSTGRES") + "/postgres",
            "postgres",
            SERVERS::password));
  }

  /** Keeps nothing beside runs. */
  private record Nothing(List<String> gone) implements RunBelongings {
    @Override
    public int delete(Connection connection, String runId, int most) {
      return 0;
    }

    @Override
    public void forgotten(List<String> runIds) {
      gone.addAll(runIds);
    }
  }

  @Test
  void twoNodesForgetTheSameRunsOnceBetweenThem() throws Exception {
    RunStore runs = RunStore.of(one, "one", clock, new Random(1));
    RunLogTails tails = RunLogTails.of(one);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      clock.advance(Duration.ofMinutes(1));
      Run run = runs.open("job", TriggerKind.MANUAL, clock.instant(), "").orElseThrow();
      runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "");
      ids.add(run.id());
    }
    byte[] log = "zero \0 byte\n".getBytes(StandardCharsets.UTF_8);
    tails.put(ids.stream().map(id -> new RunLogTails.Tail(id, log, false)).toList());
    assertThat(tails.find(ids.get(0)).orElseThrow().bytes()).isEqualTo(log);
    Run live = runs.open("job", TriggerKind.MANUAL, clock.instant(), "").orElseThrow();
    clock.advance(HistoryPolicy.FRESH);
    HistoryPolicy fifty = new HistoryPolicy(50, Duration.ofDays(90), Keep.ALL);
    Nothing first = new Nothing(new ArrayList<>());
    Nothing second = new Nothing(new ArrayList<>());

    inParallel(
        () -> prune(RunHistory.of(one, clock), fifty, first),
        () -> prune(RunHistory.of(other, clock), fifty, second));

    List<String> gone = new ArrayList<>(first.gone());
    gone.addAll(second.gone());
    assertThat(gone).containsExactlyInAnyOrderElementsOf(ids.subList(0, 400));
    assertThat(tails.find(ids.get(0))).isEmpty();
    assertThat(tails.find(ids.get(400))).isPresent();
    assertThat(RunHistory.of(other, clock).known(ids)).hasSize(50);
    runs.finish(live, RunState.SUCCEEDED, Optional.empty(), "", "");
  }

  private static void prune(RunHistory history, HistoryPolicy policy, RunBelongings belongings) {
    Progress progress = Progress.ELSEWHERE;
    while (progress != Progress.COMPLETE) {
      progress = history.prune("job", policy, belongings, () -> true);
    }
  }

  @Test
  void twoNodesWriteOneChain() throws Exception {
    AuditLog here = AuditLog.of(one, clock);
    AuditLog there = AuditLog.of(other, clock);
    long before = rows(here);

    inParallel(() -> append(here, "here"), () -> append(there, "there"));
    inParallel(
        () -> here.jobsAre("here", Map.of("a", "1", "b", "2")),
        () -> there.jobsAre("there", Map.of("a", "1", "b", "2")));

    assertThat(rows(there)).isEqualTo(before + 402);
    List<AuditEntry> newest = here.newest(Instant.EPOCH, 1);
    execute("update wb_audit set who = 'mallory' where number = " + (newest.get(0).number() - 7));
    assertThat(there.verify()).isInstanceOf(AuditVerdict.Broken.class);
    execute("truncate table wb_audit");
    assertThat(there.verify()).isInstanceOf(AuditVerdict.Broken.class);
  }

  private static long rows(AuditLog audit) {
    return ((AuditVerdict.Whole) audit.verify()).rows();
  }

  private static void append(AuditLog audit, String who) {
    for (int i = 0; i < 200; i++) {
      audit.append(new AuditAct(who, "trigger", "job" + i, "{}"));
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = one.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void inParallel(Runnable first, Runnable second) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<?> each : List.of(threads.submit(first), threads.submit(second))) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
  }
}
