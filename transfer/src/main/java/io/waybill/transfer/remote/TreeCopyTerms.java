package io.waybill.transfer.remote;

import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferListener;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.TreeTally;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What holds for every file of a tree while it is copied.
 *
 * @param local the directory at this end
 * @param remote the directory at the endpoint; empty for where a login begins
 * @param tally is told of what becomes of each
 */
record TreeCopyTerms(
    Path local,
    String remote,
    TreeOptions options,
    PathFilter filter,
    TransferOptions files,
    TreeTally tally) {

  static TreeCopyTerms of(Path local, String remote, String name, TreeOptions options) {
    TargetPolicy policy = options.files().targetPolicy();
    if (policy == TargetPolicy.RENAME || policy == TargetPolicy.APPEND) {
      throw new TransferException.Configuration(
          "A tree cannot be copied with target policy "
              + policy
              + "; use SKIP_EQUAL, REPLACE or FAIL");
    }
    TreeTally tally =
        new TreeTally(name, options.files().listener(), options.stopsAtFailure(), System::nanoTime);
    tally.begin();
    try {
      return new TreeCopyTerms(
          local,
          remote,
          options,
          PathFilter.of(options.includes(), options.excludes()),
          options.files().toBuilder().listener(TransferListener.NONE).build(),
          tally);
    } catch (IllegalArgumentException e) {
      throw new TransferException.Configuration("Cannot filter the tree: " + e.getMessage());
    }
  }

  /** Returns a path of the tree as the endpoint knows it. */
  String remote(String path) {
    return path.isEmpty() ? remote : RemotePath.child(remote, path);
  }

  /** How one file is copied: its progress is part of the tree's. */
  TransferOptions file(String path) {
    return files.toBuilder().listener(progress -> tally.moving(path, progress.bytes())).build();
  }

  /** One file is done. */
  void settle(String path, TransferReceipt receipt) {
    if (receipt.skippedBecauseEqual()) {
      tally.equal(path, receipt.bytes(), receipt.verification());
      return;
    }
    tally.travelled(receipt.bytesSent(), receipt.bytesReused());
    options.receipts().ifPresent(to -> to.accept(receipt));
    tally.copied(path, receipt.bytes(), receipt.bytesResumed(), receipt.verification());
  }

  void failed(String path, boolean isDirectory, IOException cause) {
    failed(path, isDirectory, LocalFailures.translate(local.resolve(path), cause));
  }

  /** Notes a failure that is one file's or directory's own; every other ends the tree. */
  void failed(String path, boolean isDirectory, TransferException cause) {
    if (!isItsOwn(cause)) {
      throw cause;
    }
    tally.failed(path, isDirectory, cause);
  }

  private static boolean isItsOwn(TransferException cause) {
    if (cause instanceof TransferException.LocalFile file) {
      return !file.isDiskFull() && !Thread.currentThread().isInterrupted();
    }
    if (cause instanceof TransferException.Refused refused) {
      return !refused.isOutOfRoom();
    }
    return cause instanceof TransferException.NotFound
        || cause instanceof TransferException.Integrity
        || cause instanceof TransferException.Ambiguous
        || cause instanceof TransferException.Protocol;
  }
}
