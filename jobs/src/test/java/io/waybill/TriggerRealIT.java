package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.RealServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Two daemons on one PostgreSQL, and one directory that they watch. */
@Timeout(400)
class TriggerRealIT {
  @RegisterExtension
  static final RealServers SERVERS =
      RealServers.script(Path.of("../scheduler/src/test/servers/postgres.sh"))
          .needing("pg_createcluster")
          .listeningOn("POSTGRES");

  private static final int FILES = 1_000;
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir Path directory;

  @Test
  void eachFileIsDeliveredOnceThoughOneDaemonIsKilled() throws Exception {
    Path in = Files.createDirectories(directory.resolve("in"));
    Path out = directory.resolve("out");
    Path file = jobFile(in, out);
    try (ForkedJvm one = daemon(file, "one");
        ForkedJvm two = daemon(file, "two")) {
      one.awaitLine(".*control channel.*", LONG);
      two.awaitLine(".*control channel.*", LONG);
      for (int i = 0; i < FILES; i++) {
        Path written = Files.writeString(directory.resolve("unfinished"), "content " + i);
        Files.move(written, in.resolve("f%04d".formatted(i)), StandardCopyOption.ATOMIC_MOVE);
      }
      await().atMost(LONG).until(() -> count(out) >= 100);
      boolean oneWatches = one.output().contains("event=source-watched");
      (oneWatches ? one : two).kill();

      ControlClient client = client(oneWatches ? "two" : "one");
      await()
          .atMost(Duration.ofMinutes(3))
          .until(
              () ->
                  count(out) == FILES
                      && client
                          .ledger(Optional.empty(), "waiting,claimed,failed,quarantined", 1000)
                          .isEmpty());
      assertThat(client.ledger(Optional.empty(), "done", 1000)).hasSize(FILES);
      assertThat((oneWatches ? two : one).output()).contains("event=source-watched");
    }
    List<String> lines = Files.readAllLines(directory.resolve("done.log"));
    assertThat(lines.stream().distinct()).hasSize(FILES);
    // again only what the kill has hit between the last step and the record of it
    assertThat(lines).hasSizeBetween(FILES, FILES + 8);
    for (int i = 0; i < FILES; i++) {
      assertThat(out.resolve("f%04d".formatted(i))).hasContent("content " + i);
    }
  }

  private static long count(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (var list = Files.list(directory)) {
      return list.filter(each -> !each.getFileName().toString().startsWith(".")).count();
    }
  }

  private Path jobFile(Path in, Path out) throws IOException {
    return Files.writeString(
        directory.resolve("waybill.yml"),
        """
        version: 1
        timezone: UTC
        secrets: { store: { env: STORE_PASSWORD } }
        daemon:
          store: { url: "jdbc:postgresql://127.0.0.1:%d/postgres", user: postgres, password: "${secrets.store}" }
          http: { listen: "127.0.0.1:0" }
          check-in: 1s
        jobs:
          take:
            trigger: { files: { dir: "%s", settle: 0s, poll-every: 1s, batch: 50 } }
            each:
              in: "${trigger.files}"
              concurrency: 4
              steps: { copy: { from: "${item}", to: "%s/" } }
              on-success:
                - exec: { command: [sh, -c, 'echo "$1" >> %s', sh, "${item.name}"] }
        """
            .formatted(SERVERS.port("POSTGRES"), in, out, directory.resolve("done.log")));
  }

  private ForkedJvm daemon(Path file, String node) {
    return ForkedJvm.running(Main.class)
        .args("daemon", "-c", file.toString(), "--node", node, "--state", state(node).toString())
        .environment("STORE_PASSWORD", SERVERS.password())
        .start();
  }

  private Path state(String node) {
    return directory.resolve("state-" + node);
  }

  private ControlClient client(String node) {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(state(node)).daemonFile()).orElseThrow());
  }
}
