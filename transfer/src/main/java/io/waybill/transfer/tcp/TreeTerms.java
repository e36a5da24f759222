package io.waybill.transfer.tcp;

import io.waybill.transfer.Integrity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferListener;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.DiskFullException;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PathFilter;
import io.waybill.transfer.file.TargetSweep;
import io.waybill.transfer.file.TreeTally;
import io.waybill.transfer.tcp.exchange.Batch;
import io.waybill.transfer.tcp.exchange.Offer;
import io.waybill.transfer.tcp.wire.ErrorClass;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What holds for every file of a tree while it is copied.
 *
 * @param local the directory at this end
 * @param remote the directory at the server, without slash at its ends; empty for the root
 * @param tally is told of what becomes of each
 * @param receipts and of each that was copied, more closely
 * @param call the whole
 * @param sweep of what nobody came back for, at this end
 */
record TreeTerms(
    Path local,
    String remote,
    Settings settings,
    TreeTally tally,
    FileReceipts receipts,
    Call call,
    ClientErrors errors,
    TargetSweep sweep) {

  /**
   * What the caller wants.
   *
   * @param files how each file is copied
   * @param offer the terms of a file that is offered
   */
  record Settings(PathFilter filter, TransferOptions files, Offer.Terms offer, int openFiles) {

    static Settings of(TreeOptions options) {
      TransferOptions files = options.files();
      TargetPolicy policy = files.targetPolicy();
      if (policy == TargetPolicy.RENAME || policy == TargetPolicy.APPEND) {
        throw new TransferException.Configuration(
            "A tree cannot be copied with target policy "
                + policy
                + "; use SKIP_EQUAL, REPLACE or FAIL");
      }
      try {
        return new Settings(
            PathFilter.of(options.includes(), options.excludes()),
            files,
            TcpTransfer.terms(files, 0),
            options.openFiles());
      } catch (IllegalArgumentException e) {
        throw new TransferException.Configuration("Cannot filter the tree: " + e.getMessage());
      }
    }
  }

  TargetPolicy policy() {
    return settings.offer().policy();
  }

  Verification level() {
    return settings.offer().atLeast();
  }

  Integrity integrity() {
    return settings.offer().identity();
  }

  /**
   * What is done with existing targets by who publishes small files: what size and time show to be
   * equal is not among them, so there is nothing to look for once more.
   */
  TargetPolicy batchPolicy() {
    return policy() == TargetPolicy.SKIP_EQUAL && Verification.SIZE_MTIME.atLeast(level())
        ? TargetPolicy.REPLACE
        : policy();
  }

  /** The path of a file at the server. */
  String remote(String path) {
    return remote.isEmpty() ? path : remote + "/" + path;
  }

  /** Says whether a file goes into a batch; in those nothing is read back. */
  boolean isSmall(String path, long size) {
    return !level().atLeast(Verification.READ_BACK)
        && Batch.cost(remote(path), size) <= Limits.BATCH_BYTES;
  }

  /** Says whether what looks equal (size and time) is left alone. */
  boolean trustsTime(boolean isAgain) {
    return policy() == TargetPolicy.SKIP_EQUAL
        ? Verification.SIZE_MTIME.atLeast(level())
        : isAgain; // what the lost connection copied
  }

  /** One file failed here. */
  void failed(String path, IOException cause) {
    failed(path, false, cause);
  }

  /** One file or directory failed here. */
  void failed(String path, boolean isDirectory, IOException cause) {
    tally.failed(
        path,
        isDirectory,
        cause instanceof WireException wire
            ? errors.translate("copy of " + path, remote(path), "", wire)
            : LocalFailures.translate(here(path), cause));
  }

  // only for a message: in a POSIX locale not every name has a path here
  private Path here(String path) {
    try {
      return local.resolve(path);
    } catch (InvalidPathException e) {
      return local;
    }
  }

  /**
   * One file or directory failed at the server.
   *
   * @param message what the server says; empty if it has told the code only, as of most in a batch
   */
  void refused(String path, boolean isDirectory, int status, String message) {
    ErrorCode code = ErrorCode.of(status);
    ErrorClass errorClass = code == ErrorCode.UNKNOWN ? ErrorClass.PERMANENT : code.errorClass();
    String text = message.isEmpty() ? CodeWords.of(code) : message;
    failed(path, isDirectory, new WireException(code, errorClass, text, Duration.ZERO, true));
  }

  /** Says whether a failure is that of one file only, and not worth another connection. */
  static boolean isOfOneFile(IOException failure) {
    if (failure instanceof LostException || failure instanceof DiskFullException) {
      return false;
    }
    if (failure instanceof WireException wire) {
      return (wire.isFromPeer()
              && !wire.code().endsSession()
              && wire.code() != ErrorCode.UNAVAILABLE
              && !isDiskFull(wire))
          || wire.code() == ErrorCode.SOURCE_CHANGED;
    }
    return true;
  }

  // at the server: the next file would fare no better before there is room
  private static boolean isDiskFull(WireException failure) {
    return failure.code() == ErrorCode.STORAGE && failure.errorClass() == ErrorClass.TRANSIENT;
  }

  /** How far a large file is that is on its way. */
  TransferListener moving(String path) {
    return progress -> {
      call.progressed();
      tally.moving(path, progress.bytes());
    };
  }

  /**
   * Notes how a file ended.
   *
   * @param sentBytes how many bytes of it travelled
   * @param reusedBytes how many were taken from an old target instead
   */
  void settle(String path, Outcome outcome, long sentBytes, long reusedBytes, Instant started) {
    Optional<TransferException.Integrity> tooLittle =
        outcome.shortOf(level(), "copy of " + path, path);
    if (tooLittle.isPresent()) {
      tally.failed(path, false, tooLittle.get());
      return;
    }
    boolean isCopied =
        !outcome.isSkipped() || tally.equal(path, outcome.sizeBytes(), outcome.level());
    if (!outcome.isSkipped()) {
      tally.copied(path, outcome.sizeBytes(), outcome.resumedBytes(), outcome.level());
    }
    tally.travelled(sentBytes, reusedBytes);
    if (isCopied) {
      receipts.copied(path, outcome, settings.files(), sentBytes, reusedBytes, started);
      call.progressed();
    }
  }

  /**
   * Notes that a file was found equal.
   *
   * @param isCompared whether its content was compared, as far as the level asks for that
   */
  void equal(String path, long size, boolean isCompared) {
    Verification proven =
        isCompared && level().atLeast(Verification.DIGEST) ? level() : Verification.SIZE_MTIME;
    if (tally.equal(path, size, proven)) {
      Outcome copied =
          new Outcome(size, List.of(), proven, true, 0, Optional.empty(), Optional.empty());
      receipts.copied(path, copied, settings.files(), 0, 0, receipts.now());
      call.progressed();
    }
  }

  /**
   * What holds for another try: files that the last one has copied are equal now, and replacing
   * them once more would prove nothing.
   */
  TreeTerms again() {
    if (policy() != TargetPolicy.REPLACE) {
      return this;
    }
    Offer.Terms offer = settings.offer();
    Settings skipping =
        new Settings(
            settings.filter(),
            settings.files(),
            new Offer.Terms(
                TargetPolicy.SKIP_EQUAL,
                offer.atLeast(),
                offer.identity(),
                offer.plain(),
                offer.flags()),
            settings.openFiles());
    return new TreeTerms(local, remote, skipping, tally, receipts, call, errors, sweep);
  }
}
