package io.waybill.transfer.sync;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.file.PathFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares two trees without changing either. */
public final class TreeCompare {
  private final FileComparison comparison;
  private final LeftOut leftOut;
  private final List<CompareReport.Difference> notCompared = new ArrayList<>();
  private final List<CompareReport.Difference> differing = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> extra = new ArrayList<>();
  private final List<TreeReceipt.Failure> failures = new ArrayList<>();
  private long equal;
  private long equalBytes;
  private long differingCount;
  private long missingCount;
  private long extraCount;
  private long notComparedCount;
  private long failed;
  private @Nullable String skipped; // nothing below is compared

  private TreeCompare(FileComparison comparison, PathFilter filter) {
    this.comparison = comparison;
    this.leftOut = new LeftOut(filter);
  }

  /**
   * Compares; a target that does not exist lacks everything. Links and special files of the source,
   * and those that only the target has, are never followed and left out, as by {@link Sync}; one
   * where the source has a file or directory is a difference.
   *
   * @param how what makes two files equal
   * @param filter which paths are compared
   * @throws TransferException.NotFound if there is no source
   * @throws TransferException.Configuration if digests are to be compared and there are none
   */
  public static CompareReport compare(
      Side source, Side target, SyncOptions.Compare how, PathFilter filter) {
    Listing from = source.list(filter);
    Listing to;
    try {
      to = target.list(filter);
    } catch (TransferException.NotFound e) {
      to = Listing.absent();
    }
    Duration one = source.timeResolution();
    Duration other = target.timeResolution();
    Duration resolution = one.compareTo(other) > 0 ? one : other;
    return compare(
        from, to, new FileComparison(how, resolution, DigestPair.of(source, target)), filter);
  }

  static CompareReport compare(
      Listing source, Listing target, FileComparison comparison, PathFilter filter) {
    TreeCompare compare = new TreeCompare(comparison, filter);
    source.failures().forEach(compare::failed);
    target.failures().forEach(compare::failed);
    TreeMerge.walk(source.entries(), target.entries(), compare::visit);
    return compare.report();
  }

  private void visit(@Nullable ListedEntry source, @Nullable ListedEntry target) {
    ListedEntry any = source != null ? source : Objects.requireNonNull(target);
    if (leftOut.covers(any)) {
      if (leftOut.isForeign(any)) {
        leaveOut(any.path(), "its name is reserved for unfinished files; rename it");
      }
      return;
    }
    if (skipped != null && PathOrder.isBelow(any.path(), skipped)) {
      return;
    }
    if (!any.isFile() && !any.isDirectory()) {
      skipped = any.path();
      leaveOut(
          any.path(),
          any.kind() == FileEntry.Kind.LINK
              ? "a symbolic link, not followed"
              : "neither file nor directory");
    } else if (target == null) {
      missingCount++;
      add(missing, any.path());
    } else if (source == null) {
      extraCount++;
      add(extra, target.path());
    } else if (source.kind() != target.kind()) {
      differs(source.path(), "is another kind of file");
    } else if (source.isFile()) {
      files(source, target);
    }
  }

  private void files(ListedEntry source, ListedEntry target) {
    try {
      Optional<SyncAction.Why> why = comparison.differs(source, target);
      if (why.isPresent()) {
        differs(source.path(), why.get().text());
      } else {
        equal++;
        equalBytes += source.sizeBytes() == FileEntry.UNKNOWN_SIZE ? 0 : source.sizeBytes();
      }
    } catch (TransferException.NotFound
        | TransferException.LocalFile
        | TransferException.Refused
        | TransferException.Integrity e) {
      failed(new TreeReceipt.Failure(source.path(), e));
    }
  }

  private void differs(String path, String why) {
    differingCount++;
    add(differing, new CompareReport.Difference(path, why));
  }

  private void leaveOut(String path, String why) {
    notComparedCount++;
    add(notCompared, new CompareReport.Difference(path, why));
  }

  private void failed(TreeReceipt.Failure failure) {
    failed++;
    add(failures, failure);
  }

  private static <T> void add(List<T> named, T one) {
    if (named.size() < CompareReport.MOST_TOLD) {
      named.add(one);
    }
  }

  private CompareReport report() {
    return new CompareReport(
        new CompareReport.Counts(
            equal, equalBytes, differingCount, missingCount, extraCount, notComparedCount, failed),
        differing,
        missing,
        extra,
        notCompared,
        failures);
  }
}
