package io.waybill.jobs.log;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is logged in live runs into a file for each. What a run logs is what its threads log
 * with the run's id as {@code run} in their MDC. Files are written at least each second, and when
 * the run ends; a process that is killed loses no more than the last second. Where the log is not
 * logback's, nothing is written.
 */
public final class RunLogFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLogFiles.class);

  private final RunLogDirectory directory;
  private final Map<String, RunLogFile> live = new ConcurrentHashMap<>();
  private final Runnable detach;
  private final EverySecond flushing;

  /** Begins to listen to the log of this process. */
  public RunLogFiles(RunLogDirectory directory) {
    this.directory = directory;
    // an application may log by something else, and need not have logback at all
    detach =
        LoggerFactory.getILoggerFactory().getClass().getName().startsWith("ch.qos.logback.")
            ? RunLogAppender.attach(this)
            : () -> {};
    flushing = EverySecond.does("waybill-run-logs", () -> live.keySet().forEach(this::flush));
  }

  /**
   * Begins the log of a run, or goes on with it.
   *
   * @throws IllegalArgumentException if the id is no ULID
   */
  public void begin(String runId) {
    live.put(runId, new RunLogFile(directory.file(runId)));
  }

  /** Ends the log of a run: all of it is in the file, which is closed. */
  public void end(String runId) {
    RunLogFile file = live.get(runId);
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        report(runId, e);
      }
      live.remove(runId);
    }
  }

  /** Returns whether the log of a run has begun and not ended. */
  public boolean isLive(String runId) {
    return live.containsKey(runId);
  }

  /** Writes what a live run has logged until now, so that it can be read. */
  public void flush(String runId) {
    RunLogFile file = live.get(runId);
    if (file != null) {
      try {
        file.flush();
      } catch (IOException e) {
        report(runId, e);
      }
    }
  }

  /** Takes a line of a run, if that is live here. */
  void add(String runId, Supplier<byte[]> line) {
    RunLogFile file = live.get(runId);
    if (file != null) {
      try {
        file.add(line.get());
      } catch (IOException e) {
        report(runId, e);
      }
    }
  }

  // a run does not fail because its log cannot be written; the file takes no more after the first
  private static void report(String runId, IOException failure) {
    LOG.warn(
        "event=run-log-not-written run={} why=\"{}\" next=\"see whether the disk of the state directory is full\"",
        runId,
        failure.toString());
  }

  /** Ends all that is live, and listens no more. */
  @Override
  public void close() {
    detach.run();
    flushing.close();
    live.keySet().forEach(this::end);
  }
}
