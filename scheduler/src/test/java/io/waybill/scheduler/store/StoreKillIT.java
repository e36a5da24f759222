package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.scheduler.RunState;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the H2 store acknowledged is there after kill -9.
 *
 * <p>{@code -Dwaybill.kill.rounds=400} makes a soak of it, {@code -Dwaybill.kill.seed} repeats one.
 */
class StoreKillIT {
  private static final int ROUNDS = Integer.getInteger("waybill.kill.rounds", 20);
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final Duration START = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final Map<String, RunState> acknowledged = new HashMap<>();

  @Test
  void keepsWhatWasAcknowledgedBeforeAKill() throws IOException, InterruptedException {
    killRepeatedly(false);
  }

  @Test
  void keepsWhatWasAcknowledgedToWritersThatAreInterrupted()
      throws IOException, InterruptedException {
    killRepeatedly(true);
  }

  /** Half of all rounds; each goes on with the file that the one before left. */
  private void killRepeatedly(boolean interrupting) throws IOException, InterruptedException {
    System.out.println("waybill.kill.seed=" + SEED);
    Random random = new Random(SEED);
    Path file = folder.resolve("waybill");
    for (int round = 1; round <= (ROUNDS + 1) / 2; round++) {
      String name = "round " + round + " of seed " + SEED;
      writeUntilKilled(file, interrupting, random, name);
      Path opened = file;
      if (random.nextBoolean()) {
        // the next process, too, finds the file as the kill left it, not as a clean close does
        opened = folder.resolve("copy");
        Files.copy(mvStore(file), mvStore(opened), StandardCopyOption.REPLACE_EXISTING);
      }
      assertNothingLost(opened, name);
    }
  }

  private void writeUntilKilled(Path file, boolean interrupting, Random random, String name)
      throws InterruptedException {
    // from the default, at which space is reused after 45 s, to reuse at once
    int retention = random.nextBoolean() ? 45_000 : random.nextInt(300);
    int before = acknowledged.size();
    try (ForkedJvm child =
        ForkedJvm.running(StoreWriters.class)
            .jvmArgs("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
            .args(
                file.toString(),
                Long.toString(random.nextLong()),
                Boolean.toString(interrupting),
                Integer.toString(retention))
            .start()) {
      child.awaitLine("WROTE .*", START);
      Thread.sleep(100 + random.nextInt(800));
      child.kill();
      List<String> refused = new ArrayList<>();
      for (String line : child.output().split("\n", -1)) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("WROTE")) {
          acknowledged.put(words[1], RunState.valueOf(words[2]));
        } else if (words[0].equals("REFUSED")) {
          refused.add(line);
        }
      }
      assertThat(refused).as(name).isEmpty();
      assertThat(acknowledged.size()).as("written up to " + name).isGreaterThan(before);
    }
  }

  private void assertNothingLost(Path file, String name) {
    List<String> lost = new ArrayList<>();
    try (Store store = Store.open(StoreSettings.h2(file))) {
      Map<String, RunState> found = states(store);
      acknowledged.forEach(
          (id, state) -> {
            RunState kept = found.get(id);
            if (kept == null || kept.compareTo(state) < 0) {
              lost.add(id + " was acknowledged as " + state + ", kept as " + kept);
            }
          });
    }
    assertThat(lost).as(name + ", of " + acknowledged.size() + " runs").isEmpty();
  }

  private static Map<String, RunState> states(Store store) {
    RunStore runs = RunStore.of(store, "node", InstantSource.system(), new Random(1));
    return RunTables.of(store, runs)
        .reading(
            connection -> {
              Map<String, RunState> states = new HashMap<>();
              try (Statement statement = connection.createStatement();
                  ResultSet rows = statement.executeQuery("select id, state from wb_run")) {
                while (rows.next()) {
                  states.put(rows.getString(1), RunState.valueOf(rows.getString(2)));
                }
              }
              return states;
            });
  }

  private static Path mvStore(Path file) {
    return file.resolveSibling(file.getFileName() + ".mv.db");
  }
}
