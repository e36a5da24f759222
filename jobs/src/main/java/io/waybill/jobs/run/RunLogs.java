package io.waybill.jobs.run;

import io.waybill.jobs.JobException;
import io.waybill.jobs.LogPiece;
import io.waybill.jobs.LogPiece.Source;
import io.waybill.jobs.log.EverySecond;
import io.waybill.jobs.log.LogPart;
import io.waybill.jobs.log.RunLogDirectory;
import io.waybill.jobs.log.RunLogFiles;
import io.waybill.scheduler.Run;
import io.waybill.scheduler.SchedulerException;
import io.waybill.scheduler.store.RunLogTails;
import io.waybill.scheduler.store.RunLogTails.Tail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of runs: a file each on the node that ran them, whose end is in the store within a
 * second of the run's end.
 */
public final class RunLogs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLogs.class);
  private static final int BATCH = 20;

  private final RunLogDirectory directory;
  private final RunLogTails tails;
  private final RunLogFiles files;
  private final EverySecond storing;
  // runs do not wait for the store once more: their ends are brought there together
  private final Queue<String> ended = new ConcurrentLinkedQueue<>();

  public RunLogs(RunLogDirectory directory, RunLogTails tails) {
    this.directory = directory;
    this.tails = tails;
    files = new RunLogFiles(directory);
    // not on the thread that flushes: the store may keep it waiting
    storing = EverySecond.does("waybill-log-ends", this::storeEnds);
  }

  /** Begins the log of a run, or goes on with it; closing it ends it. */
  Open open(String runId) {
    files.begin(runId);
    return () -> {
      files.end(runId);
      ended.add(runId);
    };
  }

  /** The log of a live run. */
  interface Open extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Reads a piece of a log: from its file, where that is here, else from the store.
   *
   * @param run as it was read before
   * @param from where to begin, in bytes
   * @param most how many bytes at most, at least 1
   * @throws JobException.NotYet if the file cannot be read
   */
  public LogPiece read(Run run, long from, int most) {
    // looked at before the log is: what is read of one that has ended is all of it
    boolean isEnded = run.state().isFinished() && !files.isLive(run.id());
    files.flush(run.id());
    try {
      Optional<LogPart> part = directory.read(run.id(), from, most);
      if (part.isPresent()) {
        return piece(part.get(), Source.FILE, isEnded);
      }
    } catch (IOException e) {
      throw new JobException.NotYet(
          "the log of run %s cannot be read: %s; look at its file %s"
              .formatted(run.id(), e, directory.file(run.id())));
    }
    return tails
        .find(run.id())
        .map(
            tail ->
                piece(part(tail, from), tail.isCut() ? Source.STORE_CUT : Source.STORE, isEnded))
        .orElseGet(() -> piece(new LogPart("", from, from), Source.NONE, isEnded));
  }

  private static LogPiece piece(LogPart part, Source source, boolean isEnded) {
    return new LogPiece(part.text(), part.from(), part.next(), source, isEnded);
  }

  // a tail is a quarter of a MiB at most, and goes out whole
  private static LogPart part(Tail tail, long from) {
    byte[] bytes = tail.bytes();
    int start = (int) Math.min(from, bytes.length);
    String text = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    return new LogPart(text, from, Math.max(from, bytes.length));
  }

  /** Deletes the files of runs that are forgotten; one that stays is named in the log. */
  void delete(Collection<String> runIds) {
    try {
      directory.delete(runIds);
    } catch (IOException e) {
      LOG.warn("event=run-logs-left runs={} why=\"{}\"", runIds.size(), e.toString());
    }
  }

  /** Deletes the files of days that are over, of runs that nobody knows. */
  void deleteUnknown(Instant before, Function<Collection<String>, Set<String>> known) {
    try {
      int deleted = directory.deleteUnknown(before, known);
      if (deleted > 0) {
        LOG.info(
            "event=run-logs-deleted files={} why=\"their runs are not in the store\"", deleted);
      }
    } catch (IOException e) {
      LOG.warn("event=run-logs-left why=\"{}\"", e.toString());
    }
  }

  private synchronized void storeEnds() {
    boolean isStored = true;
    while (isStored && !ended.isEmpty()) {
      List<Tail> batch = new ArrayList<>();
      for (String id = ended.poll(); id != null; id = batch.size() < BATCH ? ended.poll() : null) {
        tail(id).ifPresent(batch::add);
      }
      if (!batch.isEmpty()) {
        isStored = store(batch);
      }
    }
  }

  /** Returns whether the store is there to take more. */
  private boolean store(List<Tail> batch) {
    List<String> ids = batch.stream().map(Tail::runId).toList();
    try {
      tails.put(batch);
      return true;
    } catch (SchedulerException e) {
      // each log is whole in its file
      LOG.warn("event=run-logs-not-stored runs={} why=\"{}\"", ids, e.getMessage());
      if (e.isTransient()) {
        ended.addAll(ids); // for the next second
      }
      return false;
    }
  }

  private Optional<Tail> tail(String runId) {
    try {
      return directory
          .end(runId, RunLogTails.MOST_BYTES)
          .map(end -> new Tail(runId, end.bytes(), end.isCut()));
    } catch (IOException e) {
      LOG.warn("event=run-log-not-stored run={} why=\"{}\"", runId, e.toString());
      return Optional.empty();
    }
  }

  /** Ends the logs that are open, and brings the ends that wait into the store. */
  @Override
  public void close() {
    files.close();
    storing.close();
    storeEnds();
  }
}
