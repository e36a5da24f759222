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
import io.waybill.transfer.file.PathFilter;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Copies the contents of one directory to or from a server without a list of its files in memory:
 * many small files travel together to {@code waybill:} servers, and over several connections to
 * others. Between two servers, and with sidecars, it goes file by file, and one directory is listed
 * at a time.
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
   * Says whether a request is of this kind: one directory, all of it now, and a server at one end
   * or at both.
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
    boolean isLocal = source instanceof Place.Local && request.target() instanceof Place.Local;
    return !isLocal && isDirectory(source, sessions);
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
    Place source = request.sources().get(0);
    boolean isRelay = source instanceof Place.Remote && request.target() instanceof Place.Remote;
    // batches carry no digest that one of their files must have, nor tell one of each
    if (isRelay || !request.sidecars().isOff()) {
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
    Route route = Route.open(source, request.target(), sessions);
    SidecarCopy sidecars = new SidecarCopy(request.sidecars(), Optional.empty(), sessions, outcome);
    PathFilter filter = request.filter();
    Deque<String> directories = new ArrayDeque<>();
    directories.push("");
    while (!directories.isEmpty()) {
      String directory = directories.pop();
      for (FileEntry entry : list(source, directory, ownTrouble)) {
        String name = below(directory, entry.path());
        Optional<TransferException> refusal = Selection.refusal(entry.path());
        if (refusal.isPresent() && entry.kind() != FileEntry.Kind.LINK) {
          if (entry.isDirectory() ? filter.enters(name) : filter.takesFile(name)) {
            outcome.failed(prefix(source) + name, entry.isDirectory(), refusal.get());
          }
        } else if (entry.isDirectory()) {
          if (filter.enters(name)) {
            directories.push(name);
          }
        } else if (!entry.isFile()) {
          boolean isLink = entry.kind() == FileEntry.Kind.LINK;
          outcome.leftOut(
              new CopyOutcome.LeftOut(
                  prefix(source) + name,
                  isLink ? CopyOutcome.Reason.LINK : CopyOutcome.Reason.SPECIAL));
        } else if (filter.takesFile(name)) {
          requireGoingOn(scope);
          Place place = source.withPath(below(source.path(), name));
          Selected file = new Selected(place, name, entry);
          if (sidecars.isReplaced(file)) {
            outcome.leftOut(new CopyOutcome.LeftOut(place.toString(), CopyOutcome.Reason.SIDECAR));
          } else {
            one(route, sidecars, file, ownTrouble);
          }
        }
      }
    }
    listener.tree(done, found, doneBytes, foundBytes);
  }

  // of the source itself that is no trouble of a part
  private List<FileEntry> list(Place source, String directory, OwnTrouble ownTrouble) {
    Place place = source.withPath(below(source.path(), directory));
    try {
      return place instanceof Place.Local local
          ? LocalTree.list(local.toPath(), false)
          : sessions.to(place).orElseThrow().list(place.path(), false);
    } catch (TransferException e) {
      if (directory.isEmpty() || !ownTrouble.is(e)) {
        throw e;
      }
      outcome.failed(prefix(source) + directory, true, e);
      return List.of();
    }
  }

  private void one(Route route, SidecarCopy sidecars, Selected file, OwnTrouble ownTrouble) {
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
