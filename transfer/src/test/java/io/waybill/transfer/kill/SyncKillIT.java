package io.waybill.transfer.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.kill.KillEnd.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the process that makes a tree at an SFTP server like one of this machine, with {@code
 * --delete}: no name loses what it had before all that replaces it is there, whole, and nothing is
 * deleted before everything is copied.
 *
 * <p>{@code -Dwaybill.kill.rounds=1000} makes a soak of it, {@code -Dwaybill.kill.seed} repeats
 * one.
 */
class SyncKillIT {
  private static final int ROUNDS = Math.max(1, Integer.getInteger("waybill.kill.rounds", 20) / 20);
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final int FILES = 40;
  private static final int KILLS = 2;
  private static final int BIG = 30 << 20;
  private static final int ENOUGH = 24 << 20; // of an upload by SFTP 16 MiB are not proven
  private static final String RATE = "32MiB/s";

  @TempDir Path directory;

  @Test
  void nothingIsLostOrDeletedTooSoonAndTheNextProcessGoesOn() throws Exception {
    Random random = new Random(SEED);
    Path home = Files.createDirectories(directory.resolve("home"));
    long resumed = 0;
    try (KillServer server = KillServer.start(Kind.SFTP, home)) {
      for (int round = 0; round < ROUNDS; round++) {
        String name = "round %d, -Dwaybill.kill.seed=%d".formatted(round, SEED);
        Trees trees =
            new Trees(
                directory.resolve("source" + round),
                directory.resolve("before" + round),
                home.resolve("tree" + round));
        trees.make(random);
        KillEnd from = KillEnd.here(trees.source);
        KillEnd to = server.end(home, "tree" + round);
        for (int kill = 0; kill < KILLS; kill++) {
          resumed +=
              kill == 0
                  ? KilledRun.killedAt(KilledRun.Work.SYNC, RATE, from, to, home, ENOUGH, 0)
                      .bytesResumed()
                  : KilledRun.killed(KilledRun.Work.SYNC, RATE, from, to, random.nextInt(1800))
                      .bytesResumed();
          trees.requireNothingLost(name + ", kill " + kill);
        }
        resumed += KilledRun.toTheEnd(KilledRun.Work.SYNC, from, to).bytesResumed();
        assertThat(relative(trees.target)).as(name).isEqualTo(relative(trees.source));
        assertThat(trees.missing()).as(name).isEmpty();
        assertThat(KilledRun.parts(home)).as("left after " + name).isEmpty();
      }
    }
    assertThat(resumed).as("resumed, -Dwaybill.kill.seed=" + SEED).isPositive();
  }

  /**
   * What one round is about.
   *
   * @param before what the target was
   */
  private record Trees(Path source, Path before, Path target) {
    /** A third is new, a third another version of what is there, a third is not in the source. */
    void make(Random random) throws IOException {
      for (int i = 0; i < FILES; i++) {
        String path = "d%d/f%d".formatted(i % 4, i);
        if (i % 3 != 2) {
          write(source.resolve(path), random, i == 0 ? BIG : 1 + random.nextInt(20_000), 0);
        }
        if (i % 3 != 0) {
          write(before.resolve(path), random, 1 + random.nextInt(20_000), 60);
          Files.createDirectories(target.resolve(path).getParent());
          Files.copy(before.resolve(path), target.resolve(path));
        }
      }
    }

    void requireNothingLost(String name) throws IOException {
      for (Path file : KilledRun.named(target)) {
        Path path = target.relativize(file);
        assertThat(isSame(source.resolve(path), file) || isSame(before.resolve(path), file))
            .as("%s is whole, %s", path, name)
            .isTrue();
      }
      List<String> lost = new ArrayList<>(relative(before));
      lost.removeAll(relative(target));
      assertThat(lost).as("lost, " + name).doesNotContainAnyElementsOf(relative(source));
      if (!lost.isEmpty()) {
        assertThat(missing()).as("deleted before all was there, " + name).isEmpty();
      }
    }

    /** What is not yet as it is in the source. */
    List<String> missing() throws IOException {
      List<String> missing = new ArrayList<>();
      for (String path : relative(source)) {
        if (!isSame(source.resolve(path), target.resolve(path))) {
          missing.add(path);
        }
      }
      return missing;
    }
  }

  private static void write(Path file, Random random, int size, int seconds) throws IOException {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    Files.setLastModifiedTime(
        file, FileTime.from(Instant.parse("2025-01-02T03:04:05Z").plusSeconds(seconds)));
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return Files.exists(one) && Files.exists(other) && Files.mismatch(one, other) < 0;
  }

  private static List<String> relative(Path root) {
    return KilledRun.named(root).stream()
        .map(each -> root.relativize(each).toString())
        .sorted()
        .toList();
  }
}
