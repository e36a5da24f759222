package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.kill.KillEnd;
import io.waybill.transfer.kill.KillServer;
import io.waybill.transfer.kill.KilledRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the process that copies a tree to or from an FTP server, as {@code kill -9} does, until all
 * of it is there: what has its name is whole, at every moment.
 *
 * <p>{@code -Dwaybill.kill.rounds=1000} makes a soak of it, {@code -Dwaybill.kill.seed} repeats
 * one.
 */
class FtpKillIT {
  private static final int ROUNDS = Math.max(2, Integer.getInteger("waybill.kill.rounds", 20) / 4);
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final int FILES = 60;

  @TempDir Path home;
  @TempDir Path local;
  private KillServer server;

  @BeforeEach
  void start() throws Exception {
    server = KillServer.start(KillEnd.Kind.FTP, home);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void whatHasItsNameIsWholeHoweverOftenTheProcessIsKilled() throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      boolean isUpload = random.nextBoolean();
      Path source = tree((isUpload ? local : home).resolve("source" + round), random);
      Path target = (isUpload ? home : local).resolve("target" + round);
      String name = "round %d (%s) of -Dwaybill.kill.seed=%d".formatted(round, isUpload, SEED);
      boolean isComplete = false;
      for (int kill = 0; !isComplete; kill++) {
        isComplete = copy(isUpload, round, kill < 4 ? random.nextInt(600) : -1);
        assertThat(wholeFiles(source, target)).as(name).isLessThanOrEqualTo(FILES);
      }
      assertThat(wholeFiles(source, target)).as(name).isEqualTo(FILES);
      if (isUpload) { // here what a killed process left of small files is swept when it is old
        assertThat(KilledRun.parts(target)).as("left in " + name).isEmpty();
      }
    }
  }

  /** Copies; is killed after some milliseconds unless negative. Says whether it came to its end. */
  private boolean copy(boolean isUpload, int round, int killAfterMillis)
      throws InterruptedException {
    KillEnd here = KillEnd.here(local.resolve((isUpload ? "source" : "target") + round));
    KillEnd there = server.end(home, (isUpload ? "target" : "source") + round);
    KillEnd from = isUpload ? here : there;
    KillEnd to = isUpload ? there : here;
    return killAfterMillis < 0
        ? KilledRun.toTheEnd(KilledRun.Work.TREE, from, to).isComplete()
        : KilledRun.killed(KilledRun.Work.TREE, from, to, killAfterMillis).isComplete();
  }

  private static Path tree(Path root, Random random) throws IOException {
    for (int i = 0; i < FILES; i++) {
      byte[] bytes = new byte[i % 20 == 0 ? 2 << 20 : random.nextInt(20_000)];
      random.nextBytes(bytes);
      Path parent = Files.createDirectories(root.resolve("d" + i % 4));
      Files.write(parent.resolve("f" + i), bytes);
    }
    return root;
  }

  private static int wholeFiles(Path source, Path target) throws IOException {
    int whole = 0;
    for (Path file : KilledRun.named(target)) {
      assertThat(Files.mismatch(file, source.resolve(target.relativize(file))))
          .as(file.toString())
          .isEqualTo(-1);
      whole++;
    }
    return whole;
  }
}
