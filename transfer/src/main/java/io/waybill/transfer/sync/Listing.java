package io.waybill.transfer.sync;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeReceipt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * All that is below a side's base, in the order of a walk, and what could not be looked at. Whoever
 * is about to delete asks {@link #failures} first: a listing with one is not known completely.
 */
public final class Listing {
  private final List<ListedEntry> entries;
  private final List<TreeReceipt.Failure> failures;
  private final boolean absent;

  private Listing(List<ListedEntry> entries, List<TreeReceipt.Failure> failures, boolean isAbsent) {
    this.entries = entries;
    this.failures = failures;
    this.absent = isAbsent;
  }

  /**
   * Sorts what was found. A path that comes twice is a failure, and none of them counts: nobody
   * could say which of them is meant.
   *
   * @param failures paths relative to the base, empty for the base itself
   */
  public static Listing of(Collection<ListedEntry> found, List<TreeReceipt.Failure> failures) {
    List<ListedEntry> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparing(ListedEntry::path, PathOrder.WALK));
    List<ListedEntry> entries = new ArrayList<>(sorted.size());
    List<TreeReceipt.Failure> all = new ArrayList<>(failures);
    for (int i = 0; i < sorted.size(); i++) {
      String path = sorted.get(i).path();
      boolean isTwice = i > 0 && sorted.get(i - 1).path().equals(path);
      if (isTwice || (i + 1 < sorted.size() && sorted.get(i + 1).path().equals(path))) {
        if (!isTwice) {
          all.add(new TreeReceipt.Failure(path, twice(path)));
        }
      } else {
        entries.add(sorted.get(i));
      }
    }
    return new Listing(List.copyOf(entries), List.copyOf(all), false);
  }

  private static TransferException twice(String path) {
    return new TransferException.Refused(
        0, false, "The listing names " + path + " more than once; list it again", null);
  }

  /** Returns the listing of a base that does not exist. */
  public static Listing absent() {
    return new Listing(List.of(), List.of(), true);
  }

  /** Returns what was found: each directory before its content, without the base. */
  public List<ListedEntry> entries() {
    return entries;
  }

  /** Returns what could not be looked at. */
  public List<TreeReceipt.Failure> failures() {
    return failures;
  }

  /** Says whether the base itself does not exist. */
  public boolean isAbsent() {
    return absent;
  }
}
