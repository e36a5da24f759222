package io.waybill.transfer.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process that did one transfer, or was killed in it, as {@code kill -9} does.
 *
 * @param isComplete whether it came to its end
 * @param bytesResumed what it did not send again, if it came to its end
 */
public record KilledRun(boolean isComplete, long bytesResumed) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What is done: a file or a tree copied, or a tree made like another. */
  public enum Work {
    FILE,
    TREE,
    SYNC
  }

  /** Lets the process come to its end, which must be a good one. */
  public static KilledRun toTheEnd(Work work, KillEnd from, KillEnd to)
      throws InterruptedException {
    try (ForkedJvm child = child(work, KilledTransfer.UNLIMITED, from, to)) {
      assertThat(child.awaitExit(PATIENCE)).as(child.output()).isZero();
      assertThat(child.output()).contains(KilledTransfer.COMPLETE);
      return ended(child);
    }
  }

  /** Kills the process, which is as fast as it can, so many milliseconds after it began. */
  public static KilledRun killed(Work work, KillEnd from, KillEnd to, int millis)
      throws InterruptedException {
    return killed(work, KilledTransfer.UNLIMITED, from, to, millis);
  }

  /**
   * Kills the process so many milliseconds after it began.
   *
   * @param rate of each server it talks to, such as {@code 10MiB/s}
   */
  static KilledRun killed(Work work, String rate, KillEnd from, KillEnd to, int millis)
      throws InterruptedException {
    try (ForkedJvm child = child(work, rate, from, to)) {
      child.awaitLine(KilledTransfer.BEGUN, PATIENCE);
      return killed(child, millis);
    }
  }

  /** Kills it so many milliseconds after the part files below a directory had so many bytes. */
  static KilledRun killedAt(
      Work work, String rate, KillEnd from, KillEnd to, Path below, long bytes, int millis)
      throws InterruptedException {
    try (ForkedJvm child = child(work, rate, from, to)) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> !child.isAlive() || bytesOfParts(below) >= bytes);
      return killed(child, millis);
    }
  }

  private static long bytesOfParts(Path below) {
    // 0 for one that got its name meanwhile
    return parts(below).stream().mapToLong(each -> each.toFile().length()).sum();
  }

  private static KilledRun killed(ForkedJvm child, int millis) throws InterruptedException {
    Thread.sleep(millis);
    child.kill();
    assertThat(child.output()).doesNotContain("FAILED", "Exception");
    return ended(child);
  }

  private static KilledRun ended(ForkedJvm child) {
    long resumed = 0;
    for (String line : child.output().split("\n", -1)) {
      if (line.startsWith(KilledTransfer.RESUMED)) {
        resumed = Long.parseLong(line.substring(KilledTransfer.RESUMED.length()));
      }
    }
    return new KilledRun(child.output().contains(KilledTransfer.COMPLETE), resumed);
  }

  private static ForkedJvm child(Work work, String rate, KillEnd from, KillEnd to) {
    List<String> words = new ArrayList<>(List.of(work.name(), rate));
    words.addAll(from.words());
    words.addAll(to.words());
    return ForkedJvm.running(KilledTransfer.class)
        .jvmArgs("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        .args(words.toArray(String[]::new))
        .start();
  }

  /** Returns the files below that are under way, and their journals. */
  public static List<Path> parts(Path root) {
    return files(root).stream().filter(KilledRun::isPart).toList();
  }

  /** Returns the files below that have their names. */
  public static List<Path> named(Path root) {
    return files(root).stream().filter(each -> !isPart(each)).toList();
  }

  private static boolean isPart(Path file) {
    return file.getFileName().toString().contains(".wb");
  }

  private static List<Path> files(Path root) {
    while (true) {
      try (Stream<Path> all = Files.walk(root)) {
        return all.filter(Files::isRegularFile).toList();
      } catch (NoSuchFileException e) {
        return List.of();
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        }
        // a server gave something its name meanwhile: look again
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
