package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.ReceivedMail;
import io.waybill.testkit.ScriptedSmtpServer;
import io.waybill.testkit.SmtpPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code kill -9} of the daemon at each point on a file's way from a server's directory to here: it
 * is here once, whole, put away there, and told by one mail; or it is set aside, where nobody knows
 * whether the mail has gone out.
 */
@Timeout(300)
class TriggerPhaseKillIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int BYTES = 1 << 20;

  @TempDir Path directory;

  enum Phase {
    CLAIMED,
    DOWNLOADING,
    PUBLISHED,
    PUT_AWAY,
    MAIL_DATA_SENT,
    WRITTEN_DOWN
  }

  @ParameterizedTest
  @EnumSource
  void theFileIsDealtWithOnce(Phase phase) throws Exception {
    byte[] content = new byte[BYTES];
    new Random(phase.name().hashCode()).nextBytes(content);
    try (FileJob job = new FileJob(directory);
        ScriptedSmtpServer mail = ScriptedSmtpServer.start()) {
      Files.createDirectories(job.at("partner/out"));
      Path file = jobFile(job, mail);
      if (phase == Phase.MAIL_DATA_SENT) {
        mail.at(SmtpPoint.DOT).stall();
      }
      try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", LONG);
        Path written = Files.write(directory.resolve("unfinished"), content);
        Files.move(written, job.at("partner/out/orders.bin"));
        reach(phase, job, mail, daemon);
        daemon.kill();
      }
      mail.behave();
      try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
        daemon.awaitLine(".*control channel.*", LONG);
        ControlClient client = client(job);
        boolean isUnknown = phase == Phase.MAIL_DATA_SENT;
        String end = isUnknown ? "quarantined" : "done";
        await().atMost(LONG).until(() -> items(client, end).size() == 1);
        if (isUnknown) {
          assertThat(Plain.text(items(client, end).get(0), "message")).contains("outbox");
        }
        Thread.sleep(2_500); // two more looks find nothing
        assertThat(client.runs(10)).hasSize(1);
        daemon.terminate();
        daemon.awaitExit(LONG);
      }
      assertThat(Files.readAllBytes(job.at("in/orders.bin"))).isEqualTo(content);
      assertThat(job.filesIn("in")).containsExactly("orders.bin");
      assertThat(job.filesIn("partner")).containsExactly("done/orders.bin");
      assertThat(mail.accepted()).hasSizeLessThanOrEqualTo(1);
      if (phase != Phase.MAIL_DATA_SENT) {
        assertThat(mail.accepted()).extracting(ReceivedMail::content).hasSize(1);
      }
    }
  }

  private static void reach(Phase phase, FileJob job, ScriptedSmtpServer mail, ForkedJvm daemon)
      throws Exception {
    switch (phase) {
      case CLAIMED -> daemon.awaitLine(".*event=items-given.*", LONG);
      case DOWNLOADING -> soon(() -> hasPart(job.at("in")));
      case PUBLISHED -> soon(() -> Files.exists(job.at("in/orders.bin")));
      case PUT_AWAY -> soon(() -> Files.exists(job.at("partner/done/orders.bin")));
      case MAIL_DATA_SENT -> soon(() -> mail.messages().size() == 1);
      case WRITTEN_DOWN -> daemon.awaitLine(".*event=item-ended.*", LONG);
    }
  }

  private static void soon(java.util.concurrent.Callable<Boolean> reached) {
    await().pollInterval(Duration.ofMillis(2)).pollDelay(Duration.ZERO).atMost(LONG).until(reached);
  }

  private static boolean hasPart(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (var list = Files.list(directory)) {
      return list.anyMatch(each -> each.toString().endsWith(".wbpart"));
    }
  }

  private static List<Map<String, Object>> items(ControlClient client, String state)
      throws InterruptedException {
    return client.ledger(Optional.of("files"), state, 100);
  }

  private static Path jobFile(FileJob job, ScriptedSmtpServer mail) throws Exception {
    Path file = job.jobFile();
    String connections =
        "connections:\n  outgoing: { type: smtp, host: 127.0.0.1, port: %d, tls: off, from: robot@acme.example }\n"
            .formatted(mail.port());
    String trigger =
        """
        trigger: { files: { dir: "partner:/out", settle: 0s, poll-every: 1s } }
        each:
          in: "${trigger.files}"
          steps:
            - copy:
                from: "${item}"
                to: DIR/in/
                rate: 1MiB/s
                after-copy: { move-to: "partner:/done/" }
            - mail.send:
                via: outgoing
                to: ops@acme.example
                subject: "${item.name} is here"
                text: "It is."
                dedupe: "${item.id}"
        """
            .replace("DIR", job.directory.toString())
            .indent(4);
    String text =
        Files.readString(file).replace("connections:\n", connections).replace("    steps:\n", "");
    return Files.writeString(file, text + trigger);
  }

  private static ControlClient client(FileJob job) {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(job.at("state")).daemonFile()).orElseThrow());
  }
}
