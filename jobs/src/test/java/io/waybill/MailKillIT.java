package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.ControlClient;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the daemon while a step is at work on messages: the run goes on. */
@Timeout(240)
class MailKillIT {
  private static final int MESSAGES = 80;
  private static final String ALL = "message: '${steps.fetch.messages}'";

  @TempDir Path directory;
  private MailboxJob job;

  @BeforeEach
  void start() throws Exception {
    job = new MailboxJob(directory);
    for (int i = 0; i < MESSAGES; i++) {
      job.deliver(MailboxJob.message("m" + i, "a.csv=" + i));
    }
  }

  @AfterEach
  void stop() {
    job.close();
  }

  @Test
  void eachAttachmentIsSavedOnceAndNoneIsForgotten() throws Exception {
    Path file = job.jobFile("{ id: save, mail.save-attachments: { " + ALL + ", to: DIR/in/ } }");
    Files.createDirectories(job.at("in"));
    Map<String, Object> run = finished(file, killedWhen(file, () -> saved() > 20));
    assertThat(run).containsEntry("state", "succeeded");
    List<String> names = new ArrayList<>();
    for (Map<String, Object> each : Plain.maps(outputs(run, "save"), "files")) {
      names.add(Plain.text(each, "name"));
    }
    assertThat(names).hasSize(MESSAGES);
    assertThat(job.filesIn("in")).containsExactlyElementsOf(new TreeSet<>(names));
    TreeSet<String> contents = new TreeSet<>();
    for (String each : names) {
      contents.add(Files.readString(job.at("in/" + each)).strip());
    }
    assertThat(contents).as("each attachment").hasSize(MESSAGES);
  }

  private int saved() throws Exception {
    return job.filesIn("in").stream().filter(each -> each.endsWith(".csv")).toList().size();
  }

  @Test
  void whatWasMovedBeforeItWasWrittenDownCountsAsDone() throws Exception {
    job.create("Processed");
    Path file =
        job.jobFile("{ id: file, mail.file: { " + ALL + ", move-to: Processed, flag: seen } }");
    String id = killedWhen(file, () -> job.folder("Processed").getMessageCount() > 0);
    Map<String, Object> run = finished(file, id);
    assertThat(run).containsEntry("state", "succeeded");
    assertThat(outputs(run, "file")).containsEntry("filed", (long) MESSAGES);
    assertThat(job.subjects("INBOX")).isEmpty();
    assertThat(job.subjects("Processed")).hasSize(MESSAGES).doesNotHaveDuplicates();
  }

  @Test
  void nothingIsPassedOnTwice() throws Exception {
    Path file =
        job.jobFile(
            "{ id: answer, mail.forward: { " + ALL + ", via: outgoing, to: boss@acme.example } }");
    String id = killedWhen(file, () -> job.receivedBy("boss@acme.example").size() > 10);
    Map<String, Object> run = finished(file, id);
    List<String> subjects = new ArrayList<>();
    for (var each : job.receivedBy("boss@acme.example")) {
      subjects.add(each.getSubject());
    }
    assertThat(subjects).doesNotHaveDuplicates();
    if ("succeeded".equals(run.get("state"))) {
      assertThat(subjects).hasSize(MESSAGES);
    } else {
      // killed between a dot and its answer: what nobody knows is not sent again
      assertThat(run).containsEntry("state", "unknown");
      assertThat(subjects).hasSizeGreaterThanOrEqualTo(MESSAGES - 4);
    }
  }

  private static Map<String, Object> outputs(Map<String, Object> run, String step) {
    return Plain.maps(run, "steps").stream()
        .filter(each -> step.equals(each.get("id")))
        .map(each -> Plain.map(each, "outputs"))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, Object> finished(Path file, String id) throws Exception {
    try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
      daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
      ControlClient client = client();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  !List.of("queued", "running", "waiting")
                      .contains(String.valueOf(client.run(id).get("state"))));
      Map<String, Object> run = client.run(id);
      daemon.terminate();
      daemon.awaitExit(Duration.ofSeconds(30));
      return run;
    }
  }

  private String killedWhen(Path file, Callable<Boolean> isEnough) throws Exception {
    try (ForkedJvm daemon = job.waybill("daemon", "-c", file.toString())) {
      daemon.awaitLine(".*control channel.*", Duration.ofSeconds(60));
      String id = String.valueOf(client().trigger("post", Map.of()).get("id"));
      await()
          .pollInterval(Duration.ofMillis(2))
          .pollDelay(Duration.ZERO)
          .atMost(Duration.ofSeconds(90))
          .until(isEnough);
      daemon.kill();
      return id;
    }
  }

  private ControlClient client() {
    return new ControlClient(
        DaemonFile.ofLiveDaemon(StateDirectory.at(job.at("state")).daemonFile()).orElseThrow());
  }
}
