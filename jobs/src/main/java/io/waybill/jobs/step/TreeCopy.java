package io.waybill.jobs.step;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.step.Selection.Selected;
import io.waybill.transfer.FileEntry;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferProgress;
import io.waybill.transfer.TreeOptions;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PathFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Copies the contents of one directory without a list of its files in memory: many small files
 * travel together to {@code waybill:} servers, and over several connections to others. Within this
 * machine, between two servers, and with sidecars, it goes file by file, and one directory is
 * listed at a time. Directories are made, be they empty.
 */
final class TreeCopy {
  private final CopyRequest request;
  private final Sessions sessions;
  private final CancelScope scope;
  private final CopyListener listener;
  private final CopyOutcome outcome;
  private long found;
  private long foundBytes;
  private long done;
  private long doneBytes;

  /**
   * Prepares.
   *
   * @param outcome is told what is done, also of a copy that then ends by an exception
   */
  TreeCopy(
      CopyRequest request,
      Sessions sessions,
      CancelScope scope,
      CopyListener listener,
      CopyOutcome outcome) {
    this.request = request;
    this.sessions = sessions;
    this.scope = scope;
    this.listener = listener;
    this.outcome = outcome;
  }

  /**
   * Says whether a request is of this kind: one directory, all of it now, to a place outside of it:
   * within it what is copied would be found again.
   */
  static boolean fits(CopyRequest request, Sessions sessions) {
    TargetPolicy policy = request.options().targetPolicy();
    if (request.sources().size() != 1
        || request.isDryRun()
        || request.isMove()
        || request.settle().isPresent()
        || request.listed().isPresent()
        || policy == TargetPolicy.RENAME
        || policy == TargetPolicy.APPEND) {
      return false;
    }
    Place source = request.sources().get(0);
    return isDirectory(source, sessions) && !isInside(request.target(), source);
  }

  private static boolean isInside(Place target, Place source) {
    if (target.isWithin(source)) {
      return true;
    }
    if (!(target instanceof Place.Local there) || !(source instanceof Place.Local here)) {
      return false;
    }
    try { // a link may lead there
      Path known = there.toPath().toAbsolutePath().normalize();
      while (!Files.exists(known) && known.getParent() != null) {
        known = known.getParent();
      }
      return known.toRealPath().startsWith(here.toPath().toRealPath());
    } catch (IOException e) {
      throw LocalFailures.translate(there.toPath(), e);
    }
  }

  private static boolean isDirectory(Place source, Sessions sessions) {
    if (source instanceof Place.Local local) {
      return Files.isDirectory(local.toPath());
    }
    return RemoteLook.at(sessions.to(source).orElseThrow(), source.path()).stream()
        .anyMatch(FileEntry::isDirectory);
  }

  /**
   * Copies.
   *
   * @param ownTrouble says whether a failure is one file's only
   * @throws TransferException if it cannot go on at all; what was copied before stays
   */
  void run(OwnTrouble ownTrouble) throws InterruptedException {
    CopyPlan.requireNoQuery(request.target());
    Place source = request.sources().get(0);
    boolean isLocal = request.target() instanceof Place.Local;
    boolean isBatched = source instanceof Place.Local != isLocal;
    // batches carry no digest that one of their files must have, nor tell one of each
    if (!isBatched || !request.sidecars().isOff()) {
      fileByFile(source, ownTrouble);
    } else {
      inBatches(source);
    }
  }

  /** Tells a file's own failure from one that would hit the next file just the same. */
  @FunctionalInterface
  interface OwnTrouble {
    boolean is(TransferException failure);
  }

  private void inBatches(Place source) {
    TreeOptions options =
        TreeOptions.builder()
            .include(request.includes())
            .exclude(request.excludes())
            .files(request.options().toBuilder().listener(this::tell).build())
            .unfinished(done -> outcome.add(done, prefix(source)))
            .build();
    Place target = request.target();
    TreeReceipt receipt;
    if (source instanceof Place.Local from) {
      FileTransfer session = sessions.to(target).orElseThrow();
      receipt = session.uploadTree(from.toPath(), target.path(), options);
    } else {
      FileTransfer session = sessions.to(source).orElseThrow();
      receipt = session.downloadTree(source.path(), ((Place.Local) target).toPath(), options);
    }
    outcome.add(receipt, prefix(source));
  }

