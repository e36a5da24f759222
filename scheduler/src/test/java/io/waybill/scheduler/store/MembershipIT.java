package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.ConcurrencyLimit;
import io.waybill.scheduler.OverlapPolicy;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.ScheduledJob;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.TriggerKind;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Owners that share a store, on PostgreSQL. */
@Timeout(120)
class MembershipIT {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final ScheduledJob JOB =
      ScheduledJob.builder("job", ZoneId.of("Europe/Paris")).overlap(OverlapPolicy.ALLOW).build();

  private static EmbeddedPostgres postgres;

  private final List<AutoCloseable> open = new ArrayList<>();
  private Store store;

  @BeforeAll
  static void start() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void open() throws SQLException {
    store =
        Store.open(
            StoreSettings.jdbc(
                "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                "postgres",
                () -> ""));
    execute(
        "delete from wb_run",
        "delete from wb_owner",
        "delete from wb_job_set",
        "delete from wb_lease");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    store.close();
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private RunStore owner(String node, InstantSource clock) {
    RunStore runs = RunStore.of(store, node, clock, new Random());
    open.add(runs.membership());
    return runs;
  }

  private RunStore owner(String node) {
    return owner(node, InstantSource.system());
  }

  private static Run run(RunStore runs) {
    return ((Admission.Admitted) runs.admit(JOB, TriggerKind.MANUAL, Instant.now(), "")).run();
  }

  /** Lets a lease run out, as if its owner had been away for long. */
  private void expire(RunStore runs) throws SQLException {
    execute(
        "update wb_owner set alive_until = current_timestamp - interval '1 second' where incarnation = '"
            + runs.owner().incarnation()
            + "'");
  }

  @Test
  void aRunIsTakenOverOnceItsOwnerCountsAsDead() throws Exception {
    RunStore first = owner("a");
    RunStore second = owner("b");
    Run run = run(first);
    assertThat(second.isHeld(run)).isTrue();
    assertThat(second.admit(JOB, run.id())).isInstanceOf(Admission.Settled.class);
    expire(first);
    Admission.Admitted taken = (Admission.Admitted) second.admit(JOB, run.id());
    assertThat(taken.run().recovered()).isTrue();
    assertThat(taken.movedFrom()).contains("a");
    assertThatThrownBy(() -> first.finish(run, RunState.SUCCEEDED, Optional.empty(), "", ""))
        .isInstanceOf(SchedulerException.StaleClaim.class);
  }

  @Test
  void checkingInKeepsAnOwnerAliveAndLeavingEndsItAtOnce() throws Exception {
    RunStore first = owner("a");
    first.membership().join(SECOND);
    RunStore second = owner("b");
    second.membership().join(SECOND);
    Run run = run(first);
    Thread.sleep(6_000); // longer than one check-in is good for
    assertThat(second.isHeld(run)).isTrue();
    assertThat(second.abandoned()).isEmpty();
    first.membership().close();
    assertThat(second.abandoned()).extracting(Run::id).containsExactly(run.id());
  }

  @Test
  void aNameIsALiveOwnersUntilThatLetsItGoOrIsDead() throws Exception {
    Leases first = Leases.of(store, owner("a"));
    RunStore dying = owner("b");
    Leases second = Leases.of(store, dying);
    Lease lease = first.take("watch").orElseThrow();
    assertThat(second.take("watch")).isEmpty();
    first.letGo(lease);
    Lease taken = second.take("watch").orElseThrow();
    assertThat(taken.token()).isEqualTo(lease.token() + 1);
    assertThat(first.take("watch")).isEmpty();
    expire(dying);
    assertThat(first.take("watch")).map(Lease::token).contains(taken.token() + 1);
    assertThat(second.isHeld(taken)).isFalse();
  }

  @Test
  void anOwnerThatHasJustBegunCallsNobodyDead() throws Exception {
    RunStore first = owner("a");
    Run run = run(first);
    RunStore second = owner("b");
    second.membership().join(SECOND);
    first.membership().close();
    assertThat(second.membership().isSteady()).isFalse();
    assertThat(second.abandoned()).isEmpty();
    await().atMost(Duration.ofSeconds(10)).until(second.membership()::isSteady);
    assertThat(second.abandoned()).extracting(Run::id).containsExactly(run.id());
  }

  @Test
  void refusesASecondDaemonOfOneName() throws Exception {
    owner("a").membership().join(SECOND);
    assertThatThrownBy(() -> owner("a").membership().join(SECOND))
        .isInstanceOf(SchedulerException.NodeTaken.class)
        .hasMessageContaining("called \"a\"")
        .hasMessageContaining("--node");
    owner("b").membership().join(SECOND);
  }

  @Test
  void takesTheNameOfADaemonThatDiedJustNowOnceItsLeaseHasRunOut() throws Exception {
    RunStore dead = owner("a");
    dead.membership().join(SECOND);
    dead.membership().stopCheckingIn();
    long begun = System.nanoTime();
    owner("a").membership().join(SECOND);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(SECOND);
  }

  @Test
  void forgetsOwnersThatDiedLongAgo() throws Exception {
    execute(
        "insert into wb_owner (incarnation, node, began_at, alive_until) values ('old', 'x',"
            + " current_timestamp - interval '3 days', current_timestamp - interval '2 days')");
    owner("a").membership().join(SECOND);
    try (Connection connection = store.dataSource().getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("select node from wb_owner")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("a");
      assertThat(rows.next()).isFalse();
    }
  }

  @Test
  void hearsThatARunIsToEndAndThatOneIsLost() throws Exception {
    RunStore first = owner("a");
    first.membership().join(SECOND);
    List<String> heard = new CopyOnWriteArrayList<>();
    first
        .membership()
        .watch(
            new RunWatch() {
              @Override
              public void endRequested(String runId, String why) {
                heard.add("end " + runId + " " + why);
              }

              @Override
              public void lost(String runId) {
                heard.add("lost " + runId);
              }
            });
    RunStore second = owner("b");
    Run asked = run(first);
    second.requestEnd(asked.id(), "by ops");
    await().until(() -> heard.contains("end " + asked.id() + " by ops"));
    Run taken = run(first);
    execute(
        "update wb_run set token = 7, incarnation = '%s' where id = '%s'"
            .formatted(second.owner().incarnation(), taken.id()));
    await().until(() -> heard.contains("lost " + taken.id()));
  }

  @Test
  void refusesAClockThatIsMoreThanTwoSecondsOff() {
    for (int seconds : new int[] {-3600, -3, 3, 3600}) {
      RunStore wrong = owner("a", () -> Instant.now().plusSeconds(seconds));
      assertThatThrownBy(() -> wrong.membership().join(SECOND))
          .isInstanceOfSatisfying(
              SchedulerException.ClockSkewed.class,
              e ->
                  assertThat(e.skew().plusMillis(500).toSeconds())
                      .isBetween(seconds - 1L, seconds + 1L))
          .hasMessageContaining(seconds < 0 ? "behind" : "ahead of")
          .hasMessageContaining("NTP");
    }
    owner("a", () -> Instant.now().plusMillis(1500)).membership().requireClock();
  }

  @Test
  void leasesDoNotDependOnTheClocksOfNodes() throws Exception {
    RunStore ahead = owner("a", () -> Instant.now().plus(Duration.ofHours(1)));
    RunStore behind = owner("b", () -> Instant.now().minus(Duration.ofHours(1)));
    Run one = run(ahead);
    Run two = run(behind);
    assertThat(ahead.isHeld(two)).isTrue();
    assertThat(behind.isHeld(one)).isTrue();
  }

  @Test
  void aLimitHoldsWhateverNodesDoAtTheSameTime() throws Exception {
    ScheduledJob limited =
        ScheduledJob.builder("job", ZoneId.of("Europe/Paris"))
            .overlap(OverlapPolicy.ALLOW)
            .limit(new ConcurrencyLimit("bank", 2))
            .build();
    AtomicInteger live = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(6);
    List<Future<?>> nodes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      RunStore runs = owner("node" + i);
      nodes.add(
          threads.submit(
              () -> {
                for (int n = 0; n < 10; n++) {
                  Admission admission = runs.admit(limited, TriggerKind.MANUAL, Instant.now(), "");
                  while (admission instanceof Admission.Waiting waiting) {
                    Thread.sleep(5);
                    admission = runs.admit(limited, waiting.run().id());
                  }
                  Run run = ((Admission.Admitted) admission).run();
                  most.accumulateAndGet(live.incrementAndGet(), Math::max);
                  Thread.sleep(2);
                  live.decrementAndGet();
                  runs.finish(run, RunState.SUCCEEDED, Optional.empty(), "", "");
                  runs.letGo(run.id());
                  done.incrementAndGet();
                }
                return null;
              }));
    }
    for (Future<?> node : nodes) {
      node.get();
    }
    threads.shutdown();
    assertThat(done).hasValue(60);
    assertThat(most).hasValue(2);
  }

  @Test
  void theNewestJobSetOfALiveDaemonCounts() throws Exception {
    RunStore first = owner("a");
    first.membership().join(SECOND);
    first.jobSets().announce("1".repeat(64));
    assertThat(first.jobSets().isNewer()).isFalse();
    RunStore second = owner("b");
    second.membership().join(SECOND);
    second.jobSets().announce("2".repeat(64));
    assertThat(first.jobSets().isNewer()).isTrue();
    assertThat(second.jobSets().isNewer()).isFalse();
    second.membership().close();
    assertThat(first.jobSets().isNewer()).as("rolled back").isFalse();
  }
}
