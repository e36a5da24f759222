package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.testkit.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the daemon at random moments while files arrive: found, given to a run,
 * copied, moved away, written down as done. Each is at the target once, with its content, and is
 * over in the ledger.
 */
@Timeout(3600)
class TriggerKillIT {
  private static final int ROUNDS = Integer.getInteger("waybill.kill.rounds", 6);
  private static final int FILES = 40;
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir Path directory;

  @Test
  void noFileIsLostAndNoneIsDoneAgain() throws Exception {
    long seed = Long.getLong("waybill.kill.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<String, String> sent = new TreeMap<>();
    try (FileJob job = new FileJob(directory)) {
      Path file = jobFile(job);
      for (int round = 0; round < ROUNDS; round++) {
        try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
          daemon.awaitLine(".*control channel.*", LONG);
          for (int i = 0; i < FILES; i++) {
            arrives(job, sent, "r%03d-%02d".formatted(round, i), random);
          }
          Thread.sleep(random.nextInt(2_500));
          daemon.kill();
        }
      }
      try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", LONG);
        ControlClient client = client(job);
        await()
            .atMost(LONG)
            .untilAsserted(
                () ->
                    assertThat(
                            client.ledger(
                                Optional.of("files"), "waiting,claimed,failed,quarantined", 1000))
                        .as("seed %d", seed)
                        .isEmpty());
        await()
            .atMost(LONG)
            .until(
                () ->
                    client.ledger(Optional.of("files"), "done", 1000).size()
                        >= Math.min(1000, sent.size()));
        daemon.terminate();
        daemon.awaitExit(LONG);
      }
      assertThat(job.filesIn("in")).as("seed %d", seed).isEmpty();
      assertThat(job.filesIn("partner/taken"))
          .as("seed %d", seed)
          .containsExactlyElementsOf(sent.keySet());
      for (Map.Entry<String, String> each : sent.entrySet()) {
        assertThat(job.at("partner/taken").resolve(each.getKey())).hasContent(each.getValue());
      }
      // a line each time that the steps of an item were over: again only for what a kill has hit
      // between that and the record of it
      List<String> lines = Files.readAllLines(job.at("done.log"));
      assertThat(lines.stream().distinct()).as("seed %d", seed).hasSize(sent.size());
      assertThat(lines).as("seed %d", seed).hasSizeBetween(sent.size(), sent.size() + 2 * ROUNDS);
    }
  }

  private static void arrives(FileJob job, Map<String, String> sent, String name, Random random)
      throws Exception {
    String content = "content " + random.nextLong();
    Path written = job.write("unfinished", content);
    Files.move(written, job.at("in").resolve(name), StandardCopyOption.ATOMIC_MOVE);
    sent.put(name, content);
  }

  private static Path jobFile(FileJob job) throws Exception {
    Files.createDirectories(job.at("in"));
    Path file = job.jobFile();
    String trigger =
        """
        trigger: { files: { dir: DIR/in, settle: 0s, poll-every: 1s, batch: 15 } }
        each:
          in: "${trigger.files}"
          concurrency: 2
          steps: { move: { from: "${item}", to: "partner:/taken/" } }
          on-success:
            - exec: { command: [sh, -c, 'echo "$1" >> DIR/done.log', sh, "${item.name}"] }
        """
            .replace("DIR", job.directory.toString())
            .indent(4);
    return Files.writeString(file, Files.readString(file).replace("    steps:\n", "") + trigger);
  }

  private static ControlClient client(FileJob job) {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(job.at("state")).daemonFile()).orElseThrow());
  }
}
