package io.waybill.transfer.sync;

import io.waybill.transfer.TreeReceipt;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What makes the target like the source, in the order in which it is done: directories, renames,
 * copies, times, and then what is deleted, the deepest first.
 */
public final class SyncPlan {
  private final List<SyncAction> actions;
  private final List<SyncConflict> conflicts;
  private final List<TreeReceipt.Failure> failures;
  private final Optional<DeleteRefusal> refusal;
  private final Totals totals;

  /**
   * How much of each.
   *
   * @param copies files to be copied
   * @param bytes what they have
   * @param equal files that are equal already
   * @param kept files of the target that stay as they are without having been found equal: left
   *     out, links, newer ones, and those that only it has
   * @param deletes files to be deleted
   */
  public record Totals(long copies, long bytes, long equal, long kept, long deletes) {}

  SyncPlan(
      List<SyncAction> actions,
      List<SyncConflict> conflicts,
      List<TreeReceipt.Failure> failures,
      Optional<DeleteRefusal> refusal,
      Totals totals) {
    this.actions = List.copyOf(actions);
    this.conflicts = List.copyOf(conflicts);
    this.failures = List.copyOf(failures);
    this.refusal = Objects.requireNonNull(refusal, "refusal");
    this.totals = totals;
  }

  /** Returns what is done, in this order. */
  public List<SyncAction> actions() {
    return actions;
  }

  /** Returns what is left to people. */
  public List<SyncConflict> conflicts() {
    return conflicts;
  }

  /** Returns what could not be looked at, on either side. */
  public List<TreeReceipt.Failure> failures() {
    return failures;
  }

  /** Returns why nothing is deleted though something would be; empty if nothing is in the way. */
  public Optional<DeleteRefusal> refusal() {
    return refusal;
  }

  /** Returns how much of each there is. */
  public Totals totals() {
    return totals;
  }

  /** Says whether there is nothing to do. */
  public boolean isEmpty() {
    return actions.isEmpty();
  }

  /**
   * Returns the plan as people read it, one line for each action, conflict, failure and refusal,
   * and one of totals. The text of a line is stable: the kind in ten columns, the path, details.
   */
  public Stream<String> lines() {
    return Stream.of(
            actions.stream().map(SyncPlan::line),
            conflicts.stream().map(each -> line("conflict", each.text())),
            failures.stream()
                .map(each -> line("unread", shown(each.path()) + ": " + each.cause().getMessage())),
            refusal.stream().map(each -> line("refused", each.message())),
            Stream.of(
                line(
                    "total",
                    String.format(
                        Locale.ROOT,
                        "%d to copy (%d bytes), %d to delete, %d equal, %d kept",
                        totals.copies(),
                        totals.bytes(),
                        totals.deletes(),
                        totals.equal(),
                        totals.kept()))))
        .flatMap(each -> each);
  }

  private static String line(SyncAction action) {
    String path = shown(action.path());
    if (action instanceof SyncAction.Copy copy) {
      path = String.format(Locale.ROOT, "%s (%d bytes, %s)", path, copy.bytes(), copy.why().text());
    } else if (action instanceof SyncAction.Rename rename) {
      path = shown(rename.from()) + " -> " + path;
    } else if (action instanceof SyncAction.SetTime time) {
      path = path + " " + time.modified();
    }
    return line(action.label(), path);
  }

  private static String shown(String path) {
    return path.isEmpty() ? "." : path;
  }

  // a name with a line break must not look like two lines
  private static String line(String kind, String rest) {
    return "%-9s %s".formatted(kind, rest.replaceAll("\\p{Cntrl}", "?"));
  }

  @Override
  public String toString() {
    return "SyncPlan[actions=%d conflicts=%d failures=%d refusal=%s %s]"
        .formatted(actions.size(), conflicts.size(), failures.size(), refusal, totals);
  }
}
