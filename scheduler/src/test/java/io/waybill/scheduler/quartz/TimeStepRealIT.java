package io.waybill.scheduler.quartz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.scheduler.Run;
import io.waybill.scheduler.RunState;
import io.waybill.scheduler.store.RunStore;
import io.waybill.scheduler.store.Store;
import io.waybill.scheduler.store.StoreSettings;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.RealServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Daemons whose clock is stepped by an hour under them, by libfaketime: a process is told another
 * time of day, and the clock by which it waits goes on. What comes of it is read from the records.
 */
@Timeout(600)
class TimeStepRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("src/test/servers/postgres.sh"))
          .needing("pg_createcluster", "faketime")
          .listeningOn("POSTGRES");

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path directory;

  /** A daemon that ticks each second, and the file that sets its clock. */
  private final class Stepped implements AutoCloseable {
    private final Path offset = directory.resolve("offset");
    private final ForkedJvm node;

    Stepped(String store, String name) throws Exception {
      step("+0");
      node =
          ForkedJvm.running(ClusterNode.class)
              .jvmArgs("-Xmx96m", "-XX:TieredStopAtLevel=1")
              .args(store, SERVERS.password(), name, "tick", "work")
              .environment("LD_PRELOAD", libfaketime().toString())
              .environment("FAKETIME_TIMESTAMP_FILE", offset.toString())
              .environment("FAKETIME_NO_CACHE", "1")
              .environment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
              .environment("FAKETIME_FORCE_MONOTONIC_FIX", "0") // it would let waits end too early
              .start();
      node.awaitLine("READY", LONG);
    }

    void step(String to) throws IOException {
      Files.writeString(offset, to + "\n", UTF_8);
    }

    /** Waits for more commits than there are now. */
    void awaitTicks(int more) {
      long before = commits();
      await().atMost(LONG).until(() -> commits() >= before + more);
    }

    private long commits() {
      return node.output().lines().filter(line -> line.startsWith("COMMITTED ")).count();
    }

    @Override
    public void close() {
      node.close();
    }
  }

  private static Path libfaketime() throws IOException {
    try (Stream<Path> files = Files.find(Path.of("/usr/lib"), 4, (file, as) -> isLibrary(file))) {
      return files.findFirst().orElseThrow();
    }
  }

  private static boolean isLibrary(Path file) {
    return file.endsWith("faketime/libfaketimeMT.so.1");
  }

  private static List<Run> ticks(RunStore runs) {
    return runs.list(Optional.of("tick"), 100_000);
  }

  private static void assertEachMomentOnce(List<Run> ticks) {
    assertThat(ticks).extracting(Run::scheduledAt).doesNotHaveDuplicates();
    assertThat(ticks)
        .filteredOn(run -> run.state().isFinished())
        .extracting(Run::state)
        .isSubsetOf(RunState.SUCCEEDED, RunState.SKIPPED);
  }

  private static Predicate<Run> due(Instant from, Instant until) {
    return run -> !run.scheduledAt().isBefore(from) && run.scheduledAt().isBefore(until);
  }

  @Test
  void goesOnWhenTheClockIsPutForwardAndWhenItIsPutBackAgain() throws Exception {
    Instant begun = Instant.now();
    try (Stepped daemon = new Stepped(directory.resolve("waybill").toString(), "node")) {
      daemon.awaitTicks(3);
      daemon.step("+1h");
      daemon.awaitTicks(5);
      daemon.step("+0");
      daemon.awaitTicks(5);
    }
    Instant ended = Instant.now();
    try (Store store = Store.open(StoreSettings.h2(directory.resolve("waybill")))) {
      List<Run> ticks =
          ticks(RunStore.of(store, "node", InstantSource.system(), new SecureRandom()));
      assertEachMomentOnce(ticks);
      List<Run> worked = ticks.stream().filter(run -> run.state() == RunState.SUCCEEDED).toList();
      assertThat(worked.stream().filter(due(begun.plus(HOUR), ended.plus(HOUR))))
          .as("while the clock was an hour ahead")
          .hasSizeGreaterThanOrEqualTo(4);
      assertThat(worked.stream().filter(due(begun, ended)))
          .as("before and after")
          .hasSizeGreaterThanOrEqualTo(8);
    }
  }

  @Test
  void runsNoMomentTwiceWhenTheClockIsPutBackAndComesThereAgain() throws Exception {
    try (Stepped daemon = new Stepped(directory.resolve("waybill").toString(), "node")) {
      daemon.awaitTicks(3);
      daemon.step("-5"); // seconds, so that they come again while the test runs
      daemon.awaitTicks(5);
      daemon.step("-1h");
      daemon.awaitTicks(3);
      daemon.step("+0");
      daemon.awaitTicks(3);
    }
    try (Store store = Store.open(StoreSettings.h2(directory.resolve("waybill")))) {
      assertEachMomentOnce(
          ticks(RunStore.of(store, "node", InstantSource.system(), new SecureRandom())));
    }
  }

  @Test
  void runsWhatWasTakenForMissedByAClockThatWasAhead() throws Exception {
    Instant back;
    try (Stepped daemon = new Stepped(directory.resolve("waybill").toString(), "node")) {
      daemon.awaitTicks(3);
      daemon.step("+20"); // seconds
      daemon.awaitTicks(2);
      daemon.step("+0");
      back = Instant.now();
      daemon.awaitTicks(9);
    }
    try (Store store = Store.open(StoreSettings.h2(directory.resolve("waybill")))) {
      List<Run> ticks =
          ticks(RunStore.of(store, "node", InstantSource.system(), new SecureRandom()));
      assertEachMomentOnce(ticks);
      assertThat(ticks)
          .as("once the triggers were repaired")
          .filteredOn(due(back.plusSeconds(5), back.plusSeconds(8)))
          .hasSize(3)
          .extracting(Run::state)
          .containsOnly(RunState.SUCCEEDED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"+1h", "-1h"})
  void aNodeWhoseClockIsSteppedDecidesNothingUntilItIsRightAgain(String hour) throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + SERVERS.port("POSTGRES") + "/postgres";
    try (Stepped daemon = new Stepped(url, "stepped");
        ForkedJvm steady =
            ForkedJvm.running(ClusterNode.class)
                .jvmArgs("-Xmx96m", "-XX:TieredStopAtLevel=1")
                .args(url, SERVERS.password(), "steady", "tick", "work")
                .start();
        Store store = Store.open(ClusterNode.settings(url, SERVERS.password()))) {
      RunStore runs = RunStore.of(store, "client", InstantSource.system(), new SecureRandom());
      steady.awaitLine("READY", LONG);
      Set<String> before = ticks(runs).stream().map(Run::id).collect(Collectors.toSet());
      Instant begun = Instant.now();
      daemon.step(hour);
      await().atMost(LONG).until(() -> succeeded(runs, begun) >= 8);
      assertThat(ticks(runs))
          .as("nothing is decided about another time")
          .filteredOn(run -> !before.contains(run.id()))
          .allMatch(due(begun.minusSeconds(5), Instant.now().plusSeconds(1)));
      assertEachMomentOnce(ticks(runs));

      daemon.step("+0");
      steady.kill();
      daemon.awaitTicks(5);
      assertEachMomentOnce(ticks(runs));
    }
  }

  private static long succeeded(RunStore runs, Instant since) {
    return ticks(runs).stream()
        .filter(due(since, since.plusSeconds(60)))
        .filter(run -> run.state() == RunState.SUCCEEDED)
        .count();
  }
}
