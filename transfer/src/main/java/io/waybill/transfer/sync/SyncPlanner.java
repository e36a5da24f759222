package io.waybill.transfer.sync;

import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeReceipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plans from two listings what makes the target like the source; looks at nothing itself but the
 * digests it is given. Goes once through both, holds what it plans, and is used for one plan.
 *
 * <p>What the filters leave out is neither copied nor deleted, nor is anything that has the name of
 * our own part files, is a link or special, or is of a size or time that does not count. Nothing is
 * deleted after a failure of either listing, nor, if the source has no file, without being told so
 * in two ways.
 */
public final class SyncPlanner {
  private final SyncOptions options;
  private final LeftOut leftOut;
  private final FileComparison comparison;
  private final DigestPair digests;

  private final List<SyncAction> directories = new ArrayList<>();
  private final List<SyncAction> copies = new ArrayList<>();
  private final List<SyncAction> times = new ArrayList<>();
  private final List<ListedEntry> missing = new ArrayList<>();
  private final List<SyncConflict> conflicts = new ArrayList<>();
  private final List<TreeReceipt.Failure> failures = new ArrayList<>();
  private final Extras extras = new Extras();
  private final TargetDirectories made = new TargetDirectories(directories::add);

  // below this nothing is done: the two sides have different kinds of things there
  private @Nullable String blocked;
  private long equal;
  private long sourceFiles;

  private SyncPlanner(SyncOptions options, Duration resolution, DigestPair digests) {
    this.options = options;
    this.leftOut = new LeftOut(options.filter());
    this.digests = digests;
    this.comparison =
        new FileComparison(options.compare(), options.tolerance().orElse(resolution), digests);
  }

  /**
   * Plans.
   *
   * @param resolution how far apart the times of equal files may be, unless the options say so
   * @throws TransferException.Configuration if digests are to be compared and the sides have none
   *     in common
   */
  static SyncPlan plan(
      Listing source,
      Listing target,
      SyncOptions options,
      Duration resolution,
      DigestPair digests) {
    return new SyncPlanner(options, resolution, digests).plan(source, target);
  }

  /**
   * Plans from what two sides are and listed.
   *
   * @throws TransferException.Configuration if digests are to be compared and the sides have none
   *     in common
   */
  public static SyncPlan plan(
      Side source, Listing listed, Side target, Listing found, SyncOptions options) {
    Duration one = source.timeResolution();
    Duration other = target.timeResolution();
    Duration resolution = one.compareTo(other) > 0 ? one : other;
    return plan(listed, found, options, resolution, DigestPair.of(source, target));
  }

  private SyncPlan plan(Listing source, Listing target) {
    if (target.isAbsent()) {
      directories.add(new SyncAction.MakeDirectory(""));
    }
    counted(source.failures());
    counted(target.failures());
    TreeMerge.walk(source.entries(), target.entries(), this::visit);
    AlikeNames names = new AlikeNames(source.entries());
    names
        .amongThemselves()
        .forEach((path, other) -> conflict(path, SyncConflict.Kind.ALIKE_AT_SOURCE, other));
    return options.deletes() ? deleting(target, names) : planned(Optional.empty(), List.of());
  }

  // what nobody wanted to see need not have been seen
  private void counted(List<TreeReceipt.Failure> found) {
    for (TreeReceipt.Failure each : found) {
      if (!LeftOut.hides(options.filter(), each.path())) {
        failures.add(each);
      }
    }
  }

  private void visit(@Nullable ListedEntry source, @Nullable ListedEntry target) {
    ListedEntry any = source != null ? source : Objects.requireNonNull(target);
    boolean isLeftOut = leftOut.covers(any);
    sourceFiles += source != null && source.isFile() && !isLeftOut ? 1 : 0;
    boolean isBlocked = blocked != null && PathOrder.isBelow(any.path(), blocked);
    if (source != null && !isBlocked && leftOut.isForeign(source)) {
      conflict(source.path(), SyncConflict.Kind.RESERVED_AT_SOURCE, source.path());
    }
    if (isLeftOut || isBlocked) {
      if (target != null) {
        extras.stays(target);
      }
    } else if (source == null) {
      onlyTarget(any);
    } else if (target == null) {
      onlySource(source);
    } else {
      both(source, target);
    }
  }

  private void onlySource(ListedEntry source) {
    if (source.isDirectory()) {
      if (options.includes().isEmpty()) { // else those that a file asks for
        made.require(source.path());
      }
    } else if (!source.isFile()) {
      conflict(source.path(), SyncConflict.Kind.LINK_AT_SOURCE, source.path());
    } else if (options.takes(source)) {
      missing.add(source);
    }
  }

  private void onlyTarget(ListedEntry target) {
    if (target.isDirectory()) {
      made.found(target.path());
      extras.directory(target);
    } else if (target.isFile() && options.takes(target)) {
      extras.file(target);
    } else {
      extras.stays(target);
    }
  }

  private void both(ListedEntry source, ListedEntry target) {
    if (source.isDirectory() && target.isDirectory()) {
      made.found(target.path());
    } else if (source.isFile() && target.isFile()) {
      compare(source, target);
    } else {
      extras.stays(target);
      boolean isCopied = source.isFile() || source.isDirectory();
      conflict(
          source.path(),
          isCopied ? inTheWay(target) : SyncConflict.Kind.LINK_AT_SOURCE,
          source.path());
      blocked = source.path();
    }
  }

