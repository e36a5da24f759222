package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.jobs.cli.Main;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the daemon at the moment at which a run fails: each failure is told, and once.
 */
@Timeout(300)
class AlertKillIT {
  private static final int ROUNDS = 4;

  @TempDir Path directory;
  private final Random random = new Random(20_261_130);

  @Test
  void eachFailureIsToldOnce() throws Exception {
    int port = freePort();
    List<String> expected = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      expected.add("[waybill] job-" + round + " failed");
      Path file = jobFile(port, round + 1);
      try (ForkedJvm daemon = daemon(file)) {
        Path marker = directory.resolve("begun-" + round);
        await()
            .pollInterval(Duration.ofMillis(2))
            .pollDelay(Duration.ZERO)
            .atMost(Duration.ofSeconds(60))
            .until(() -> Files.exists(marker));
        Thread.sleep(random.nextInt(120)); // before the end of the run is written, or after it
        daemon.kill();
      }
    }
    GreenMail mail = new GreenMail(new ServerSetup(port, "127.0.0.1", "smtp"));
    mail.start();
    try (ForkedJvm daemon = daemon(jobFile(port, ROUNDS))) {
      ControlClient client = client();
      await()
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> {
                for (Map<String, Object> entry : client.outbox("deferred", 100)) {
                  client.decide(Plain.text(entry, "id"), "retry");
                }
                assertThat(subjects(mail)).containsExactlyElementsOf(expected);
                assertThat(client.alerts(Optional.empty(), 100))
                    .allSatisfy(
                        alert ->
                            assertThat(Plain.maps(alert, "deliveries"))
                                .allSatisfy(
                                    each -> assertThat(each).containsEntry("state", "sent")));
              });
      assertThat(client.alerts(Optional.empty(), 100))
          .extracting(alert -> alert.get("kind"))
          .containsOnly("failure")
          .hasSize(ROUNDS);
      assertThat(Plain.maps(Plain.map(client.status(), "alerts"), "troubles")).hasSize(ROUNDS);
      daemon.terminate();
      daemon.awaitExit(Duration.ofSeconds(40));
      assertThat(subjects(mail)).containsExactlyElementsOf(expected);
    } finally {
      mail.stop();
    }
  }

  private static List<String> subjects(GreenMail mail) throws MessagingException {
    List<String> subjects = new ArrayList<>();
    for (MimeMessage each : mail.getReceivedMessages()) {
      subjects.add(each.getSubject());
    }
    return subjects.stream().sorted().toList();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path jobFile(int port, int jobs) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            version: 1
            timezone: UTC
            connections:
              outgoing: { type: smtp, host: 127.0.0.1, port: %d, tls: off, from: robot@acme.example }
            alerts: { ops: { type: mail, via: outgoing, to: ops@acme.example } }
            defaults:
              retry: { attempts: 1 }
              notify: { failure: { to: ops } }
            jobs:
            """
                .formatted(port));
    for (int i = 0; i < jobs; i++) {
      text.append(
          """
            job-%d:
              schedule: { every: 1s }
              steps: { exec: { command: [/bin/sh, -c, "touch %s; exit 1"] } }
          """
              .formatted(i, directory.resolve("begun-" + i)));
    }
    return Files.writeString(directory.resolve("waybill.yml"), text);
  }

  private ForkedJvm daemon(Path file) throws InterruptedException {
    ForkedJvm daemon =
        ForkedJvm.running(Main.class)
            .args("daemon", "-c", file.toString())
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .start();
    daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
    return daemon;
  }

  private ControlClient client() {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(directory.resolve("state")).daemonFile())
            .orElseThrow());
  }
}
