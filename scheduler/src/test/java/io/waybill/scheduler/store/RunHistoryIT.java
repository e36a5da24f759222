package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.FailureClass;
import io.waybill.scheduler.HistoryPolicy;
import io.waybill.scheduler.HistoryPolicy.Keep;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.TriggerKind;
import io.waybill.scheduler.Ulid;
import io.waybill.scheduler.store.RunHistory.Progress;
import io.waybill.testkit.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RunHistoryIT {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration YEAR = Duration.ofDays(365);

  @TempDir Path folder;

  private final SettableClock clock = SettableClock.at(START);
  private Store store;
  private RunStore runs;
  private RunHistory history;

  /** Has no rows, and remembers what it was told. */
  private static class Listening implements RunBelongings {
    final List<List<String>> batches = new ArrayList<>();

    @Override
    public int delete(Connection connection, String runId, int most) throws SQLException {
      return 0;
    }

    @Override
    public void forgotten(List<String> runIds) {
      batches.add(runIds);
    }

    List<String> all() {
      return batches.stream().flatMap(List::stream).toList();
    }
  }

  @BeforeEach
  void open() {
    store = Store.open(StoreSettings.h2(folder.resolve("waybill")));
    runs = RunStore.of(store, "node", clock, new Random(1));
    history = RunHistory.of(store, clock);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Run run(String job, RunState state) {
    clock.advance(Duration.ofMinutes(1));
    Run run = runs.open(job, TriggerKind.MANUAL, clock.instant(), "").orElseThrow();
    return state.isFinished() ? runs.finish(run, state, Optional.empty(), "", "") : run;
  }

  private List<String> run(String job, RunState state, int times) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      ids.add(run(job, state).id());
    }
    return ids;
  }

  private List<String> prune(HistoryPolicy policy) {
    Listening listening = new Listening();
    assertThat(history.prune("job", policy, listening, () -> true)).isEqualTo(Progress.COMPLETE);
    return listening.all();
  }

  private static HistoryPolicy keeping(int runs) {
    return new HistoryPolicy(runs, YEAR, Keep.ALL);
  }

  @Test
  void theOldestBeyondTheCountGoAndOtherJobsStay() {
    List<String> all = run("job", RunState.SUCCEEDED, 10);
    run("other", RunState.SUCCEEDED, 10);
    clock.advance(HistoryPolicy.FRESH);

    assertThat(prune(keeping(3))).containsExactlyElementsOf(all.subList(0, 7));
    assertThat(runs.list(Optional.of("job"), 100)).hasSize(3);
    assertThat(runs.list(Optional.of("other"), 100)).hasSize(10);
    assertThat(prune(keeping(3))).isEmpty();
  }

  @Test
  void whatEndedBeforeTheBoundGoesButForTheLatestSuccess() {
    List<String> successes = run("job", RunState.SUCCEEDED, 2);
    List<String> failures = run("job", RunState.FAILED, 2);
    clock.advance(Duration.ofDays(91));
    String young = run("job", RunState.FAILED).id();

    assertThat(prune(HistoryPolicy.DEFAULT))
        .containsExactly(successes.get(0), failures.get(0), failures.get(1));
    assertThat(runs.list(Optional.empty(), 100))
        .extracting(Run::id)
        .containsExactly(young, successes.get(1));
  }

  @Test
  void aRunThatBeganBeforeTheBoundAndEndedAfterItStays() {
    Run long1 = run("job", RunState.RUNNING);
    clock.advance(Duration.ofDays(91));
    runs.finish(long1, RunState.FAILED, Optional.of(FailureClass.PERMANENT), "", "");
    clock.advance(Duration.ofDays(1));

    assertThat(prune(HistoryPolicy.DEFAULT)).isEmpty();
  }

  @Test
  void theLatestSuccessStaysBehindAnyNumberOfFailures() {
    String success = run("job", RunState.SUCCEEDED).id();
    run("job", RunState.FAILED, 10);
    clock.advance(HistoryPolicy.FRESH);

    assertThat(prune(keeping(5))).hasSize(5).doesNotContain(success);
    assertThat(runs.find(success)).isPresent();
  }

  @Test
  void unfinishedRunsStayHoweverOldTheyAre() {
    Run running = run("job", RunState.RUNNING);
    clock.advance(Duration.ofMinutes(1));
    Run queued = runs.enqueue("job", TriggerKind.MANUAL, clock.instant(), "", "").orElseThrow();
    run("job", RunState.FAILED, 3);
    clock.advance(Duration.ofDays(1000));

    assertThat(prune(keeping(1))).hasSize(3);
    assertThat(runs.unfinished()).extracting(Run::id).containsExactly(running.id(), queued.id());
  }

  @Test
  void whatHasJustEndedStaysSoThatItsFiringFindsItsRow() {
    List<String> all = run("job", RunState.FAILED, 10);
    clock.set(START.plus(HistoryPolicy.FRESH).plus(Duration.ofMinutes(4)).plusSeconds(1));

    assertThat(prune(keeping(1))).containsExactlyElementsOf(all.subList(0, 4));
  }

  @Test
  void whereFailuresAreKeptFewOfTheOthersStay() {
    List<String> old = run("job", RunState.SUCCEEDED, 30);
    List<String> failures = run("job", RunState.FAILED, 30);
    List<String> skipped = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      skipped.add(
          runs.skip("job", clock.advance(Duration.ofMinutes(1)), "busy").orElseThrow().id());
    }
    clock.advance(HistoryPolicy.FRESH);

    assertThat(prune(new HistoryPolicy(200, YEAR, Keep.FAILURES)))
        .containsExactlyInAnyOrderElementsOf(
            concatenation(old.subList(0, 10), skipped.subList(0, 5)));
    assertThat(runs.list(Optional.empty(), 200)).extracting(Run::id).containsAll(failures);
    assertThat(prune(new HistoryPolicy(25, YEAR, Keep.FAILURES)))
        .hasSize(20 + 30 + 20 - 25 - 1)
        .doesNotContain(old.get(29));
  }

  private static List<String> concatenation(List<String> one, List<String> other) {
    List<String> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }

  @Test
  void aShardStaysUntilItsParentHasEndedAndMayOutliveIt() {
    Run parent = run("job", RunState.RUNNING);
    List<String> shards = new ArrayList<>();
    for (Run shard : runs.enqueueShards(parent, List.of("1", "2"))) {
      clock.advance(Duration.ofMinutes(1));
      shards.add(
          runs.finish(runs.claim(shard.id()), RunState.SUCCEEDED, Optional.empty(), "", "").id());
    }
    run("job", RunState.SUCCEEDED);
    clock.advance(Duration.ofDays(91));

    assertThat(prune(HistoryPolicy.DEFAULT)).isEmpty();
    assertThat(runs.shards(parent.id())).extracting(Run::id).containsExactlyElementsOf(shards);

    Run late = runs.enqueueShards(parent, List.of("1", "2", "3")).get(2);
    runs.finish(parent, RunState.FAILED, Optional.empty(), "", "");
    clock.advance(Duration.ofDays(91));
    assertThat(prune(HistoryPolicy.DEFAULT))
        .containsExactly(parent.id(), shards.get(0), shards.get(1));
    assertThat(runs.find(late.id()).flatMap(Run::parent)).contains(parent.id());
    runs.finish(runs.claim(late.id()), RunState.FAILED, Optional.empty(), "", "");
    clock.advance(Duration.ofDays(91));
    assertThat(prune(HistoryPolicy.DEFAULT)).containsExactly(late.id());
  }

  @Test
  void attemptsAndTheEndOfTheLogGoWithTheRun() throws SQLException {
    Run run = run("job", RunState.RUNNING);
    runs.startAttempt(run, "pull");
    runs.finish(run, RunState.FAILED, Optional.empty(), "", "");
    RunLogTails tails = RunLogTails.of(store);
    byte[] log = "hello\0\n".getBytes(StandardCharsets.UTF_8);
    tails.put(List.of(new RunLogTails.Tail(run.id(), log, true)));
    tails.put(List.of(new RunLogTails.Tail("01KB0000000000000000000000", log, false)));
    assertThat(tails.find(run.id()))
        .hasValueSatisfying(
            tail -> {
              assertThat(tail.bytes()).isEqualTo(log);
              assertThat(tail.isCut()).isTrue();
            });
    assertThat(tails.find("01KB0000000000000000000000")).isEmpty();
    clock.advance(Duration.ofDays(91));

    assertThat(prune(HistoryPolicy.DEFAULT)).containsExactly(run.id());

    assertThat(count("wb_attempt")).isZero();
    assertThat(count("wb_run_log")).isZero();
  }

  @Test
  void aRunWithVeryManyRowsIsForgottenInSeveralTransactions() {
    List<String> all = run("job", RunState.FAILED, 3);
    clock.advance(Duration.ofDays(91));
    AtomicInteger rows = new AtomicInteger(2 * RunHistory.BATCH_ROWS + 5);
    List<Integer> asked = new ArrayList<>();
    Listening listening =
        new Listening() {
          @Override
          public int delete(Connection connection, String runId, int most) {
            int deleted = runId.equals(all.get(1)) ? Math.min(most, rows.get()) : 0;
            asked.add(most);
            rows.addAndGet(-deleted);
            return deleted;
          }
        };

    assertThat(history.prune("job", HistoryPolicy.DEFAULT, listening, () -> true))
        .isEqualTo(Progress.COMPLETE);

    assertThat(rows).hasValue(0);
    assertThat(asked).allMatch(most -> most >= 1 && most <= RunHistory.BATCH_ROWS);
    assertThat(listening.batches)
        .containsExactly(List.of(all.get(0)), List.of(all.get(1), all.get(2)));
  }

  @Test
  void thousandsOfRowsGoInSmallTransactionsAndRunsEndMeanwhile() throws Exception {
    int many = 20_000;
    insert(many);
    clock.advance(Duration.ofDays(1));
    AtomicInteger transactions = new AtomicInteger();
    Listening listening = new Listening();

    assertThat(
            history.prune("job", keeping(200), listening, () -> transactions.incrementAndGet() < 5))
        .isEqualTo(Progress.STOPPED);
    // the first transaction looked for runs that are too old
    assertThat(listening.all()).hasSize(4 * RunHistory.BATCH_RUNS);

    List<Run> ended = new ArrayList<>();
    assertThat(
            history.prune(
                "job",
                keeping(200),
                listening,
                () -> {
                  if (ended.size() < 50) { // between two transactions, as another thread would
                    ended.add(run("job", RunState.SUCCEEDED));
                  }
                  return true;
                }))
        .isEqualTo(Progress.COMPLETE);

    assertThat(listening.batches).allMatch(batch -> batch.size() <= RunHistory.BATCH_RUNS);
    assertThat(listening.all()).hasSize(many - 200).doesNotHaveDuplicates();
    assertThat(ended).allMatch(run -> runs.find(run.id()).isPresent());
    assertThat(count("wb_run")).isEqualTo(200 + 50);
  }

  @Test
  void aRunEndsWhileATransactionOfThePruningIsOpen() {
    run("job", RunState.SUCCEEDED, 5);
    Run live = run("job", RunState.RUNNING);
    clock.advance(Duration.ofDays(400));
    List<Run> ended = new ArrayList<>();
    Listening listening =
        new Listening() {
          @Override
          public int delete(Connection connection, String runId, int most) {
            if (ended.isEmpty()) { // in the middle of the transaction, on another connection
              runs.startAttempt(live, "push");
              ended.add(runs.finish(live, RunState.SUCCEEDED, Optional.empty(), "", ""));
            }
            return 0;
          }
        };

    history.prune("job", keeping(1), listening, () -> true);

    assertThat(runs.find(live.id()).orElseThrow().state()).isEqualTo(RunState.SUCCEEDED);
    assertThat(listening.all()).hasSize(4);
  }

  @Test
  void onlyOneNodeIsAtIt() throws SQLException {
    run("job", RunState.FAILED);
    assertThat(prune(HistoryPolicy.DEFAULT)).as("nothing, and the gate is there").isEmpty();
    run("job", RunState.FAILED, 5);
    clock.advance(Duration.ofDays(91));
    Listening listening = new Listening();
    try (Connection other = store.dataSource().getConnection()) {
      other.setAutoCommit(false);
      Gates.lock(other, "history");
      assertThat(history.prune("job", HistoryPolicy.DEFAULT, listening, () -> true))
          .isEqualTo(Progress.ELSEWHERE);
      other.rollback();
    }
    assertThat(listening.all()).isEmpty();
    assertThat(prune(HistoryPolicy.DEFAULT)).hasSize(6);
  }

  @Test
  void jobsAreVisitedByNameAndRunsAreKnownById() {
    String id = run("b", RunState.FAILED).id();
    run("a", RunState.FAILED);

    assertThat(history.jobBehind("")).contains("a");
    assertThat(history.jobBehind("a")).contains("b");
    assertThat(history.jobBehind("b")).isEmpty();
    assertThat(history.known(List.of(id, "01KB0000000000000000000000"))).containsExactly(id);
    assertThat(history.known(List.of())).isEmpty();
  }

  private void insert(int many) throws SQLException {
    Ulid ids = new Ulid(clock, new Random(2));
    try (Connection connection = store.dataSource().getConnection();
        PreparedStatement row =
            connection.prepareStatement(
                "insert into wb_run (id, job, kind, scheduled_at, state, created_at, ended_at, message,"
                    + " payload, recovered, token) values (?, 'job', 'MANUAL', ?, 'SUCCEEDED', ?, ?, '', '', false, 1)")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < many; i++) {
        Instant at = clock.advance(Duration.ofSeconds(30));
        new Columns(row).text(ids.next()).time(at).time(at).time(at);
        row.addBatch();
      }
      row.executeBatch();
      connection.commit();
    }
  }

  private long count(String table) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        PreparedStatement statement = connection.prepareStatement("select count(*) from " + table);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
