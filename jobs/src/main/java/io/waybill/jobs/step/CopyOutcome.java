package io.waybill.jobs.step;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a copy came to: counts, and the first of what a person wants to look at. Its size does not
 * depend on how many files there were. Not safe for use by several threads.
 */
public final class CopyOutcome implements SidecarCopy.Listener {
  /** How many failures, links and the like are told one by one. */
  public static final int MOST_TOLD = TreeReceipt.MOST_TOLD;

  /** How many files a dry run tells one by one. */
  public static final int MOST_PLANNED = 1000;

  private long copied;
  private long moved;
  private long movedByRename;
  private long skipped;
  private long copiedBytes;
  private long skippedBytes;
  private long resumedBytes;
  private long sentBytes;
  private long reusedBytes;
  private long failedCount;
  private long failedDirectories;
  private long sourcesLeft;
  private long leftOutCount;
  private long uncheckedCount;
  private long sidecars;
  private final List<Failed> failed = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final List<Planned> planned = new ArrayList<>();
  private final List<Renamed> renamed = new ArrayList<>();
  private final List<String> unchecked = new ArrayList<>();
  private final List<String> unsettled = new ArrayList<>();
  private Optional<Verification> verification = Optional.empty();
  private Optional<Digest> digest = Optional.empty();

  /**
   * A file that a dry run would copy.
   *
   * @param source as written, and the name below it
   */
  public record Planned(String source, String target, long sizeBytes) {}

  /**
   * A file whose name was taken, so that it got another.
   *
   * @param target the name that it has
   */
  public record Renamed(String source, String target) {}

  /** One file that was not copied, or a directory that could not be read or made. */
  public record Failed(String source, TransferException why) {}

  /** Why something is not copied, and no failure. */
  public enum Reason {
    LINK("a symbolic link, not followed"),
    SPECIAL("neither file nor directory"),
    SIDECAR("a sidecar, for which a new one is written"),
    DIRECTORY("a directory, and the pattern is for files; write /** after it for what is in it");

    private final String words;

    Reason(String words) {
      this.words = words;
    }

    /** Says it to a person. */
    public String words() {
      return words;
    }
  }

  /** Something that was found and not copied. */
  public record LeftOut(String path, Reason reason) {}

  CopyOutcome() {}

  /** Returns what a copy came to that has not begun. */
  public static CopyOutcome nothing() {
    return new CopyOutcome();
  }

  void add(TransferReceipt receipt) {
    if (receipt.skippedBecauseEqual()) {
      skipped++;
      skippedBytes += receipt.bytes();
    } else {
      copied++;
      copiedBytes += receipt.bytes();
    }
    resumedBytes += receipt.bytesResumed();
    sentBytes += receipt.bytesSent();
    reusedBytes += receipt.bytesReused();
    if (receipt.renamed()) {
      movedByRename++;
    } else {
      reached(receipt.verification());
    }
    digest = copied + skipped == 1 ? receipt.digest() : Optional.empty();
  }

  /** The source of a file that was copied is gone. */
  void moved() {
    moved++;
  }

  /** Returns how many files are no longer where they were. */
  public long movedCount() {
    return moved;
  }

  /** Returns how many of those were renamed, as they stayed on their file system. */
  public long movedByRename() {
    return movedByRename;
  }

  /**
   * Adds a tree.
   *
   * @param prefix what its paths are below, as written
   */
  void add(TreeReceipt tree, String prefix) {
    copied += tree.filesCopied();
    skipped += tree.filesEqual();
    copiedBytes += tree.bytes();
    skippedBytes += tree.bytesEqual();
    failedCount += tree.filesFailed();
    failedDirectories += tree.directoriesFailed();
    for (TreeReceipt.Failure failure : tree.failures()) {
      if (failed.size() < MOST_TOLD) {
        failed.add(new Failed(prefix + failure.path(), failure.cause()));
      }
    }
    for (TreeReceipt.Skipped each : tree.firstSkipped()) {
      leftOut(new LeftOut(prefix + each.path(), each.isLink() ? Reason.LINK : Reason.SPECIAL));
    }
    leftOutCount += tree.skipped() - tree.firstSkipped().size();
    resumedBytes += tree.bytesResumed();
    sentBytes += tree.bytesSent();
    reusedBytes += tree.bytesReused();
    if (tree.filesCopied() + tree.filesEqual() > 0) {
      reached(tree.verification());
    }
  }

  /** Adds what one batch of files came to. */
  void add(CopyOutcome other) {
    copied += other.copied;
    moved += other.moved;
    movedByRename += other.movedByRename;
    skipped += other.skipped;
    copiedBytes += other.copiedBytes;
    skippedBytes += other.skippedBytes;
    resumedBytes += other.resumedBytes;
    sentBytes += other.sentBytes;
    reusedBytes += other.reusedBytes;
    failedDirectories += other.failedDirectories;
    sourcesLeft += other.sourcesLeft;
    failedCount += other.failedCount;
    leftOutCount += other.leftOutCount;
    addFirst(failed, other.failed);
    addFirst(leftOut, other.leftOut);
    addFirst(renamed, other.renamed);
    other.verification.ifPresent(this::reached);
    digest = other.digest;
  }

