package io.waybill.scheduler.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.FaultyProxy;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.RealServers;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes in processes of their own on one PostgreSQL. {@code -Dwaybill.kill.rounds=200} makes a soak
 * of it, {@code -Dwaybill.kill.seed} repeats one.
 */
@Timeout(7200)
@SuppressWarnings("NullAway.Init") // opened before each test
class ClusterRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("src/test/servers/postgres.sh"))
          .needing("pg_createcluster")
          .listeningOn("POSTGRES");

  private static final int ROUNDS = Integer.getInteger("waybill.kill.rounds", 5);
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Duration RECOVERY =
      ClusterNode.CHECK_IN.multipliedBy(2).plus(Duration.ofSeconds(5));

  private final Map<String, ForkedJvm> nodes = new LinkedHashMap<>();
  private final List<ForkedJvm> started = new ArrayList<>();
  private final List<String> printed = new ArrayList<>();
  private Store store;
  private RunStore runs;
  private QuartzScheduler client;

  @BeforeEach
  void open() throws Exception {
    store = Store.open(ClusterNode.settings(url(SERVERS.port("POSTGRES")), SERVERS.password()));
    try (var connection = store.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("delete from wb_run");
      statement.execute("delete from qrtz_fired_triggers");
      statement.execute("delete from qrtz_simple_triggers");
      statement.execute("delete from qrtz_simprop_triggers");
      statement.execute("delete from qrtz_triggers");
      statement.execute("delete from qrtz_job_details");
    }
    runs = RunStore.of(store, "client", InstantSource.system(), new SecureRandom());
    client = QuartzScheduler.open(store, runs, firing -> {}, ClusterNode.SETTINGS); // never started
  }

  @AfterEach
  void close() {
    started.forEach(ForkedJvm::close);
    client.close();
    store.close();
  }

  private static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  private ForkedJvm start(String name, int port, String... jobs) {
    List<String> args = new ArrayList<>(List.of(url(port), SERVERS.password(), name));
    args.addAll(List.of(jobs));
    ForkedJvm node =
        ForkedJvm.running(ClusterNode.class)
            .jvmArgs("-Xmx96m", "-XX:TieredStopAtLevel=1")
            .args(args.toArray(String[]::new))
            .start();
    nodes.put(name, node);
    started.add(node);
    return node;
  }

  private ForkedJvm ready(String name, String... jobs) throws InterruptedException {
    ForkedJvm node = start(name, SERVERS.port("POSTGRES"), jobs);
    node.awaitLine("READY", LONG);
    return node;
  }

  private ForkedJvm node(String name) {
    return Objects.requireNonNull(nodes.get(name));
  }

  private void kill(String name) throws InterruptedException {
    ForkedJvm node = node(name);
    nodes.remove(name);
    node.kill();
    printed.add(node.output());
  }

  private static void signal(ForkedJvm node, String signal)
      throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + signal, Long.toString(node.pid())).start().waitFor();
    assertThat(code).isZero();
  }

  /** Triggers runs until told to stop. */
  private final class Load implements AutoCloseable {
    private final List<String> triggered = new ArrayList<>();
    private final Thread thread = new Thread(this::trigger, "load");
    private volatile boolean ending;

    Load() {
      thread.start();
    }

    private void trigger() {
      while (!ending) {
        try {
          String id = client.trigger("work", "");
          synchronized (triggered) {
            triggered.add(id);
          }
          Thread.sleep(150);
        } catch (io.waybill.scheduler.SchedulerException e) {
          // the database is away: this one was not acknowledged
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    @Override
    public void close() throws InterruptedException {
      ending = true;
      thread.join();
    }

    /** Waits until every run that was acknowledged has succeeded. */
    void awaitAll() {
      List<String> all;
      synchronized (triggered) {
        all = List.copyOf(triggered);
      }
      assertThat(all).isNotEmpty();
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(runs.unfinished())
                      .as("nothing is left; " + seed())
                      .filteredOn(run -> run.job().equals("work"))
                      .isEmpty());
      for (String id : all) {
        assertThat(runs.find(id).orElseThrow().state())
            .as(id + "; " + seed())
            .isEqualTo(RunState.SUCCEEDED);
      }
    }
  }

  private static String seed() {
    return "seed " + SEED;
  }

  private void assertNothingIsCommittedTwice() {
    List<String> outputs = new ArrayList<>(printed);
    nodes.values().forEach(node -> outputs.add(node.output()));
    Map<String, Long> commits =
        outputs.stream()
            .flatMap(String::lines)
            .filter(line -> line.startsWith("COMMITTED "))
            .map(line -> line.split(" ", -1)[1])
            .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
    assertThat(commits).isNotEmpty();
    assertThat(commits.values()).as(seed()).allMatch(count -> count == 1);
    outputs.stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("COMMITTED "))
        .map(line -> line.split(" ", -1))
        .forEach(
            words ->
                assertThat(runs.find(words[1]).orElseThrow().token())
                    .as("whoever committed %s held it; %s", words[1], seed())
                    .isEqualTo(Long.parseLong(words[2])));
  }

  /** Returns what a node works on. */
  private List<Run> held(String node) {
    return runs.unfinished().stream()
        .filter(run -> run.state() == RunState.RUNNING)
        .filter(run -> run.owner().filter(owner -> owner.node().equals(node)).isPresent())
        .toList();
  }

  private Duration awaitRecovered(List<Run> lost) {
    Instant begun = Instant.now();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                lost.stream()
                    .allMatch(
                        run ->
                            runs.find(run.id())
                                .filter(
                                    now -> now.token() > run.token() || now.state().isFinished())
                                .isPresent()));
    return Duration.between(begun, Instant.now());
  }

  @Test
  void everyRunCompletesOnceWhicheverNodeIsKilledOrFrozen() throws Exception {
    Random random = new Random(SEED);
    List<String> names = List.of("a", "b", "c");
    for (String name : names) {
      ready(name, "work", "tick");
    }
    List<Duration> recoveries = new ArrayList<>();
    int frozen = 0;
    try (Load load = new Load()) {
      for (int round = 0; round < ROUNDS; round++) {
        Thread.sleep(500 + random.nextInt(1000));
        String victim = names.get(random.nextInt(3));
        await().atMost(LONG).until(() -> !held(victim).isEmpty());
        if (random.nextBoolean()) {
          ForkedJvm node = node(victim);
          kill(victim);
          assertThat(node.isAlive()).isFalse();
          recoveries.add(awaitRecovered(held(victim)));
          ready(victim, "work", "tick");
        } else {
          frozen++;
          ForkedJvm node = node(victim);
          signal(node, "STOP");
          recoveries.add(awaitRecovered(held(victim)));
          Thread.sleep(random.nextInt(3_000));
          signal(node, "CONT");
        }
      }
      load.close();
      load.awaitAll();
    }
    assertNothingIsCommittedTwice();
    System.out.printf(
        "cluster: %d rounds, %d of them frozen, %d runs; recovery at most %d ms%n",
        ROUNDS,
        frozen,
        runs.list(Optional.empty(), 100_000).size(),
        recoveries.stream().mapToLong(Duration::toMillis).max().orElse(0));
    assertThat(recoveries).as(seed()).allMatch(took -> took.compareTo(RECOVERY) <= 0);
    List<Run> ticks = runs.list(Optional.of("tick"), 100_000);
    assertThat(ticks.stream().map(Run::scheduledAt).distinct().count())
        .as("each second fires once")
        .isEqualTo(ticks.size());
  }

  @Test
  void everyRunCompletesOnceThoughTheDatabaseCrashesUnderLoad() throws Exception {
    ready("a", "work", "tick");
    ready("b", "work", "tick");
    try (Load load = new Load()) {
      for (int crash = 0; crash < 2; crash++) {
        Thread.sleep(2_000);
        SERVERS.tell("crash");
      }
      Thread.sleep(2_000);
      load.close();
      load.awaitAll();
    }
    assertNothingIsCommittedTwice();
  }

  @Test
  void aNodeWhoseConnectionIsCutLosesItsRunsAndNothingElse() throws Exception {
    try (FaultyProxy proxy = FaultyProxy.inFrontOf(SERVERS.port("POSTGRES"))) {
      start("cut", proxy.port(), "work").awaitLine("READY", LONG);
      ready("b", "work");
      try (Load load = new Load()) {
        Thread.sleep(2_000);
        proxy.arm(FaultPlan.once(Fault.RESET, Direction.TO_TARGET, 0).onEveryConnection());
        Thread.sleep(8_000);
        proxy.disarm();
        Thread.sleep(3_000);
        load.close();
        load.awaitAll();
      }
      assertNothingIsCommittedTwice();
    }
  }

  @Test
  void aNodeWithAnOlderJobSetLeavesTheNewJobToTheOthers() throws Exception {
    ready("a", "work", "tick");
    await().atMost(LONG).until(() -> runs.list(Optional.of("tick"), 10).size() >= 2);
    kill("a");
    ready("a", "work", "tick", "tick-new");
    ready("b", "work", "tick"); // the older set comes back beside the newer one
    await().atMost(LONG).until(() -> runs.list(Optional.of("tick-new"), 20).size() >= 5);
    assertThat(client.scheduledJobs()).extracting(job -> job.name()).contains("tick-new");
    assertThat(runs.list(Optional.of("tick-new"), 100))
        .filteredOn(run -> run.state().isFinished())
        .extracting(Run::state)
        .containsOnly(RunState.SUCCEEDED);
    assertThat(runs.list(Optional.of("tick-new"), 100))
        .extracting(run -> run.owner().orElseThrow().node())
        .containsOnly("a");
    kill("a"); // rolled back: nobody has the newer set any more
    await()
        .atMost(LONG)
        .until(
            () -> client.scheduledJobs().stream().noneMatch(job -> job.name().equals("tick-new")));
  }

  @Test
  void refusesASecondNodeOfOneName() throws Exception {
    ready("a", "work");
    ForkedJvm second = start("a", SERVERS.port("POSTGRES"), "work");
    second.awaitLine("REFUSED .*called \"a\".*--node.*", LONG);
  }
}
