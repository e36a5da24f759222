package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills either end in the middle of a tree of small files, as {@code kill -9} does, until all of it
 * is there.
 *
 * <p>{@code -Dwaybill.kill.rounds=1000} makes a soak of it, {@code -Dwaybill.kill.seed} repeats
 * one.
 */
class TreeKillIT {
  private static final int ROUNDS = Integer.getInteger("waybill.kill.rounds", 20) / 2;
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final int FILES = 3_000;
  private static final int MOST_KILLS = 3;

  @TempDir static Path directory;
  private static Path source;
  private static long sourceBytes;

  @BeforeAll
  static void makeSource() throws IOException {
    source = Files.createDirectories(directory.resolve("source"));
    Random random = new Random(FILES);
    for (int i = 0; i < FILES; i++) {
      byte[] bytes = new byte[i % 500 == 0 ? 3 << 20 : random.nextInt(20_000)];
      random.nextBytes(bytes);
      Path parent = Files.createDirectories(source.resolve("d" + i % 40));
      Files.write(parent.resolve("f" + i), bytes);
      sourceBytes += bytes.length;
    }
  }

  @Test
  void whicheverEndIsKilledEachFileIsWholeOrNotThereAndInTheEndAllAre() throws Exception {
    Random random = new Random(SEED);
    int kills = 0;
    for (int number = 0; kills < ROUNDS; number++) {
      boolean isUpload = random.nextBoolean();
      Path root = Files.createDirectories(directory.resolve("served-" + number));
      Path target = isUpload ? root.resolve("tree") : directory.resolve("local-" + number);
      try {
        kills += killUntilDone(isUpload, root, target, random);
        assertThat(wholeFiles(target)).isEqualTo(FILES);
      } catch (AssertionError | Exception e) {
        throw new AssertionError(
            "round %d (%s), -Dwaybill.kill.seed=%d"
                .formatted(number, isUpload ? "upload" : "download", SEED),
            e);
      }
    }
  }

  private static int killUntilDone(boolean isUpload, Path root, Path target, Random random)
      throws Exception {
    Path served = isUpload ? root : directory;
    KilledProcess server = KilledProcess.server(served);
    int kills = 0;
    try (CuttingProxy proxy = new CuttingProxy(server.port())) {
      KilledProcess client = client(isUpload, proxy, target);
      try {
        for (; kills < MOST_KILLS; kills++) {
          await(isUpload ? proxy.bytesToServer : proxy.bytesToClient, random, client);
          if (!client.isAlive()) {
            break;
          }
          if (random.nextBoolean()) {
            server.close();
            wholeFiles(target);
            server = KilledProcess.server(served);
            proxy.redirect(server.port());
          } else {
            client.close();
            wholeFiles(target);
            client = client(isUpload, proxy, target);
          }
        }
        assertThat(client.exitCode()).isZero();
      } finally {
        client.close();
      }
    } finally {
      server.close();
    }
    return kills;
  }

  private static KilledProcess client(boolean isUpload, CuttingProxy proxy, Path target)
      throws IOException {
    return isUpload
        ? KilledProcess.uploadTree(proxy.port(), source, "tree")
        : KilledProcess.downloadTree(proxy.port(), "source", target);
  }

  /** Waits until some more of the tree has passed, or the client is done. */
  private static void await(AtomicLong bytes, Random random, KilledProcess client) {
    long until = bytes.get() + random.nextLong(sourceBytes / 2);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> !client.isAlive() || bytes.get() > until);
  }

  /** Counts the files that are there, each of which must be what it was. */
  private static int wholeFiles(Path target) throws IOException {
    if (!Files.exists(target)) {
      return 0;
    }
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        target,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!file.getFileName().toString().contains(".wb")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          // the end that lives may give a part file its name meanwhile
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    for (Path file : files) {
      assertThat(Files.mismatch(file, source.resolve(target.relativize(file)))).isEqualTo(-1);
    }
    return files.size();
  }
}
