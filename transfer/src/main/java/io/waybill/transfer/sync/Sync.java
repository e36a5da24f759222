package io.waybill.transfer.sync;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.file.PathFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one tree like another: plans, and carries the plan out. Copies go on after one that failed;
 * deletes come last, and only if nothing failed before.
 */
public final class Sync {
  private final Side source;
  private final Side target;
  private final SyncOptions options;
  private final InstantSource clock;

  /** Prepares; looks at nothing yet. */
  public Sync(Side source, Side target, SyncOptions options, InstantSource clock) {
    this.source = source;
    this.target = target;
    this.options = options;
    this.clock = clock;
  }

  /**
   * Looks at both sides and plans. A target that does not exist is one without files.
   *
   * @throws TransferException.NotFound if there is no source
   * @throws TransferException.Configuration if digests are to be compared and there are none
   */
  public SyncPlan plan() {
    Listing from = source.list(options.filter());
    Listing to;
    try {
      to = target.list(PathFilter.all()); // what is left out there must be seen to be kept
    } catch (TransferException.NotFound e) {
      to = Listing.absent();
    }
    return SyncPlanner.plan(source, from, target, to, options);
  }

  /** Plans and carries out. */
  public SyncReceipt run(Copier copier) {
    return carryOut(plan(), copier);
  }

  /**
   * Carries a plan out, of this sync; nothing, in a dry run. Whatever a transfer can fail by is in
   * the receipt. An interrupt ends it early, with the interrupt flag set.
   */
  public SyncReceipt carryOut(SyncPlan plan, Copier copier) {
    Instant started = clock.instant();
    SyncTally tally = new SyncTally();
    plan.failures().forEach(tally::failed);
    Optional<DeleteRefusal> refusal = plan.refusal();
    if (!options.dryRun()) {
      long before = tally.failed();
      boolean isAllTried = addTo(plan, copier, tally);
      if (isAllTried && tally.failed() == before) {
        each(plan, SyncAction.Delete.class, tally);
        each(plan, SyncAction.RemoveDirectory.class, tally);
      } else if (plan.totals().deletes() > 0) {
        refusal = Optional.of(afterFailure(plan, tally.failed() - before));
      }
    }
    Duration took = Duration.between(started, clock.instant());
    return new SyncReceipt(plan, options.dryRun(), tally, refusal, started, took);
  }

  /** Does everything that deletes nothing; false if it was stopped before its end. */
  private boolean addTo(SyncPlan plan, Copier copier, SyncTally tally) {
    SyncProgress progress =
        new SyncProgress(
            options.listener(),
            target.toString(),
            plan.totals().bytes(),
            plan.totals().copies(),
            System::nanoTime);
    if (!isBaseThere(plan, tally)) {
      return false; // without it all else would fail, each in the same words
    }
    each(plan, SyncAction.MakeDirectory.class, tally);
    each(plan, SyncAction.Rename.class, tally);
    List<SyncAction.Copy> copies = new ArrayList<>();
    for (SyncAction each : plan.actions()) {
      if (each instanceof SyncAction.Copy copy) {
        copies.add(copy);
      }
    }
    boolean isAllTried =
        new CopyWorkers(source, target, options, copier, tally, progress).run(copies);
    each(plan, SyncAction.SetTime.class, tally);
    progress.end();
    return isAllTried && !Thread.currentThread().isInterrupted();
  }

  // false if it is to be made and could not be
  private boolean isBaseThere(SyncPlan plan, SyncTally tally) {
    boolean isMissing =
        plan.actions().stream()
            .anyMatch(each -> each instanceof SyncAction.MakeDirectory && each.path().isEmpty());
    try {
      if (isMissing) {
        target.makeDirectory("");
      }
      return true;
    } catch (TransferException e) {
      tally.failed("", e);
      return false;
    }
  }

  private static DeleteRefusal afterFailure(SyncPlan plan, long failed) {
    return new DeleteRefusal(
        DeleteRefusal.Reason.COPY_FAILED,
        plan.totals().deletes(),
        failed == 0
            ? "nothing is deleted, as the copy was ended early; run it again"
            : "nothing is deleted, as %d files or directories failed before; run it again once that is mended"
                .formatted(failed));
  }

  private void each(SyncPlan plan, Class<? extends SyncAction> kind, SyncTally tally) {
    for (SyncAction each : plan.actions()) {
      if (kind.isInstance(each) && !Thread.currentThread().isInterrupted()) {
        act(each, tally);
      }
    }
  }

  private void act(SyncAction action, SyncTally tally) {
    try {
      if (action instanceof SyncAction.MakeDirectory made) {
        target.makeDirectory(made.path());
      } else if (action instanceof SyncAction.Rename rename) {
        target.rename(rename.from(), rename.path());
      } else if (action instanceof SyncAction.SetTime time) {
        target.setModified(time.path(), time.modified());
      } else if (action instanceof SyncAction.Delete delete) {
        target.delete(delete.path());
      } else if (action instanceof SyncAction.RemoveDirectory removal) {
        remove(removal, tally);
        return;
      }
      tally.done(action);
    } catch (TransferException e) {
      tally.failed(action.path(), e);
    }
  }

  // an unfinished file may be in it, which no listing shows
  private void remove(SyncAction.RemoveDirectory removal, SyncTally tally) {
    try {
      target.removeDirectory(removal.path());
      tally.done(removal);
    } catch (TransferException.Refused e) {
      tally.directoryKept();
    }
  }
}