  private void tell(TransferProgress progress) {
    progress
        .tree()
        .ifPresent(
            tree ->
                listener.tree(
                    tree.filesDone(), tree.filesFound(), progress.bytes(), progress.totalBytes()));
  }

  private static String prefix(Place place) {
    String text = place.toString();
    return text.endsWith("/") ? text : text + "/";
  }

  private void fileByFile(Place source, OwnTrouble ownTrouble) throws InterruptedException {
    CopyPlan.requireTarget(source, request.target(), true, true);
    Route route = Route.open(source, request.target(), sessions);
    SidecarCopy sidecars = new SidecarCopy(request.sidecars(), Optional.empty(), sessions, outcome);
    Deque<String> directories = new ArrayDeque<>();
    directories.push("");
    while (!directories.isEmpty()) {
      requireGoingOn(scope);
      String directory = directories.pop();
      for (FileEntry entry : entered(route, source, directory, ownTrouble)) {
        String name = below(directory, entry.path());
        if (entry.isDirectory() && Selection.refusal(entry.path()).isEmpty()) {
          if (request.filter().enters(name)) {
            directories.push(name);
          }
        } else {
          take(entry, source, name).ifPresent(file -> one(route, sidecars, file, ownTrouble));
          requireGoingOn(scope);
        }
      }
    }
    listener.tree(done, found, doneBytes, foundBytes);
  }

  // empty if it is no file, or none to be copied
  private Optional<Selected> take(FileEntry entry, Place source, String name) {
    PathFilter filter = request.filter();
    Optional<TransferException> refusal = Selection.refusal(entry.path());
    if (refusal.isPresent() && entry.kind() != FileEntry.Kind.LINK) {
      if (entry.isDirectory() ? filter.enters(name) : filter.takesFile(name)) {
        outcome.failed(prefix(source) + name, entry.isDirectory(), refusal.get());
      }
    } else if (!entry.isFile()) {
      boolean isLink = entry.kind() == FileEntry.Kind.LINK;
      outcome.leftOut(
          new CopyOutcome.LeftOut(
              prefix(source) + name,
              isLink ? CopyOutcome.Reason.LINK : CopyOutcome.Reason.SPECIAL));
    } else if (filter.takesFile(name)) {
      return Optional.of(new Selected(source.withPath(below(source.path(), name)), name, entry));
    }
    return Optional.empty();
  }

  // lists a directory, and makes its like, be it empty; of the source itself a failure is no
  // trouble of a part
  private List<FileEntry> entered(
      Route route, Place source, String directory, OwnTrouble ownTrouble) {
    Place place = source.withPath(below(source.path(), directory));
    try {
      List<FileEntry> entries =
          place instanceof Place.Local local
              ? LocalTree.list(local.toPath(), false)
              : sessions.to(place).orElseThrow().list(place.path(), false);
      route.makeDirectory(place, directory);
      return entries;
    } catch (TransferException e) {
      if (directory.isEmpty() || !ownTrouble.is(e)) {
        throw e;
      }
      outcome.failed(prefix(source) + directory, true, e);
      return List.of();
    }
  }

  private void one(Route route, SidecarCopy sidecars, Selected file, OwnTrouble ownTrouble) {
    if (sidecars.isReplaced(file)) {
      outcome.leftOut(new CopyOutcome.LeftOut(file.place().toString(), CopyOutcome.Reason.SIDECAR));
      return;
    }
    long size = Math.max(0, file.entry().sizeBytes());
    found++;
    foundBytes += size;
    Consumer<Long> told = bytes -> listener.tree(done, found, doneBytes + bytes, foundBytes);
    try {
      outcome.add(
          sidecars.copy(
              route,
              file,
              true,
              request.options().toBuilder()
                  .listener(progress -> told.accept(progress.bytes()))
                  .build()));
    } catch (TransferException e) {
      if (!ownTrouble.is(e)) {
        throw e;
      }
      outcome.failed(file.place().toString(), e);
    }
    done++;
    doneBytes += size;
    told.accept(0L);
  }

  static void requireGoingOn(CancelScope scope) throws InterruptedException {
    if (scope.cause().isPresent() || Thread.interrupted()) {
      throw new InterruptedException("cancelled between two files");
    }
  }

  private static String below(String directory, String name) {
    return directory.isEmpty() || name.isEmpty() || directory.endsWith("/")
        ? directory + name
        : directory + "/" + name;
  }
}
