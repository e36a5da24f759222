package io.waybill.transfer.sync;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what is done, by several threads. */
final class SyncTally {
  private long copied;
  private long bytes;
  private long bytesSent;
  private long renamed;
  private long deleted;
  private long timesSet;
  private long directoriesMade;
  private long directoriesRemoved;
  private long directoriesKept;
  private long failed;
  private @Nullable Verification least;
  private final List<TreeReceipt.Failure> failures = new ArrayList<>();

  synchronized void copied(TransferReceipt receipt) {
    Verification level = receipt.verification();
    least = least == null || level.compareTo(least) < 0 ? level : least;
    if (!receipt.skippedBecauseEqual()) {
      copied++;
      bytes += receipt.bytes();
      bytesSent += receipt.bytesSent();
    }
  }

  synchronized void done(SyncAction action) {
    if (action instanceof SyncAction.Rename) {
      renamed++;
    } else if (action instanceof SyncAction.Delete) {
      deleted++;
    } else if (action instanceof SyncAction.SetTime) {
      timesSet++;
    } else if (action instanceof SyncAction.MakeDirectory) {
      directoriesMade++;
    } else if (action instanceof SyncAction.RemoveDirectory) {
      directoriesRemoved++;
    }
  }

  synchronized void directoryKept() {
    directoriesKept++;
  }

  synchronized void failed(String path, TransferException cause) {
    failed(new TreeReceipt.Failure(path, cause));
  }

  synchronized void failed(TreeReceipt.Failure failure) {
    failed++;
    if (failures.size() < TreeReceipt.MOST_TOLD) {
      failures.add(failure);
    }
  }

  synchronized long failed() {
    return failed;
  }

  synchronized List<TreeReceipt.Failure> failures() {
    return List.copyOf(failures);
  }

  synchronized Verification verification() {
    return least == null ? Verification.NONE : least;
  }

  synchronized SyncReceipt.Counts counts() {
    return new SyncReceipt.Counts(
        copied,
        bytes,
        bytesSent,
        renamed,
        deleted,
        timesSet,
        directoriesMade,
        directoriesRemoved,
        directoriesKept);
  }
}
