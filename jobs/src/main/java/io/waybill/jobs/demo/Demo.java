package io.waybill.jobs.demo;

import io.waybill.JobFiles;
import io.waybill.Waybill;
import io.waybill.jobs.Configuration;
import io.waybill.jobs.JobException;
import io.waybill.jobs.RunEvent;
import io.waybill.jobs.RunRecord;
import io.waybill.jobs.config.StateDirectory;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.scheduler.RunState;
import io.waybill.transfer.file.DirectoryTree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The main job, on servers of this machine that live as long as the demo: the daemon loads a job
 * file, the schedule fires, files come by FTP and go to a chunk server over a connection that
 * breaks, a report goes out by SMTP and is read back by IMAP. Then everything is checked from
 * outside.
 */
public final class Demo {
  private static final String JOB = "nightly-orders";
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final PrintStream out;

  /** Creates a demo that tells what it does. */
  public Demo(PrintStream out) {
    this.out = out;
  }

  /**
   * Runs the demo.
   *
   * @param keep whether servers and daemon stay up afterwards, until the process is ended
   * @return whether every digest matched and the mail arrived
   * @throws JobException.TimedOut if the job has not come to its end after a minute
   */
  public boolean run(boolean keep) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("waybill-demo-");
    DemoReport report = new DemoReport(out);
    try (DemoServers servers = DemoServers.start(directory)) {
      Path file = DemoJobFile.write(directory, servers);
      StateDirectory state = StateDirectory.at(directory.resolve("state"));
      report.opening(servers, file);
      CompletableFuture<RunRecord> ended = new CompletableFuture<>();
      Configuration configuration = JobFiles.load(file);
      Waybill.Builder builder =
          Waybill.builder(configuration)
              .state(state)
              .listener(
                  event -> {
                    if (isSkipped(event)) {
                      return; // on a slow machine the schedule fires again meanwhile
                    }
                    report.on(event);
                    if (event instanceof RunEvent.RunEnded end) {
                      ended.complete(end.record());
                    }
                  });
      try (Daemon daemon = Daemon.start(configuration, builder, state.daemonFile())) {
        RunRecord record = await(ended);
        daemon.waybill().pause(JOB);
        DemoCheck check = DemoCheck.of(record, servers.files(), directory.resolve("hub"));
        report.closing(record, servers, check, state);
        if (keep) {
          report.kept(directory);
          daemon.awaitEnd();
        } else {
          report.gone();
        }
        return check.problems().isEmpty();
      }
    } finally {
      if (!keep) {
        DirectoryTree.delete(directory);
      }
    }
  }

  private static boolean isSkipped(RunEvent event) {
    return event instanceof RunEvent.RunEnded end && end.record().run().state() == RunState.SKIPPED;
  }

  private static RunRecord await(CompletableFuture<RunRecord> ended) throws InterruptedException {
    try {
      return ended.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new JobException.TimedOut(
          "the demo's job has not ended after " + LONGEST.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
