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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the daemon in the middle of a copy: the run completes once, with the copy
 * resumed.
 */
@Timeout(120)
class DaemonKillIT {
  private static final int SIZE = 40 << 20;
  private static final long HELD_AT = 24L << 20;
  private static final Duration HELD_FOR = Duration.ofSeconds(5);

  @TempDir Path directory;

  @Test
  void aKilledDaemonGoesOnWhereItsCopyWas() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      Path offered = spine.offer("big.bin", SIZE);
      Path file = spine.jobFile("description: on demand");
      spine.hubProxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, HELD_AT).holding(HELD_FOR));

      String id = runUntilTheCopyIsHeld(spine, file);

      assertThat(spine.inHub("big.bin")).doesNotExist();
      spine.hubProxy.disarm();
      try (ForkedJvm daemon = spine.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", Duration.ofSeconds(30));
        ControlClient client = client(spine);
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(client.run(id)).containsEntry("state", "succeeded"));

        Map<String, Object> run = client.run(id);
        assertThat(run).containsEntry("recovered", true);
        assertThat(client.runs(10)).hasSize(1);
        assertThat(attempts(run, "pull")).containsExactly("succeeded");
        assertThat(attempts(run, "push")).containsExactly("interrupted", "succeeded");
        assertThat(attempts(run, "report")).containsExactly("succeeded");
        long resumed = Plain.number(onlyFile(run, "push"), "resumed");
        assertThat(resumed).isBetween(1L, SIZE - 1L);
        daemon.terminate();
        daemon.awaitExit(Duration.ofSeconds(30));
      }
      assertThat(SpineFixture.sha256(spine.inHub("big.bin")))
          .isEqualTo(SpineFixture.sha256(offered));
      assertThat(spine.state().daemonFile()).doesNotExist();
      try (var left = Files.walk(spine.inHub(""))) {
        assertThat(left.filter(Files::isRegularFile)).containsExactly(spine.inHub("big.bin"));
      }
    }
  }

  private static String runUntilTheCopyIsHeld(SpineFixture spine, Path file) throws Exception {
    try (ForkedJvm daemon = spine.waybill("daemon", "-c", file.toString())) {
      daemon.awaitLine(".*control channel.*", Duration.ofSeconds(30));
      String id = String.valueOf(client(spine).trigger("spine", Map.of()).get("id"));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> spine.hubProxy.strikes() == 1 && partHolds(spine, 8 << 20));
      daemon.kill();
      return id;
    }
  }

  /** Returns whether the hub has written down at least so many bytes of an unfinished file. */
  private static boolean partHolds(SpineFixture spine, long bytes) throws Exception {
    try (var parts = Files.walk(spine.inHub(""))) {
      return parts
          .filter(path -> path.getFileName().toString().endsWith(".wbpart"))
          .anyMatch(path -> path.toFile().length() >= bytes);
    }
  }

  private static ControlClient client(SpineFixture spine) {
    return new ControlClient(DaemonFile.ofLiveDaemon(spine.state().daemonFile()).orElseThrow());
  }

  private static List<Object> attempts(Map<String, Object> run, String step) {
    return Plain.maps(step(run, step), "attempts").stream()
        .<Object>map(each -> Plain.text(each, "state"))
        .toList();
  }

  private static Map<String, Object> onlyFile(Map<String, Object> run, String step) {
    Map<?, ?> outputs = (Map<?, ?>) Objects.requireNonNull(step(run, step).get("outputs"));
    return Plain.maps(outputs, "files").get(0);
  }

  private static Map<String, Object> step(Map<String, Object> run, String id) {
    return Plain.maps(run, "steps").stream()
        .filter(step -> id.equals(step.get("id")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step " + id + " in " + run));
  }
}
