package io.waybill.jobs.demo;

import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunListener;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.StepRecord;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.json.Plain;
import io.waybill.jobs.sandbox.SampleFile;
import io.waybill.jobs.sandbox.Sandbox;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells a newcomer what the demo does and did. */
final class DemoReport implements RunListener {
  private static final int DIGEST_CHARS = 12;
  private final PrintStream out;
  private @Nullable Instant start;

  DemoReport(PrintStream out) {
    this.out = out;
  }

  void opening(DemoServers servers, Path file) {
    Sandbox sandbox = servers.sandbox();
    out.println("One job, for real, on throw-away servers of this machine.");
    out.println();
    out.printf(
        "  servers   ftp :%d   chunk server :%d   smtp :%d   imap :%d   (all on %s)%n",
        sandbox.ftpPort(),
        sandbox.chunkPort(),
        sandbox.smtpPort(),
        sandbox.imapPort(),
        sandbox.host());
    out.println("  job file  " + file);
    out.println("  schedule  every 5 s");
    out.println();
    out.println("Time line");
  }

  @Override
  public synchronized void on(RunEvent event) {
    if (event instanceof RunEvent.RunStarted started) {
      start = Instant.now();
      line("run " + started.run().id() + " begins, recorded before it acts");
    } else if (event instanceof RunEvent.AttemptStarted attempt) {
      line(
          "%s (%s), attempt %d"
              .formatted(attempt.attempt().stepKey(), attempt.kind(), attempt.attempt().number()));
    } else if (event instanceof RunEvent.AttemptEnded ended) {
      String message = ended.attempt().message();
      line(
          ended.attempt().stepKey()
              + ": "
              + ended.attempt().state().name().toLowerCase(Locale.ROOT)
              + (message.isEmpty() ? "" : ", " + message));
    } else if (event instanceof RunEvent.RunEnded ended) {
      line("run " + ended.record().run().state().name().toLowerCase(Locale.ROOT));
    }
  }

  private void line(String text) {
    Instant begin = start == null ? Instant.now() : start;
    double seconds = Duration.between(begin, Instant.now()).toMillis() / 1000.0;
    out.printf(Locale.ROOT, "  %+7.2f s  %s%n", seconds, text);
    out.flush();
  }

  void closing(RunRecord record, DemoServers servers, DemoCheck check, StateDirectory state) {
    out.printf("%nFiles, as they lie in the hub%n");
    out.printf(
        "  %-26s %11s  %-15s %-11s %8s  %s%n",
        "name", "size", "sha-256", "verified", "attempts", "resumed at");
    for (SampleFile file : servers.files()) {
      print(file, receipt(record, "push", file.name()));
    }
    if (servers.flaky().hasBroken()) {
      out.println(
          "  One connection to the hub was broken on purpose; the transfer went on where it was.");
    }
    out.printf("%nMail, sent by SMTP and read back by IMAP%n");
    record
        .step("report")
        .flatMap(StepRecord::result)
        .map(StepResult::outputs)
        .ifPresent(this::printMail);
    out.printf("%nStore%n  %s%n", state.store().resolve("waybill.mv.db"));
    out.println();
    if (check.problems().isEmpty()) {
      out.printf(
          "All %d files are whole, checked from outside, and the mail arrived.%n",
          servers.files().size());
    } else {
      out.println("Not as it should be:");
      check.problems().forEach(problem -> out.println("  " + problem));
    }
  }

  private void print(SampleFile file, Map<String, Object> receipt) {
    Object resumed = receipt.get("resumed");
    out.printf(
        Locale.ROOT,
        "  %-26s %,11d  %-15s %-11s %8s  %s%n",
        file.name(),
        file.sizeBytes(),
        file.sha256().substring(0, DIGEST_CHARS) + "...",
        receipt.getOrDefault("verified", "-"),
        receipt.getOrDefault("tries", "-"),
        resumed instanceof Long bytes && bytes > 0 ? String.format(Locale.ROOT, "%,d", bytes) : "");
  }

  private void printMail(Map<String, Object> outputs) {
    out.println("  " + outputs.get("message-id"));
    out.println("  " + outputs.get("subject"));
  }

  private static Map<String, Object> receipt(RunRecord record, String step, String name) {
    return record
        .step(step)
        .flatMap(StepRecord::result)
        .map(result -> Plain.maps(result.outputs(), "files"))
        .orElse(List.of())
        .stream()
        .filter(file -> name.equals(file.get("name")))
        .findFirst()
        .orElse(Map.of());
  }

  void gone() {
    out.println(
        "Servers, files and store are gone with the demo; \"waybill demo --keep\" leaves them to look at.");
  }

  void kept(Path directory) {
    out.println();
    out.println(
        "Servers and daemon stay up, the job's schedule is paused; everything is in " + directory);
    out.println("  waybill trigger nightly-orders --follow --state " + directory.resolve("state"));
    out.println(
        "  waybill runs --state "
            + directory.resolve("state")
            + "   looks at them; Ctrl-C ends them");
    out.flush();
  }
}