  private static SyncConflict.Kind inTheWay(ListedEntry target) {
    return switch (target.kind()) {
      case FILE -> SyncConflict.Kind.FILE_AT_TARGET;
      case DIRECTORY -> SyncConflict.Kind.DIRECTORY_AT_TARGET;
      case LINK, OTHER -> SyncConflict.Kind.LINK_AT_TARGET;
    };
  }

  private void conflict(String path, SyncConflict.Kind kind, String other) {
    conflicts.add(new SyncConflict(path, kind, other));
  }

  private void compare(ListedEntry source, ListedEntry target) {
    if (!options.takes(source)) {
      return;
    }
    if (options.keepsNewer() && comparison.isTargetNewer(source, target)) {
      extras.stays(target);
      return;
    }
    Optional<SyncAction.Why> why;
    try {
      why = comparison.differs(source, target);
    } catch (TransferException.NotFound
        | TransferException.LocalFile
        | TransferException.Refused
        | TransferException.Integrity e) {
      failures.add(new TreeReceipt.Failure(source.path(), e)); // of this file alone
      return;
    }
    if (why.isPresent()) {
      copies.add(copy(source, why.get()));
      return;
    }
    equal++;
    if (options.setsTimes()
        && options.compare() != SyncOptions.Compare.SIZE_MTIME
        && source.modified().isPresent()
        && !comparison.isSameTime(source, target)) {
      times.add(new SyncAction.SetTime(source.path(), source.modified().get()));
    }
  }

  private static SyncAction.Copy copy(ListedEntry source, SyncAction.Why why) {
    return new SyncAction.Copy(source.path(), Math.max(0, source.sizeBytes()), why);
  }

  private SyncPlan deleting(Listing target, AlikeNames names) {
    DeletePolicy policy = new DeletePolicy(options);
    long blocking = conflicts.stream().filter(each -> each.kind().blocks()).count();
    Optional<DeleteRefusal> refusal =
        extras.files().isEmpty() && extras.directories().isEmpty()
            ? Optional.empty()
            : policy.forbids(failures.size(), sourceFiles == 0, blocking, extras.files().size());
    if (refusal.isPresent()) {
      return planned(refusal, List.of());
    }
    Map<String, ListedEntry> renames =
        options.renames()
            ? new PlannedRenames(digests).find(missing, extras.files())
            : new HashMap<>();
    keepAlike(names, renames);
    List<SyncAction> actions = new ArrayList<>();
    renames.forEach(
        (path, old) -> actions.add(new SyncAction.Rename(old.path(), path, old.sizeBytes())));
    actions.sort((one, other) -> PathOrder.WALK.compare(one.path(), other.path()));
    missing.removeIf(each -> renames.containsKey(each.path()));
    actions.forEach(each -> made.require(PathOrder.parent(each.path())));
    long targetFiles = target.entries().stream().filter(ListedEntry::isFile).count();
    return planned(policy.caps(extras.files().size(), targetFiles), actions);
  }

  // where both names mean one file, deleting the old one would delete the new one
  private void keepAlike(AlikeNames names, Map<String, ListedEntry> renames) {
    Set<String> renamed = new HashSet<>();
    renames.values().forEach(each -> renamed.add(each.path()));
    List<String> alike = new ArrayList<>();
    for (ListedEntry each : extras.files()) {
      if (!renamed.contains(each.path()) && names.hasLike(each.path())) {
        alike.add(each.path());
      }
    }
    names
        .like(alike)
        .forEach((path, other) -> conflict(path, SyncConflict.Kind.ALIKE_AT_TARGET, other));
    extras.withoutFiles(Set.copyOf(alike), renamed);
    for (ListedEntry each : extras.directories()) {
      if (names.hasLike(each.path())) {
        extras.stays(each);
      }
    }
  }

  private SyncPlan planned(Optional<DeleteRefusal> refusal, List<SyncAction> renames) {
    for (ListedEntry each : missing) {
      made.require(PathOrder.parent(each.path()));
      copies.add(copy(each, SyncAction.Why.MISSING));
    }
    Comparator<SyncAction> walk = Comparator.comparing(SyncAction::path, PathOrder.WALK);
    directories.sort(walk);
    copies.sort(walk);
    List<SyncAction> actions = new ArrayList<>(directories);
    actions.addAll(renames);
    actions.addAll(copies);
    actions.addAll(times);
    boolean isDeleting = options.deletes() && refusal.isEmpty();
    if (isDeleting) {
      actions.addAll(deepestFirst());
    }
    long bytes = 0;
    for (SyncAction each : copies) {
      bytes += ((SyncAction.Copy) each).bytes();
    }
    long deletes = isDeleting ? extras.files().size() : 0;
    long kept = extras.kept() + (isDeleting ? 0 : extras.files().size());
    return new SyncPlan(
        actions,
        conflicts,
        failures,
        refusal,
        new SyncPlan.Totals(copies.size(), bytes, equal, kept, deletes));
  }

  private List<SyncAction> deepestFirst() {
    List<SyncAction> deletes = new ArrayList<>();
    for (ListedEntry each : extras.files()) {
      deletes.add(new SyncAction.Delete(each.path(), Math.max(0, each.sizeBytes())));
    }
    List<SyncAction> removals = new ArrayList<>();
    extras.emptied().forEach(each -> removals.add(new SyncAction.RemoveDirectory(each.path())));
    Collections.reverse(deletes);
    Collections.reverse(removals);
    deletes.addAll(removals);
    return deletes;
  }
}
