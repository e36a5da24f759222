package io.waybill.transfer.remote;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.TreeEntry;
import io.waybill.transfer.file.TreeWalker;
import io.waybill.transfer.file.UnsafePathException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks a local tree, compares it with what the endpoint lists, directory by directory, and hands
 * on what is to be sent.
 */
final class TreeSender {
  private final Lease lease;
  private final TreeCopyTerms terms;
  private final TreeCrew crew;
  private final Reconnects reconnects;
  // an endpoint that makes directories for a file only: nothing there can be listed, either
  private boolean isBlind;
  // the directory there that was come to last, as long as nothing was found in it
  private @Nullable String empty;
  // of the directories on the way down to where the walk is
  private final Deque<Listed> listed = new ArrayDeque<>();

  /** What a remote directory holds, by name; null if it could not be made or listed. */
  private record Listed(String directory, @Nullable Map<String, FileEntry> entries) {}

  TreeSender(Lease lease, TreeCopyTerms terms, TreeCrew crew) {
    this.lease = lease;
    this.terms = terms;
    this.crew = crew;
    this.reconnects = new Reconnects(lease.endpoint());
  }

  int reconnects() {
    return reconnects.count();
  }

  void run() throws IOException {
    String some = RemotePath.child(terms.remote(), "x");
    isBlind = resuming(terms.remote(), session -> session.makesParents(some));
    if (!isBlind) {
      resuming(terms.remote(), session -> RemoteTransfer.made(session, terms.remote()));
    }
    listed.push(new Listed("", isBlind ? Map.of() : list("")));
    try (TreeWalker walker = TreeWalker.open(terms.local(), terms.filter())) {
      for (TreeEntry entry = walker.next(); entry != null; entry = walker.next()) {
        tellEmpty(parent(entry.path()));
        take(entry);
      }
      tellEmpty("");
    }
  }

  private void tellEmpty(String walked) {
    String passed = empty;
    empty = null;
    if (passed != null && !passed.equals(walked)) {
      terms.failed(
          passed,
          true,
          new TransferException.Refused(
              0,
              false,
              "%s is empty, and this server has a directory only for what is in it; put a file there, or exclude it"
                  .formatted(passed),
              null));
    }
  }

  private <T> T resuming(String what, Lease.Step<T> step) {
    return lease.resuming(what, reconnects, step);
  }

  private Map<String, FileEntry> list(String directory) {
    String path = terms.remote(directory);
    return resuming(path, session -> byName(session, path));
  }

  private static Map<String, FileEntry> byName(RemoteSession session, String directory)
      throws IOException {
    Map<String, FileEntry> names = new HashMap<>();
    for (FileEntry entry : session.listTimed(directory)) {
      names.put(entry.path(), entry);
    }
    return names;
  }

  private void take(TreeEntry entry) {
    if (entry instanceof TreeEntry.Unreadable unreadable) {
      terms.failed(unreadable.path(), unreadable.isDirectory(), unreadable.cause());
    } else if (entry instanceof TreeEntry.Refused refused) {
      terms.failed(refused.path(), refused.isDirectory(), refused.cause());
    } else if (entry instanceof TreeEntry.Skipped skipped) {
      terms.tally().skipped(skipped.path(), skipped.reason() == TreeEntry.Reason.LINK);
    } else if (isTellable(entry)) {
      Map<String, FileEntry> siblings = listed(parent(entry.path())).entries();
      if (siblings == null) { // told of with the directory
        if (entry instanceof TreeEntry.Directory) {
          listed.push(new Listed(entry.path(), null));
        }
        return;
      }
      if (entry instanceof TreeEntry.RegularFile file) {
        file(file, siblings);
      } else {
        directory(entry.path(), siblings);
      }
    }
  }

  private boolean isTellable(TreeEntry entry) {
    try {
      SafePath.requireTellable(entry.path());
      return true;
    } catch (UnsafePathException e) {
      terms.failed(entry.path(), entry instanceof TreeEntry.Directory, e);
      return false;
    }
  }

  private Listed listed(String directory) {
    while (!listed.element().directory().equals(directory)) {
      listed.pop();
    }
    return listed.element();
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private void directory(String path, Map<String, FileEntry> siblings) {
    FileEntry there = siblings.get(RemotePath.name(path));
    Map<String, FileEntry> entries = null;
    try {
      if (isBlind) {
        empty = path;
        entries = Map.of();
      } else if (there == null) {
        resuming(path, session -> RemoteTransfer.madeInside(session, terms.remote(path)));
        terms.tally().directoryMade();
        entries = Map.of();
      } else if (there.isFile()) {
        throw new TransferException.Refused(
            0, false, terms.remote(path) + " is a file, and a directory is to be there", null);
      } else {
        entries = list(path);
      }
    } catch (TransferException e) {
      terms.failed(path, true, e);
    }
    listed.push(new Listed(path, entries));
  }

  private void file(TreeEntry.RegularFile file, Map<String, FileEntry> siblings) {
    terms.tally().found(file.identity().sizeBytes());
    Optional<FileEntry> there = Optional.ofNullable(siblings.get(RemotePath.name(file.path())));
    if (isEqual(file, there)) {
      terms.tally().equal(file.path(), file.identity().sizeBytes(), Verification.SIZE_MTIME);
      return;
    }
    // a listing without times settles nothing
    boolean isKnown =
        !isBlind
            && (there.isEmpty()
                || there.get().modified().isPresent()
                || there.get().sizeBytes() != file.identity().sizeBytes());
    Set<String> names = siblings.keySet();
    RemoteUpload.Known known = isKnown ? new RemoteUpload.Known(there, names) : null;
    crew.add((worker, basket) -> send(worker, file.path(), known), lease);
  }

  private boolean isEqual(TreeEntry.RegularFile file, Optional<FileEntry> there) {
    return terms.files().targetPolicy() == TargetPolicy.SKIP_EQUAL
        && Verification.SIZE_MTIME.atLeast(terms.files().atLeast())
        && there.isPresent()
        && there.get().isFile()
        && there.get().sizeBytes() == file.identity().sizeBytes()
        && RemoteUpload.sameTime(there.get(), file.identity());
  }

  private void send(Lease worker, String path, RemoteUpload.@Nullable Known known) {
    terms.tally().sent(path);
    try (LocalSource source = LocalSource.open(terms.local(), path)) {
      RemoteUpload upload =
          new RemoteUpload(worker, source, terms.remote(path), known, terms.file(path));
      terms.settle(path, upload.run());
    } catch (TransferException e) {
      terms.failed(path, false, e);
    }
  }
}
