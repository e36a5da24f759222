package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills either end, as {@code kill -9} does, at random points until the transfer is done.
 *
 * <p>{@code -Dwaybill.kill.rounds=1000} makes a soak of it, {@code -Dwaybill.kill.seed} repeats
 * one.
 */
class TcpKillIT {
  private static final int ROUNDS = Integer.getInteger("waybill.kill.rounds", 20);
  private static final long SEED = Long.getLong("waybill.kill.seed", System.nanoTime());
  private static final int SIZE = 160 << 20;
  private static final int MOST_KILLS = 3;

  /** What a kill may cost: what was on the way, and what the journal had not been told yet. */
  private static final long COST_OF_A_KILL = 64L << 20;

  @TempDir static Path directory;
  private static Path source;

  @BeforeAll
  static void makeSource() throws IOException {
    source = directory.resolve("source.bin");
    Random random = new Random(SIZE);
    byte[] bytes = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(source)) {
      for (int at = 0; at < SIZE; at += bytes.length) {
        random.nextBytes(bytes);
        out.write(bytes);
      }
    }
  }

  /** One transfer that is killed and started again until it is done. */
  private static final class Round implements AutoCloseable {
    final boolean isUpload;
    final Path root;
    final Path local;
    final Path target;
    KilledProcess server;
    final CuttingProxy proxy;

    Round(int number, boolean isUpload) throws IOException {
      this.isUpload = isUpload;
      root = Files.createDirectories(directory.resolve("served-" + number));
      local = Files.createDirectories(directory.resolve("local-" + number));
      target = (isUpload ? root : local).resolve("a.bin");
      if (!isUpload) {
        Files.createLink(root.resolve("source.bin"), source);
      }
      server = KilledProcess.server(root);
      proxy = new CuttingProxy(server.port());
    }

    KilledProcess client() throws IOException {
      return isUpload
          ? KilledProcess.upload(proxy.port(), source, "a.bin")
          : KilledProcess.download(proxy.port(), "source.bin", target);
    }

    AtomicLong bytes() {
      return isUpload ? proxy.bytesToServer : proxy.bytesToClient;
    }

    void killServer() throws IOException {
      server.close();
      server = KilledProcess.server(root);
      proxy.redirect(server.port());
    }

    /** Waits until some more of the file has passed, or the client is done. */
    void await(Random random, KilledProcess client) {
      long until = bytes().get() + random.nextInt(SIZE / 2);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(1))
          .until(() -> !client.isAlive() || bytes().get() > until);
    }

    void assertNothingPartial() throws IOException {
      if (Files.exists(target)) {
        assertThat(Files.mismatch(target, source)).isEqualTo(-1);
      }
    }

    void assertWhole(int kills) throws IOException {
      assertThat(Files.mismatch(target, source)).isEqualTo(-1);
      try (Stream<Path> left = Files.list(target.getParent())) {
        assertThat(left.filter(each -> each.toString().contains(".wb"))).isEmpty();
      }
      assertThat(bytes().get()).isLessThan(SIZE + kills * COST_OF_A_KILL + (1 << 20));
    }

    @Override
    public void close() throws IOException {
      server.close();
      proxy.close();
      for (Path each : List.of(target, root.resolve("source.bin"))) {
        Files.deleteIfExists(each);
      }
    }
  }

  @Test
  void whicheverEndIsKilledNothingIsLostOrSpoiltAndLittleIsSentAgain() throws Exception {
    Random random = new Random(SEED);
    int kills = 0;
    for (int number = 0; kills < ROUNDS; number++) {
      boolean isUpload = random.nextBoolean();
      try (Round round = new Round(number, isUpload)) {
        int own = killUntilDone(round, random);
        round.assertWhole(own);
        kills += own;
      } catch (AssertionError | Exception e) {
        throw new AssertionError(
            "round %d (%s), -Dwaybill.kill.seed=%d"
                .formatted(number, isUpload ? "upload" : "download", SEED),
            e);
      }
    }
  }

  private static int killUntilDone(Round round, Random random) throws Exception {
    int kills = 0;
    KilledProcess client = round.client();
    try {
      for (; kills < MOST_KILLS; kills++) {
        round.await(random, client);
        if (!client.isAlive()) {
          break;
        }
        if (random.nextBoolean()) {
          round.killServer();
        } else {
          client.close();
          round.assertNothingPartial();
          client = round.client();
        }
        round.assertNothingPartial();
      }
      assertThat(client.exitCode()).isZero();
      return kills;
    } finally {
      client.close();
    }
  }
}
