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
 * @param failures what could not be looked at, on either side
 */
public record CompareReport(
    Counts counts,
    List<Difference> differing,
    List<String> missing,
    List<String> extra,
    List<TreeReceipt.Failure> failures) {
  /** How many of each kind are named. */
  public static final int MOST_TOLD = 10_000;

  /**
   * How many of each.
   *
   * @param equal files that are equal
   * @param equalBytes what they have
   * @param failed what could not be looked at
   */
  public record Counts(
      long equal, long equalBytes, long differing, long missing, long extra, long failed) {}

  /**
   * A file that differs.
   *
   * @param why how, such as {@code size differs}
   */
  public record Difference(String path, String why) {}

  /** Copies the lists. */
  public CompareReport {
    differing = List.copyOf(differing);
    missing = List.copyOf(missing);
    extra = List.copyOf(extra);
    failures = List.copyOf(failures);
  }

  /** Says whether the trees are equal, as far as they were compared, and all could be. */
  public boolean isEqual() {
    return counts.differing() + counts.missing() + counts.extra() + counts.failed() == 0;
  }
}
