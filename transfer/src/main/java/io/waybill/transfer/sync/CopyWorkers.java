package io.waybill.transfer.sync;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Copies the files of a plan, several at once, each thread the next one that nobody has begun. */
final class CopyWorkers {
  private final Side source;
  private final Side target;
  private final SyncOptions options;
  private final Copier copier;
  private final SyncTally tally;
  private final SyncProgress progress;
  private final AtomicInteger next = new AtomicInteger();
  private volatile @Nullable Throwable fatal;
  private volatile boolean stopped;

  CopyWorkers(
      Side source,
      Side target,
      SyncOptions options,
      Copier copier,
      SyncTally tally,
      SyncProgress progress) {
    this.source = source;
    this.target = target;
    this.options = options;
    this.copier = copier;
    this.tally = tally;
    this.progress = progress;
  }

  /**
   * Returns when all threads have ended; an interrupt ends them, too.
   *
   * @return whether each file was tried
   */
  boolean run(List<SyncAction.Copy> copies) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Math.min(options.parallel(), copies.size()); i++) {
      Thread thread = new Thread(() -> work(copies), "waybill-sync-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    boolean interrupted = false;
    for (Thread each : threads) {
      while (each.isAlive()) {
        try {
          each.join();
        } catch (InterruptedException e) {
          interrupted = true;
          stopped = true;
          threads.forEach(Thread::interrupt);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    rethrow(fatal);
    return !stopped;
  }

  private static void rethrow(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
  }

  private void work(List<SyncAction.Copy> copies) {
    try {
      for (int at = next.getAndIncrement();
          at < copies.size() && !stopped;
          at = next.getAndIncrement()) {
        copy(copies.get(at));
      }
    } catch (RuntimeException | Error e) { // no failure of a transfer: a mistake in the program
      fatal = e;
      stopped = true;
    }
  }

  private void copy(SyncAction.Copy copy) {
    SyncProgress.FileProgress file = progress.file(copy.bytes());
    // what was seen to differ must not be taken for equal by the same rule once more
    TargetPolicy policy =
        copy.why() == SyncAction.Why.MISSING || copy.why() == SyncAction.Why.UNKNOWN
            ? TargetPolicy.SKIP_EQUAL // what a listing does not tell, a look at the file may
            : TargetPolicy.REPLACE;
    TransferOptions one = options.files().toBuilder().listener(file).targetPolicy(policy).build();
    try {
      tally.copied(
          copier.copy(source.sourceName(copy.path()), target.targetName(copy.path()), one));
    } catch (TransferException e) {
      tally.failed(copy.path(), e);
      if (isHopeless(e)) {
        stopped = true;
      }
    } finally {
      file.done();
    }
  }

  // each further file would fail the same way, and a refused login must not be hammered
  private static boolean isHopeless(TransferException e) {
    return e instanceof TransferException.Authentication
        || (e instanceof TransferException.LocalFile local && local.isDiskFull())
        || (e instanceof TransferException.Refused refused && refused.isOutOfRoom());
  }
}
