package io.waybill.transfer.file;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferListener;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what becomes of a tree, over as many connections as it takes: each begins the tree anew
 * and finds what was copied before. Safe for use by several threads.
 */
public final class TreeTally {
  private static final Logger LOG = LoggerFactory.getLogger(TreeTally.class);
  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final String name;
  private final boolean stopsAtFailure;
  private final LongSupplier nanoClock;
  private TransferListener listener;
  private final AverageRate rate;
  private long toldAt;

  private long copied;
  private long copiedBytes;
  private long resumedBytes;
  private long sentBytes;
  private long reusedBytes;
  private @Nullable Verification least;
  private long directories;
  // of this connection
  private long copiedBefore;
  private long copiedBytesBefore;
  private long equal;
  private long equalBytes;
  private long found;
  private long foundBytes;
  private long failed;
  private long directoriesFailed;
  private long skipped;
  private final List<TreeReceipt.Failure> failures = new ArrayList<>();
  private final List<TreeReceipt.Skipped> firstSkipped = new ArrayList<>();
  // sent, and the answer not here yet; what is on the way at once bounds them
  private final Set<String> onTheWay = new HashSet<>();
  private final Set<String> unanswered = new HashSet<>();
  private final Map<String, Moving> moving = new HashMap<>();
  // told, which never falls
  private long toldFiles;
  private long toldBytes;
  private long toldFound;
  private long toldFoundBytes;

  /**
   * A large file on its way.
   *
   * @param from how much was there when it was first heard of
   * @param bytes how much is there now
   */
  private record Moving(long from, long bytes) {}

  /**
   * Begins with nothing.
   *
   * @param name the tree as the caller named it
   */
  public TreeTally(
      String name, TransferListener listener, boolean stopsAtFailure, LongSupplier nanoClock) {
    this.name = name;
    this.listener = listener;
    this.stopsAtFailure = stopsAtFailure;
    this.nanoClock = nanoClock;
    this.toldAt = nanoClock.getAsLong();
    this.rate = new AverageRate(toldAt, 0);
  }

  /** The tree is begun, maybe once more. */
  public synchronized void begin() {
    copiedBefore = copied;
    copiedBytesBefore = copiedBytes;
    equal = 0;
    equalBytes = 0;
    found = 0;
    foundBytes = 0;
    failed = 0;
    directoriesFailed = 0;
    skipped = 0;
    failures.clear();
    firstSkipped.clear();
    unanswered.addAll(onTheWay);
    onTheWay.clear();
    moving.clear();
  }

  /** How far a file is. */
  public synchronized void moving(String path, long bytes) {
    if (onTheWay.contains(path)) {
      moving.merge(path, new Moving(bytes, bytes), (was, now) -> new Moving(was.from, now.bytes));
      tell(false);
    }
  }

  private void arrived(String path) {
    onTheWay.remove(path);
    moving.remove(path);
  }

  /** A file was found. */
  public synchronized void found(long bytes) {
    found++;
    foundBytes += bytes;
  }

  /** A file goes out. */
  public synchronized void sent(String path) {
    onTheWay.add(path);
  }

  /** What was sent will be sent anew. */
  public synchronized void takenBack(String path) {
    onTheWay.remove(path);
  }

  /** A file was copied, of which some was there before. */
  public synchronized void copied(String path, long bytes, long resumed, Verification level) {
    arrived(path);
    unanswered.remove(path);
    copied++;
    copiedBytes += bytes;
    resumedBytes += resumed;
    reached(level);
    tell(false);
  }

  /** What a file took that was copied. */
  public synchronized void travelled(long sent, long reused) {
    sentBytes += sent;
    reusedBytes += reused;
  }

  /** A file is there already; true if that is because the last connection copied it. */
  public synchronized boolean equal(String path, long bytes, Verification level) {
    arrived(path);
    boolean isOurs = unanswered.remove(path);
    if (isOurs) {
      copied++; // its answer was lost
      copiedBytes += bytes;
    } else {
      equal++;
      equalBytes += bytes;
    }
    reached(level);
    tell(false);
    return isOurs;
  }

  private void reached(Verification level) {
    if (least == null || least.atLeast(level)) {
      least = level;
    }
  }

  /** A directory was made. */
  public synchronized void directoryMade() {
    directories++;
  }

  /** Something is neither a file nor a directory. */
  public synchronized void skipped(String path, boolean isLink) {
    skipped++;
    if (firstSkipped.size() < TreeReceipt.MOST_TOLD) {
      firstSkipped.add(new TreeReceipt.Skipped(path, isLink));
    }
  }

  /**
   * A file or directory failed.
   *
   * @throws TransferException the cause, if the first failure ends all
   */
  public synchronized void failed(String path, boolean isDirectory, TransferException cause) {
    arrived(path);
    if (isDirectory) {
      directoriesFailed++;
    } else {
      failed++;
    }
    if (failures.size() < TreeReceipt.MOST_TOLD) {
      failures.add(new TreeReceipt.Failure(path, cause));
    }
    if (stopsAtFailure) {
      throw cause;
    }
    tell(false);
  }

  /** Says whether anything was found. */
  public synchronized boolean hasFound() {
    return found > 0 || directories > 0;
  }

  private long filesEqual() {
    return Math.max(0, equal - copiedBefore);
  }

  private long filesEqualBytes() {
    return Math.max(0, equalBytes - copiedBytesBefore);
  }

  /** Tells the listener, about once a second or at the end. */
  public synchronized void tell(boolean isEnd) {
    if (listener == TransferListener.NONE) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (!isEnd && now - toldAt < INTERVAL_NANOS) {
      return;
    }
    toldAt = now;
    toldFiles = Math.max(toldFiles, copied + filesEqual() + failed);
    long here = moving.values().stream().mapToLong(Moving::bytes).sum();
    long came = here - moving.values().stream().mapToLong(Moving::from).sum();
    toldBytes = Math.max(toldBytes, copiedBytes + filesEqualBytes() + here);
    toldFound = Math.max(Math.max(toldFound, found), toldFiles);
    toldFoundBytes = Math.max(Math.max(toldFoundBytes, foundBytes), toldBytes);
    TransferProgress.Phase phase =
        isEnd ? TransferProgress.Phase.DONE : TransferProgress.Phase.TRANSFERRING;
    try {
      listener.progressed(
          new TransferProgress(
              name,
              phase,
              toldBytes,
              toldFoundBytes,
              rate.bytesPerSecond(now, copiedBytes - resumedBytes + came),
              Optional.of(new TransferProgress.Tree(toldFiles, toldFound))));
    } catch (RuntimeException e) {
      listener = TransferListener.NONE;
      LOG.warn("event=progress-listener-failed tree={}", name, e);
    }
  }

  /** Writes the numbers into a receipt. */
  public synchronized TreeReceipt.Builder addTo(TreeReceipt.Builder receipt) {
    return receipt
        .copied(copied, copiedBytes)
        .bytesResumed(resumedBytes)
        .travelled(sentBytes, reusedBytes)
        .verification(least == null ? Verification.NONE : least)
        .equal(filesEqual(), filesEqualBytes())
        .failed(failed, directoriesFailed, failures)
        .skipped(skipped, firstSkipped)
        .directoriesMade(directories);
  }
}