  private static <T> void addFirst(List<T> to, List<T> from) {
    to.addAll(from.subList(0, Math.min(from.size(), MOST_TOLD - to.size())));
  }

  // the least that holds for all
  private void reached(Verification level) {
    if (verification.isEmpty() || verification.get().compareTo(level) > 0) {
      verification = Optional.of(level);
    }
  }

  void renamed(String source, String target) {
    if (renamed.size() < MOST_TOLD) {
      renamed.add(new Renamed(source, target));
    }
  }

  void planned(Planned file, boolean isEqual) {
    if (isEqual) {
      skipped++;
      skippedBytes += file.sizeBytes();
      return;
    }
    copied++;
    copiedBytes += file.sizeBytes();
    if (planned.size() < MOST_PLANNED) {
      planned.add(file);
    }
  }

  /** A file was copied, and its source could not be deleted. */
  void sourceLeft(String source, TransferException why) {
    sourcesLeft++;
    if (failed.size() < MOST_TOLD) {
      failed.add(new Failed(source, why));
    }
  }

  /** Returns how many files were copied that are still where they were, too. */
  public long sourcesLeft() {
    return sourcesLeft;
  }

  void failed(String source, TransferException why) {
    failed(source, false, why);
  }

  void failed(String source, boolean isDirectory, TransferException why) {
    if (isDirectory) {
      failedDirectories++;
    } else {
      failedCount++;
    }
    if (failed.size() < MOST_TOLD) {
      failed.add(new Failed(source, why));
    }
  }

  void leftOut(LeftOut each) {
    leftOutCount++;
    if (leftOut.size() < MOST_TOLD) {
      leftOut.add(each);
    }
  }

  @Override
  public void unchecked(String file) {
    uncheckedCount++;
    if (unchecked.size() < MOST_TOLD) {
      unchecked.add(file);
    }
  }

  @Override
  public void sidecarWritten() {
    sidecars++;
  }

  /** Returns how many files are there that no sidecar tells of, though it was looked for. */
  public long uncheckedCount() {
    return uncheckedCount;
  }

  /** Returns the first {@link #MOST_TOLD} of them. */
  public List<String> unchecked() {
    return List.copyOf(unchecked);
  }

  /** Returns how many sidecars were written. */
  public long sidecars() {
    return sidecars;
  }

  void unsettled(String file) {
    unsettled.add(file);
  }

  /** Returns how many files are at the target now, or would be after a dry run. */
  public long files() {
    return copied + skipped;
  }

  /** Returns how many of {@link #files} were there before. */
  public long skipped() {
    return skipped;
  }

  /** Returns the sizes of {@link #files}. */
  public long bytes() {
    return copiedBytes + skippedBytes;
  }

  /** Returns the sizes of the files that were not there before. */
  public long copiedBytes() {
    return copiedBytes;
  }

  /** Returns what an earlier try had brought of files that are whole now. */
  public long resumedBytes() {
    return resumedBytes;
  }

  /** Returns how many bytes travelled, as they were on the way. */
  public long sentBytes() {
    return sentBytes;
  }

  /** Returns how many bytes were copied from old targets instead of travelling. */
  public long reusedBytes() {
    return reusedBytes;
  }

  /** Returns the first {@link #MOST_TOLD} files that got another name. */
  public List<Renamed> renamed() {
    return List.copyOf(renamed);
  }

  /** Returns how many files failed by their own fault. */
  public long failedCount() {
    return failedCount;
  }

  /** Returns how many directories could not be read or made; what is in them is not known. */
  public long failedDirectories() {
    return failedDirectories;
  }

  /** Returns the first {@link #MOST_TOLD} of the files and directories that failed. */
  public List<Failed> failed() {
    return List.copyOf(failed);
  }

  /** Returns how many links, devices and sockets were left out. */
  public long leftOutCount() {
    return leftOutCount;
  }

  /** Returns the first {@link #MOST_TOLD} of those left out. */
  public List<LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Returns files that may still be written. */
  public List<String> unsettled() {
    return List.copyOf(unsettled);
  }

  /** Returns the first {@link #MOST_PLANNED} files that a dry run would copy. */
  public List<Planned> planned() {
    return List.copyOf(planned);
  }

  /** Returns the least level that each file reached; empty if there was none. */
  public Optional<Verification> verification() {
    return verification;
  }

  /** Returns the digest, if it was one file. */
  public Optional<Digest> digest() {
    return copied + skipped == 1 ? digest : Optional.empty();
  }
}
