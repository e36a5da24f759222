package io.waybill.transfer.remote;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.PartPattern;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.Unfinished;
import io.waybill.transfer.file.PartName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists a tree, several directories at once: one more session is used whenever a few directories
 * wait for each that there is, for a directory costs several round trips.
 */
final class TreeListing {
  private static final int DEEPEST = 256;
  private static final int WAITING_EACH = 4;

  private final SessionPool pool;
  private final Call call = new Call();
  private final String root;
  private final PartPattern parts;
  private final Deque<Directory> waiting = new ArrayDeque<>();
  private final List<Thread> helpers = new ArrayList<>();
  private final List<Unfinished> unfinished = new ArrayList<>();
  private int working;
  private @Nullable Throwable failure;

  /** A directory and, once it was listed, what is in it. */
  private static final class Directory {
    private final String path;
    private final int depth;
    private final List<FileEntry> entries = new ArrayList<>();
    // of those entries that are looked into, in their order
    private final Deque<Directory> below = new ArrayDeque<>();

    Directory(String path, int depth) {
      this.path = path;
      this.depth = depth;
    }
  }

  TreeListing(SessionPool pool, String root) {
    this.pool = pool;
    this.root = root;
    this.parts = pool.endpoint().terms().partPattern();
  }

  /** Lists all, parents before their children; paths are relative to the root. */
  List<FileEntry> run() {
    List<FileEntry> all = new ArrayList<>();
    collect(listed(), all);
    return all;
  }

  /** Lists what copies have left, and nothing else. */
  List<Unfinished> unfinished() {
    listed();
    return List.copyOf(unfinished);
  }

  private Directory listed() {
    Directory top = new Directory("", 0);
    waiting.add(top);
    work();
    try {
      for (Thread each : helpers()) {
        each.join();
      }
    } catch (InterruptedException e) {
      call.cancel();
      Thread.currentThread().interrupt();
      throw new TransferException.Connection(
          pool.endpoint().name(), "Interrupted while a tree was listed", e);
    }
    requireSound();
    return top;
  }

  private synchronized List<Thread> helpers() {
    return List.copyOf(helpers);
  }

  private synchronized void requireSound() {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  private static void collect(Directory directory, List<FileEntry> into) {
    for (FileEntry each : directory.entries) {
      into.add(each);
      if (isEntered(each)) {
        collect(directory.below.remove(), into);
      }
    }
  }

  private static boolean isEntered(FileEntry entry) {
    return entry.isDirectory() && !PartName.isReserved(RemotePath.name(entry.path()));
  }

  private void work() {
    try {
      pool.work(
          call,
          lease -> {
            for (Directory next = next(lease); next != null; next = next(lease)) {
              list(lease, next);
              listed(next);
            }
            return true;
          });
    } catch (Throwable e) { // an Error, too, must reach whoever waits
      failed(e);
    }
  }

  private synchronized void failed(Throwable e) {
    if (failure == null) {
      failure = e;
    }
    working--;
    notifyAll();
  }

  /** Returns a directory to list; null if there is none, and none will be. */
  private synchronized @Nullable Directory next(Lease lease) {
    try {
      while (waiting.isEmpty() && working > 0 && failure == null) {
        lease.end(); // whoever lists one may have no other session
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
    Directory next = failure == null ? waiting.poll() : null;
    if (next != null) {
      working++;
    }
    return next;
  }

  private void list(Lease lease, Directory directory) {
    String path = directory.path.isEmpty() ? root : RemotePath.child(root, directory.path);
    List<FileEntry> found = lease.once(path, session -> session.listTimed(path));
    for (FileEntry each : found) {
      FileEntry entry =
          new FileEntry(
              RemotePath.child(directory.path, each.path()),
              each.kind(),
              each.sizeBytes(),
              each.modified(),
              each.mode());
      if (each.isFile() && parts.isPart(each.path())) {
        Optional<String> target = parts.asideOf(each.path());
        boolean isLast =
            target.isPresent() && found.stream().noneMatch(other -> isOf(other, target.get()));
        left(new Unfinished(entry, isLast));
      } else {
        directory.entries.add(entry);
      }
    }
  }

  private synchronized void left(Unfinished file) {
    unfinished.add(file);
  }

  // a long name is told in part only
  private static boolean isOf(FileEntry entry, String target) {
    return entry.isFile() && entry.path().equals(target);
  }

  private synchronized void listed(Directory directory) {
    for (FileEntry each : directory.entries) {
      if (isEntered(each)) {
        if (directory.depth + 1 == DEEPEST) {
          throw new TransferException.Protocol(
              pool.endpoint().name(), "Directories more than " + DEEPEST + " deep", null);
        }
        directory.below.add(new Directory(each.path(), directory.depth + 1));
      }
    }
    waiting.addAll(directory.below);
    working--;
    int most = pool.endpoint().terms().maxSessions() - 1;
    while (helpers.size() < most && waiting.size() > WAITING_EACH * (helpers.size() + 1)) {
      Thread helper = new Thread(this::work, "waybill-list-" + (helpers.size() + 1));
      helper.setDaemon(true);
      helpers.add(helper);
      helper.start();
    }
    notifyAll();
  }
}
