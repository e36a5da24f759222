package io.waybill.transfer.tcp.server;

import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.OrphanParts;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes unfinished files that nobody came back for: at the start, and every day. */
final class Sweeper implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final long END_SECONDS = 5;

  private final Supplier<Set<Path>> roots;
  private final Duration olderThan;
  private final InstantSource clock;
  private final Runnable afterwards;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "waybill-sweep");
            made.setDaemon(true);
            return made;
          });

  /**
   * Prepares.
   *
   * @param roots asked at each sweep
   * @param afterwards runs after each sweep
   */
  Sweeper(Supplier<Set<Path>> roots, Duration olderThan, InstantSource clock, Runnable afterwards) {
    this.roots = roots;
    this.olderThan = olderThan;
    this.clock = clock;
    this.afterwards = afterwards;
  }

  void start() {
    var unused = thread.scheduleWithFixedDelay(this::sweepAll, 0, 1, TimeUnit.DAYS);
  }

  private void sweepAll() {
    for (Path root : roots.get()) {
      if (!Files.isDirectory(root)) {
        continue; // its user is not let in, which is said elsewhere
      }
      try {
        OrphanParts.Swept swept = OrphanParts.sweep(DirectoryHandle.open(root), olderThan, clock);
        LOG.info(
            "event=unfinished-swept root={} deleted={} unreadable={}",
            root,
            swept.deleted().size(),
            swept.unreadable().size());
      } catch (IOException | RuntimeException e) {
        // the next root, and the next day, may go better
        LOG.warn("event=sweep-failed root={}", root, e);
      }
      if (thread.isShutdown()) {
        return;
      }
    }
    afterwards.run();
  }

  /** Ends it; a sweep under way stops at the next file. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("event=sweep-left");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
