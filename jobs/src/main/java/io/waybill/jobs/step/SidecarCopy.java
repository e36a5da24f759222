package io.waybill.jobs.step;

import io.waybill.jobs.step.CopyPlan.Leg;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.jobs.step.SidecarFinder.Told;
import io.waybill.transfer.Digest;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import io.waybill.transfer.TransferReceipt;
import io.waybill.transfer.sidecar.SidecarName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Copies files one by one, each compared with what its sidecar says before it is published, and
 * with a new sidecar beside its target once it is there for good.
 */
final class SidecarCopy {
  private final SidecarTerms terms;
  private final Optional<Digest.Algorithm> told;
  private final SidecarFinder finder;
  private final SidecarWriter writer;
  private final Listener listener;

  /** Is told what becomes of sidecars. */
  interface Listener {
    /** A file was copied that no sidecar tells of. */
    void unchecked(String file);

    /** A sidecar was written. */
    void sidecarWritten();
  }

  /**
   * Prepares.
   *
   * @param told the digest that receipts carry where nothing else says which
   */
  SidecarCopy(
      SidecarTerms terms, Optional<Digest.Algorithm> told, Sessions sessions, Listener listener) {
    this.terms = terms;
    this.told = told;
    this.finder = new SidecarFinder(sessions, terms.only());
    this.writer = new SidecarWriter(sessions);
    this.listener = listener;
  }

  /** Says whether a source is a sidecar for which a new one is written at the target. */
  boolean isReplaced(Selected file) {
    return terms.write().filter(algorithm -> finder.isOwn(file, algorithm)).isPresent();
  }

  /**
   * Says whether a file must stay until all others are done that are moved: a sidecar by which they
   * are checked.
   */
  boolean isNeededByOthers(Selected file) {
    return terms.check() != SidecarTerms.Check.NEVER && finder.isSidecar(file);
  }

  /**
   * Returns files with those at the end that {@link #isNeededByOthers}, to be moved in that order.
   */
  List<Leg> lastOf(List<Leg> legs) {
    Map<Boolean, List<Leg>> byNeed =
        legs.stream().collect(Collectors.partitioningBy(leg -> isNeededByOthers(leg.file())));
    List<Leg> sorted = new ArrayList<>(byNeed.getOrDefault(false, List.of()));
    sorted.addAll(byNeed.getOrDefault(true, List.of()));
    return sorted;
  }

  /**
   * Copies one file.
   *
   * @throws TransferException.Integrity if it is not what its sidecar says, or there must be one
   *     and is none; nothing was published then
   */
  TransferReceipt copy(Route route, Selected file, boolean intoDirectory, TransferOptions options) {
    if (terms.isOff()) {
      return route.copy(file, intoDirectory, with(options, Optional.empty(), false));
    }
    boolean isSidecar = finder.isSidecar(file);
    Optional<Told> expected = expected(file, isSidecar);
    boolean writes = terms.write().isPresent() && !isSidecar;
    if (writes) {
      requireTellable(route.targetOf(file, intoDirectory));
    }
    TransferReceipt receipt;
    try {
      receipt = route.copy(file, intoDirectory, with(options, expected, writes));
    } catch (TransferException.Integrity e) {
      throw expected.isPresent() ? explained(e, expected.get()) : e;
    }
    if (terms.check() != SidecarTerms.Check.NEVER && expected.isEmpty() && !isSidecar) {
      listener.unchecked(file.place().toString());
    }
    if (writes) {
      write(published(route.targetOf(file, intoDirectory), receipt, options), file, receipt);
    }
    return receipt;
  }

  /**
   * Checks what is known before a file is copied, as {@link #copy} does.
   *
   * @throws TransferException.Integrity if there must be a sidecar and is none
   * @throws TransferException.Refused if none could be written
   */
  void requireTold(Route route, Selected file, boolean intoDirectory) {
    if (terms.isOff()) {
      return;
    }
    boolean isSidecar = finder.isSidecar(file);
    Optional<Told> unused = expected(file, isSidecar);
    if (terms.write().isPresent() && !isSidecar) {
      requireTellable(route.targetOf(file, intoDirectory));
    }
  }

  private TransferOptions with(TransferOptions options, Optional<Told> expected, boolean writes) {
    TransferOptions.Builder with = options.toBuilder();
    expected.ifPresent(each -> with.expected(each.digest()));
    if (writes) {
      with.digest(terms.write().orElseThrow());
    } else if (options.digest().isEmpty() && expected.isEmpty()) {
      told.ifPresent(with::digest);
    }
    return with.build();
  }

  private Optional<Told> expected(Selected file, boolean isSidecar) {
    if (terms.check() == SidecarTerms.Check.NEVER) {
      return Optional.empty();
    }
    Optional<Told> found = finder.find(file);
    if (found.isEmpty() && !isSidecar && terms.check() == SidecarTerms.Check.REQUIRED) {
      String name = SidecarFinder.last(SidecarFinder.path(file.place()));
      throw new TransferException.Integrity(
          file.place().toString(),
          "a sidecar",
          "none",
          "no sidecar%s tells what %s must have: there is none of %s, and neither %s nor the like beside it or above it tells of it; it was not copied"
              .formatted(
                  terms.only().map(each -> " of " + each.label()).orElse(""),
                  file.place(),
                  String.join(", ", SidecarName.usual(name)),
                  SidecarName.ofTree(Digest.Algorithm.SHA_256)),
          null);
    }
    return found;
  }

  private static TransferException.Integrity explained(
      TransferException.Integrity failure, Told told) {
    return failure.expected().equals(told.digest().toString())
        ? new TransferException.Integrity(
            failure.path(),
            failure.expected(),
            failure.actual(),
            "%s (that is what %s says)".formatted(failure.getMessage(), told.sidecar()),
            failure)
        : failure;
  }

  // said before anything is copied
  private static void requireTellable(Place target) {
    String name = SidecarFinder.last(target.path());
    if (!SidecarName.isInside(name)) {
      throw new TransferException.Refused(
          0,
          false,
          "no sidecar can tell of a file that is called \"%s\": rename it, or leave it out"
              .formatted(name),
          null);
    }
  }

  private static Place published(Place target, TransferReceipt receipt, TransferOptions options) {
    String path = SidecarFinder.path(target);
    return target.withPath(
        options.targetPolicy() == TargetPolicy.RENAME
            ? SidecarFinder.join(
                SidecarFinder.parent(path), SidecarFinder.last(receipt.target().path()))
            : path);
  }

  private void write(Place target, Selected file, TransferReceipt receipt) {
    Digest.Algorithm algorithm = terms.write().orElseThrow();
    boolean isThere =
        receipt.skippedBecauseEqual() && writer.isThere(target, algorithm, file.entry().modified());
    if (isThere) {
      return;
    }
    // of one that was skipped nothing was computed on the way
    Digest digest =
        receipt
            .digest()
            .filter(each -> each.algorithm() == algorithm)
            .orElseGet(() -> writer.digest(target, algorithm));
    writer.write(target, digest, file.entry().modified());
    listener.sidecarWritten();
  }
}
