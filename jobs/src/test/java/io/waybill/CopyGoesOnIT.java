package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A copy that failed at four fifths: its server was away, its attempt ended, and the daemon was
 * killed before the next one. That goes on where the first one was.
 */
@Timeout(240)
class CopyGoesOnIT {
  private static final int SIZE = 40 << 20;
  private static final long FAILS_AT = SIZE / 5 * 4;

  @TempDir Path directory;

  enum Where {
    STEP(
        "    steps: { id: push, copy: { from: \"%1$s/big.bin\", to: \"hub:/\", verify: digest } }\n"),
    EACH(
        """
            each:
              in: [small.bin, big.bin]
              steps: { id: push, copy: { from: "%1$s/${item}", to: "hub:/", verify: digest } }
        """);

    private final String yaml;

    Where(String yaml) {
      this.yaml = yaml;
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNextAttemptGoesOnThereThoughTheProcessWasKilledBetween(Where where) throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path offered = Files.move(spine.offer("big.bin", SIZE), directory.resolve("big.bin"));
      Files.move(spine.offer("small.bin", 1_000), directory.resolve("small.bin"));
      Path file = jobFile(spine, where);
      spine.hubProxy.arm(FaultPlan.once(Fault.RESET, Direction.TO_TARGET, FAILS_AT));

      String id = failedAndKilled(spine, file);

      assertThat(spine.inHub("big.bin")).doesNotExist();
      spine.hubProxy.disarm();
      try (ForkedJvm daemon = spine.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
        ControlClient client = client(spine);
        await()
            .atMost(Duration.ofSeconds(90))
            .untilAsserted(() -> assertThat(client.run(id)).containsEntry("state", "succeeded"));
        if (where == Where.STEP) {
          assertGoesOn(Plain.maps(client.run(id), "steps").get(0));
        } else {
          assertThat(Plain.map(client.run(id), "items"))
              .containsEntry("total", 2L)
              .containsEntry("succeeded", 2L);
        }
        // what the hub had is not sent again
        assertThat(spine.hubProxy.bytes(Direction.TO_TARGET)).isLessThan(SIZE + SIZE / 5);
        daemon.terminate();
        daemon.awaitExit(Duration.ofSeconds(30));
      }
      assertThat(SpineFixture.sha256(spine.inHub("big.bin")))
          .isEqualTo(SpineFixture.sha256(offered));
    }
  }

  private static void assertGoesOn(Map<String, Object> step) {
    List<Map<String, Object>> attempts = Plain.maps(step, "attempts");
    assertThat(attempts).extracting(one -> one.get("state")).containsExactly("failed", "succeeded");
    Map<String, Object> file = Plain.maps(Plain.map(step, "outputs"), "files").get(0);
    assertThat(Plain.number(file, "resumed")).isBetween(SIZE / 2L, FAILS_AT);
  }

  private static Path jobFile(SpineFixture spine, Where where) throws IOException {
    Path file = spine.jobFile("description: on demand");
    String text =
        Files.readString(file).replace("delay: 50ms, max-delay: 1s", "delay: 8s, max-delay: 8s");
    String head = text.substring(0, text.indexOf("    steps:\n"));
    return Files.writeString(file, head + where.yaml.formatted(spine.directory));
  }

  private static String failedAndKilled(SpineFixture spine, Path file) throws Exception {
    try (ForkedJvm daemon = spine.waybill("daemon", "-c", file.toString())) {
      daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
      ControlClient client = client(spine);
      String id = String.valueOf(client.trigger("spine", Map.of()).get("id"));
      // before the attempt itself has connected again, which takes it some 30 ms
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .atMost(Duration.ofSeconds(60))
          .until(() -> spine.hubProxy.strikes() == 1);
      spine.hubProxy.arm(FaultPlan.once(Fault.REFUSE, Direction.TO_TARGET, 0).onEveryConnection());
      await().atMost(Duration.ofSeconds(90)).until(() -> client.run(id).containsKey("due-at"));
      daemon.kill();
      return id;
    }
  }

  private static ControlClient client(SpineFixture spine) {
    return new ControlClient(DaemonFile.ofLiveDaemon(spine.state().daemonFile()).orElseThrow());
  }
}
