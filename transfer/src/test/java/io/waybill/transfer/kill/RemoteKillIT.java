package io.waybill.transfer.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.transfer.kill.KillEnd.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills the process that replaces one big file, to, from or between servers of every kind: its name
 * has the old content or the new, whole, at every moment; the next process goes on where that one
 * was, and clears up after it.
 *
 * <p>{@code -Dwaybill.kill.rounds=1000} makes a soak of it, {@code -Dwaybill.kill.seed} repeats
 * one.
 */
class RemoteKillIT {
  private static final int ROUNDS = Math.max(1, Integer.getInteger("waybill.kill.rounds", 20) / 20);
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final int SIZE = 40 << 20;
  private static final String NAME = "big.bin";

  @TempDir Path directory;

  /** Which way the file goes. */
  private enum Way {
    SFTP_UPLOAD(Kind.HERE, Kind.SFTP, true),
    SFTP_DOWNLOAD(Kind.SFTP, Kind.HERE, true),
    HTTP_DOWNLOAD(Kind.HTTP, Kind.HERE, true),
    /** Nothing can be added to a file there. */
    WEBDAV_UPLOAD(Kind.HERE, Kind.HTTP, false),
    FTP_TO_SFTP(Kind.FTP, Kind.SFTP, true),
    WAYBILL_TO_FTP(Kind.WAYBILL, Kind.FTP, true);

    final Kind from;
    final Kind to;
    final boolean resumes;

    Way(Kind from, Kind to, boolean resumes) {
      this.from = from;
      this.to = to;
      this.resumes = resumes;
    }

    /** 40 MiB take longer than a journal needs, which is written every second. */
    String rate() {
      return to == Kind.HERE ? "16MiB/s" : "32MiB/s";
    }

    /**
     * Kills it when so much is there that some of it is resumed: of an upload by SFTP the last 16
     * MiB are not proven, and a download has its part file's whole length from the beginning.
     */
    KilledRun killed(KillEnd source, KillEnd goal, Path below, Random random)
        throws InterruptedException {
      return to == Kind.HERE
          ? KilledRun.killedAt(
              KilledRun.Work.FILE, rate(), source, goal, below, 1, 1200 + random.nextInt(600))
          : KilledRun.killedAt(
              KilledRun.Work.FILE,
              rate(),
              source,
              goal,
              below,
              (34 << 20) + random.nextInt(3 << 20),
              0);
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theNameHasTheOldContentOrTheNewAndTheNextProcessGoesOn(Way way) throws Exception {
    Random random = new Random(SEED);
    Path there = Files.createDirectories(directory.resolve("from"));
    Path target = Files.createDirectories(directory.resolve("to"));
    long resumed = 0;
    try (KillServer from = KillServer.start(way.from, there);
        KillServer to = KillServer.start(way.to, target)) {
      KillEnd source = from.end(there, NAME);
      KillEnd goal = to.end(target, NAME);
      for (int round = 0; round < ROUNDS; round++) {
        String name = "round %d (%s), -Dwaybill.kill.seed=%d".formatted(round, way, SEED);
        byte[] old = random(random, 3 << 20);
        Files.write(target.resolve(NAME), old);
        Files.write(there.resolve(NAME), random(random, SIZE));
        Files.setLastModifiedTime(
            there.resolve(NAME), FileTime.from(Instant.parse("2025-01-02T03:04:05Z")));
        assertThat(way.killed(source, goal, target, random).isComplete())
            .as("killed in the middle: " + name)
            .isFalse();
        requireOldOrNew(old, there, target, name);
        resumed +=
            KilledRun.killed(KilledRun.Work.FILE, way.rate(), source, goal, random.nextInt(1500))
                .bytesResumed();
        requireOldOrNew(old, there, target, name);
        resumed += KilledRun.toTheEnd(KilledRun.Work.FILE, source, goal).bytesResumed();
        assertThat(target.resolve(NAME)).as(name).hasSameBinaryContentAs(there.resolve(NAME));
        assertThat(KilledRun.parts(directory)).as("left after " + name).isEmpty();
      }
    }
    assertThat(resumed > 0).as("resumed, -Dwaybill.kill.seed=" + SEED).isEqualTo(way.resumes);
  }

  /**
   * What has the name is whole. Where a server cannot rename over a file, the old one has another
   * name for a moment; it is never gone.
   */
  private static void requireOldOrNew(byte[] old, Path there, Path target, String name)
      throws IOException {
    Path file = target.resolve(NAME);
    if (Files.exists(file)) {
      boolean isNew = Files.size(file) == SIZE;
      assertThat(isNew ? Files.mismatch(file, there.resolve(NAME)) : mismatch(file, old))
          .as(name)
          .isEqualTo(-1);
      return;
    }
    // the server may be at the renaming still
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> Files.exists(file) || KilledRun.parts(target).stream().anyMatch(is(old)));
  }

  private static Predicate<Path> is(byte[] content) {
    return each -> {
      try {
        return Files.exists(each) && mismatch(each, content) < 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static int mismatch(Path file, byte[] content) throws IOException {
    return Arrays.mismatch(Files.readAllBytes(file), content);
  }

  private static byte[] random(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }
}
