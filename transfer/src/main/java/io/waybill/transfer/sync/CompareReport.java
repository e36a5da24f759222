package io.waybill.transfer.sync;

import io.waybill.transfer.TreeReceipt;
import java.util.List;

/**
 * How two trees differ. All are counted; of each kind the first {@link #MOST_TOLD} are named.
 *
 * @param counts how many there are of each kind
 * @param differing files that both have, and that differ
 * @param missing files and directories that the target lacks, paths in the order of a walk
 * @param extra files and directories that only the target has
 * @param leftOut what is not compared as a sync would not copy it, and no difference
 * @param failures what could not be looked at, on either side
 */
public record CompareReport(
    Counts counts,
    List<Difference> differing,
    List<String> missing,
    List<String> extra,
    List<Difference> leftOut,
    List<TreeReceipt.Failure> failures) {
  /** How many of each kind are named. */
  public static final int MOST_TOLD = 10_000;

  /**
   * How many of each.
   *
   * @param equal files that are equal
   * @param equalBytes what they have
   * @param leftOut links, special files, and names that are reserved for our unfinished files
   * @param failed what could not be looked at
   */
  public record Counts(
      long equal,
      long equalBytes,
      long differing,
      long missing,
      long extra,
      long leftOut,
      long failed) {}

  /**
   * A file that differs, or is not compared.
   *
   * @param why how, such as {@code size differs}, or why
   */
  public record Difference(String path, String why) {}

  /** Copies the lists. */
  public CompareReport {
    differing = List.copyOf(differing);
    missing = List.copyOf(missing);
    extra = List.copyOf(extra);
    leftOut = List.copyOf(leftOut);
    failures = List.copyOf(failures);
  }

  /** Says whether the trees are equal, as far as they were compared, and all could be. */
  public boolean isEqual() {
    return counts.differing() + counts.missing() + counts.extra() + counts.failed() == 0;
  }
}
