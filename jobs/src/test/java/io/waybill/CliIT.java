package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.SpineFixture.Overrides;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import io.waybill.testkit.ForkedJvm;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line over real servers: what it prints, and what it ends with. */
@Timeout(180)
class CliIT {
  private static final String ON_DEMAND = "description: on demand";

  @TempDir Path directory;

  @Test
  void aWholeRunEndsWithZeroAndIsInTheStore() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 1000);

      CommandLineRun run = run(spine, spine.jobFile(ON_DEMAND), "-o", "json");

      assertThat(run.code()).as(run.err()).isZero();
      Map<String, Object> form = Json.readObject(run.out());
      assertThat(form).containsEntry("schema", "waybill.run/1").containsEntry("state", "succeeded");
      assertThat(run.err()).contains("pull: copy", "read-back: mail.fetch");
      Map<String, Object> list = Json.readObject(waybill(spine, "runs", "--json").out());
      assertThat(list).containsEntry("schema", "waybill.runs/1");
      assertThat(Plain.maps(list, "runs"))
          .extracting(r -> r.get("id"))
          .containsOnly(form.get("id"));
      String line = waybill(spine, "-o", "ndjson", "runs").out();
      assertThat(line.lines()).hasSize(1);
      assertThat(Json.readObject(line)).containsEntry("schema", "waybill.run/1");
      CommandLineRun one = waybill(spine, "runs", Plain.text(form, "id"));
      assertThat(one.out()).contains("a.bin", "digest", "1 attempt");
    }
  }

  @Test
  void quietPrintsNoProgress() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 1000);

      assertThat(run(spine, spine.jobFile(ON_DEMAND), "-q").err()).isEmpty();
    }
  }

  @Test
  void aRefusedLoginEndsWithFive() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);

      assertCode(5, spine, new Overrides("127.0.0.1", "wrong-ftp-pass", "", ""));
      assertCode(5, spine, new Overrides("127.0.0.1", "", "", "wrong-hub-key"));
      assertCode(5, spine, new Overrides("127.0.0.1", "", "wrong-mail-pass", ""));
    }
  }

  @Test
  void anUnknownHostAndARefusedConnectionEndWithFour() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);

      assertCode(4, spine, new Overrides("no-such-host.invalid", "", "", ""));
      Path file = spine.jobFile(ON_DEMAND);
      Files.writeString(
          file,
          Files.readString(file)
              .replace("port: " + spine.sandbox.ftpPort(), "port: " + closedPort()));
      CommandLineRun run = run(spine, file, "--json");
      assertThat(run.code()).as(run.out()).isEqualTo(4);
      Map<String, Object> step = Plain.maps(Json.readObject(run.out()), "steps").get(0);
      assertThat(Plain.maps(step, "attempts"))
          .hasSize(3)
          .allMatch(attempt -> "connection".equals(attempt.get("cause")));
    }
  }

  private static int closedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aMissingSourceEndsWithThreeAndAMissingSecretWithTwo() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);
      Path file = spine.jobFile(ON_DEMAND);
      Path other =
          Files.writeString(
              directory.resolve("other.yml"),
              Files.readString(file).replace("partner:/out/", "partner:/no-such/file.csv"));
      assertThat(run(spine, other).code()).isEqualTo(3);
      Files.delete(directory.resolve("secrets/ftp"));
      assertThat(run(spine, file).code()).isEqualTo(2);
    }
  }

  @Test
  void aJobThatIsNotInTheFileEndsWithThree() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      CommandLineRun run = waybill(spine, "run", "spin", "-c", spine.jobFile(ON_DEMAND).toString());
      assertThat(run.code()).isEqualTo(3);
      assertThat(run.err()).isEqualTo("waybill: there is no job \"spin\"; there are: [spine]\n");
      assertThat(waybill(spine, "runs", "01ARZ3NDEKTSV4RRFFQ69G5FAV").code()).isEqualTo(3);
    }
  }

  @Test
  void whileADaemonOwnsTheStoreRunIsRefusedAndOthersAskTheDaemon() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("a.bin", 10);
      String file = spine.jobFile(ON_DEMAND).toString();
      try (ForkedJvm daemon = spine.waybill("daemon", "-c", file)) {
        daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));

        CommandLineRun refused = waybill(spine, "run", "spine", "-c", file);
        assertThat(refused.code()).isEqualTo(12);
        assertThat(refused.err())
            .startsWith("waybill: ")
            .contains(String.valueOf(daemon.pid()))
            .endsWith("; or have the daemon run it: waybill trigger spine\n");
        CommandLineRun second = waybill(spine, "daemon", "-c", file);
        assertThat(second.code()).isEqualTo(12);
        CommandLineRun triggered = waybill(spine, "trigger", "spine", "--follow", "--json");
        assertThat(triggered.code()).as(triggered.out()).isZero();
        assertThat(waybill(spine, "runs").out()).contains("spine  succeeded");
        assertThat(waybill(spine, "trigger", "nosuch").code()).isEqualTo(3);
        assertThat(spine.state().daemonFile()).exists();

        daemon.terminate();
        assertThat(daemon.awaitExit(Duration.ofSeconds(60))).isEqualTo(143);
      }
      assertThat(spine.state().daemonFile()).doesNotExist();
      assertThat(waybill(spine, "trigger", "spine").code()).isEqualTo(2);
    }
  }

  @Test
  void aSignalCancelsTheRunAndTheRecordSaysSo() throws Exception {
    try (SpineFixture spine = new SpineFixture(directory)) {
      spine.offer("big.bin", 20 << 20);
      String file = spine.jobFile(ON_DEMAND).toString();
      spine.hubProxy.arm(
          FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 4 << 20)
              .holding(Duration.ofSeconds(60)));
      try (ForkedJvm run = spine.waybill("run", "spine", "-c", file)) {
        run.awaitLine("push: copy", Duration.ofSeconds(60));
        await().atMost(Duration.ofSeconds(60)).until(() -> spine.hubProxy.strikes() == 1);

        run.terminate();

        assertThat(run.awaitExit(Duration.ofSeconds(30))).isEqualTo(143);
        assertThat(run.output()).contains("cancelled");
      }
      spine.hubProxy.disarm();
      Map<String, Object> list = Json.readObject(waybill(spine, "runs", "--json").out());
      assertThat(Plain.maps(list, "runs"))
          .singleElement()
          .satisfies(form -> assertThat(form).containsEntry("state", "cancelled"));
    }
  }

  private static void assertCode(int code, SpineFixture spine, Overrides wrong) throws Exception {
    CommandLineRun run = run(spine, spine.jobFile(ON_DEMAND, wrong));
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(code);
    assertThat(run.out() + run.err()).doesNotContain("wrong-");
  }

  private static CommandLineRun run(SpineFixture spine, Path file, String... more) {
    String[] line = new String[more.length + 4];
    line[0] = "run";
    line[1] = "spine";
    line[2] = "-c";
    line[3] = file.toString();
    System.arraycopy(more, 0, line, 4, more.length);
    return waybill(spine, line);
  }

  private static CommandLineRun waybill(SpineFixture spine, String... line) {
    return CommandLineRun.of(Map.of("WAYBILL_STATE", spine.state().path().toString()), line);
  }
}
