package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.RunRecord;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.mail.outbox.OutboxState;
import io.waybill.scheduler.RunState;
import io.waybill.testkit.ForkedJvm;
import io.waybill.testkit.SmtpPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mail that may have gone out, as nobody heard the answer to it: neither a retry nor a restart
 * sends it again, and the run says that nobody knows.
 */
@Timeout(180)
class MailOnceIT {
  private static final Duration HANG = Duration.ofSeconds(60);
  private static final Duration LONG_ENOUGH_TO_SEND = Duration.ofSeconds(4);
  private static final String SEND =
      "{ id: report, mail.send: { via: outgoing, to: a@b.example, subject: \"%s\", text: t } }";

  @TempDir Path directory;
  private MailFixture fixture;

  @BeforeEach
  void start() {
    fixture = new MailFixture(directory);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Path jobFile(String work) throws IOException {
    Path file = fixture.jobFile("", List.of(fixture.outgoing(", tls: off")), List.of("STEPS"));
    String text = Files.readString(file);
    String head =
        text.substring(0, text.indexOf("    retry:"))
            + "    retry: { attempts: 4, delay: 100ms, when: [transient, integrity, permanent] }\n";
    return Files.writeString(file, head + work);
  }

  @Test
  void aConnectionCutAfterTheDotEndsTheStepAsUnknown() throws Exception {
    jobFile("    steps: " + SEND.formatted("s"));
    fixture.server.at(SmtpPoint.DOT).once().drop();

    assertUnknownAndNeverAgain(1);
  }

  @Test
  void anItemWhoseMailMayHaveGoneOutIsUnknownAndTheOthersAreSent() throws Exception {
    jobFile("    each: { in: [one, two, three], steps: " + SEND.formatted("${item}") + " }\n");
    fixture.server.at(SmtpPoint.DOT).once().drop();
    String id;
    try (Waybill waybill = fixture.open()) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      await().atMost(HANG).until(() -> isFinished(waybill, id));
    }
    try (Waybill waybill = fixture.open()) {
      waybill.start();
      Thread.sleep(LONG_ENOUGH_TO_SEND.toMillis());
      RunRecord record = waybill.find(id).orElseThrow();
      assertThat(record.run().state()).isEqualTo(RunState.PARTIAL);
      assertThat(record.run().message())
          .startsWith("each: of 3 items 1 of unknown outcome: one: step \"report\": ");
      assertThat(record.items()).allMatch(item -> item.attempts().size() == 1);
    }
    assertThat(fixture.server.messages())
        .extracting(mail -> mail.text().lines().filter(l -> l.startsWith("Subject")).toList())
        .containsExactly(
            List.of("Subject: one"), List.of("Subject: two"), List.of("Subject: three"));
  }

  private void assertUnknownAndNeverAgain(int messages) throws Exception {
    String id;
    try (Waybill waybill = fixture.open()) {
      waybill.start();
      id = waybill.trigger("job", Map.of());
      await().atMost(HANG).until(() -> isFinished(waybill, id));
    }
    try (Waybill waybill = fixture.open()) {
      waybill.start();
      Thread.sleep(LONG_ENOUGH_TO_SEND.toMillis());
      RunRecord record = waybill.find(id).orElseThrow();
      assertThat(record.run().state()).isEqualTo(RunState.UNKNOWN);
      assertThat(record.steps().get(0).attempts()).hasSize(1);
      assertThat(waybill.outbox().list(Set.of(OutboxState.UNKNOWN), 10)).hasSize(1);
    }
    assertThat(fixture.server.messages()).hasSize(messages);
  }

  private static boolean isFinished(Waybill waybill, String id) {
    return waybill.find(id).orElseThrow().run().state().isFinished();
  }

  @Test
  void aDaemonThatIsKilledBeforeTheAnswerSendsNothingAgain() throws Exception {
    Path file = jobFile("    each: { in: [one, two], steps: " + SEND.formatted("${item}") + " }\n");
    fixture.server.at(SmtpPoint.DOT).once().stall();
    String id;
    try (ForkedJvm daemon = daemon(file)) {
      daemon.awaitLine(".*control channel.*", HANG);
      id = String.valueOf(client().trigger("job", Map.of()).get("id"));
      fixture.server.awaitMessages(1, HANG);
      daemon.kill();
    }
    try (ForkedJvm daemon = daemon(file)) {
      daemon.awaitLine(".*control channel.*", HANG);
      await()
          .atMost(HANG)
          .untilAsserted(() -> assertThat(client().run(id)).containsEntry("state", "partial"));
      Thread.sleep(LONG_ENOUGH_TO_SEND.toMillis());
      daemon.terminate();
      daemon.awaitExit(Duration.ofSeconds(30));
    }
    assertThat(fixture.server.messages()).hasSize(2);
    assertThat(fixture.server.messages().get(0).text()).contains("Subject: one");
    assertThat(fixture.server.messages().get(1).text()).contains("Subject: two");
  }

  private ControlClient client() {
    return new ControlClient(DaemonFile.ofLiveDaemon(fixture.state().daemonFile()).orElseThrow());
  }

  private ForkedJvm daemon(Path file) {
    return ForkedJvm.running(io.waybill.jobs.cli.Main.class)
        .args("daemon", "-c", file.toString())
        .environment("WAYBILL_STATE", fixture.state().path().toString())
        .start();
  }
}
