package io.waybill.transfer.remote;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.Verification;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.TargetSweep;
import io.waybill.transfer.file.TreeLookup;
import io.waybill.transfer.file.TreeWalker;
import io.waybill.transfer.file.UnsafePathException;
import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Lists a remote tree, directory by directory, compares it with what is here, and hands on what is
 * to be fetched.
 */
final class TreeFetcher {
  private final Lease lease;
  private final TreeCopyTerms terms;
  private final TreeCrew crew;
  private final Reconnects reconnects;
  private final TargetSweep sweep;
  private final ListAhead ahead;

  TreeFetcher(Lease lease, TreeCopyTerms terms, TreeCrew crew) {
    this.sweep = new TargetSweep(lease.endpoint().terms().clock());
    this.lease = lease;
    this.terms = terms;
    this.crew = crew;
    this.reconnects = new Reconnects(lease.endpoint());
    this.ahead = new ListAhead(crew, lease);
  }

  int reconnects() {
    return reconnects.count() + ahead.reconnects();
  }

  void run() throws IOException {
    Deque<String> directories = new ArrayDeque<>();
    directories.push("");
    try (TreeLookup here = new TreeLookup(DirectoryHandle.open(terms.local()))) {
      while (!directories.isEmpty()) {
        String directory = directories.pop();
        directories.stream().limit(ListAhead.MOST).forEach(each -> ahead.ask(terms.remote(each)));
        sweep.in(terms.local(), directory);
        for (FileEntry entry : list(directory)) {
          String path = RemotePath.child(directory, entry.path());
          if (!counts(entry, path) || !isSafe(entry, path)) {
            continue;
          }
          if (entry.isDirectory()) {
            make(path);
            directories.push(path);
          } else if (entry.isFile()) {
            take(entry, path, here);
          } else {
            terms.tally().skipped(path, entry.kind() == FileEntry.Kind.LINK);
          }
        }
        here.release();
      }
    }
  }

  private List<FileEntry> list(String directory) {
    String path = terms.remote(directory);
    if (directory.isEmpty()) {
      // what many servers list as empty is not there
      boolean isThere =
          path.isEmpty()
              || path.equals("/")
              || lease.resuming(path, reconnects, session -> session.isDirectory(path));
      if (!isThere) {
        throw new TransferException.NotFound(path, "No directory " + path + " to copy", null);
      }
      return lease.resuming(path, reconnects, session -> session.listTimed(path));
    }
    try {
      return ahead.list(path, reconnects);
    } catch (TransferException e) {
      terms.failed(directory, true, e);
      return List.of();
    }
  }

  private boolean counts(FileEntry entry, String path) {
    if (entry.isFile() && lease.endpoint().terms().partPattern().isPart(entry.path())) {
      return false;
    }
    return entry.isDirectory() ? terms.filter().enters(path) : terms.filter().takesFile(path);
  }

  private boolean isSafe(FileEntry entry, String path) {
    try {
      if (SafePath.segments(path).size() >= TreeWalker.MAX_DEPTH) {
        throw new UnsafePathException(path, "it is too deep");
      }
      return true;
    } catch (UnsafePathException e) {
      terms.failed(path, entry.isDirectory(), e);
      return false;
    }
  }

  private void make(String directory) {
    try (SafePath inside = SafePath.openMakingParents(terms.local(), directory + "/x")) {
      inside.directory();
    } catch (IOException e) {
      terms.failed(directory, true, e);
    }
  }

  private void take(FileEntry entry, String path, TreeLookup here) {
    terms.tally().found(Math.max(0, entry.sizeBytes()));
    Optional<BasicFileAttributes> there;
    try {
      there = here.attributes(path);
    } catch (IOException e) {
      terms.failed(path, false, e);
      return;
    }
    if (isEqual(entry, there)) {
      terms.tally().equal(path, entry.sizeBytes(), Verification.SIZE_MTIME);
      return;
    }
    boolean isSmall =
        entry.sizeBytes() >= 0
            && entry.sizeBytes() <= SmallFiles.LARGEST_BYTES
            && terms.files().digest().isEmpty()
            && terms.options().receipts().isEmpty()
            && terms.files().atLeast() != Verification.READ_BACK
            && !(there.isPresent() && entry.modified().isEmpty());
    FileEntry file =
        new FileEntry(
            terms.remote(path), entry.kind(), entry.sizeBytes(), entry.modified(), entry.mode());
    crew.add(
        (worker, basket) -> {
          if (isSmall && basket instanceof SmallFiles small) {
            new SmallDownload(worker, terms, path, file).run(small);
          } else {
            fetch(worker, path);
          }
        },
        lease);
  }

  private boolean isEqual(FileEntry entry, Optional<BasicFileAttributes> there) {
    return terms.files().targetPolicy() == TargetPolicy.SKIP_EQUAL
        && Verification.SIZE_MTIME.atLeast(terms.files().atLeast())
        && there.isPresent()
        && there.get().isRegularFile()
        && there.get().size() == entry.sizeBytes()
        && entry
            .modified()
            .map(time -> time.truncatedTo(ChronoUnit.MILLIS))
            .equals(
                Optional.of(
                    there.get().lastModifiedTime().toInstant().truncatedTo(ChronoUnit.MILLIS)));
  }

  private void fetch(Lease worker, String path) {
    terms.tally().sent(path);
    try {
      SafePath.openMakingParents(terms.local(), path).close();
      RemoteDownload download =
          new RemoteDownload(
              worker, terms.remote(path), terms.local().resolve(path), terms.file(path));
      terms.settle(path, download.run());
    } catch (TransferException e) {
      terms.failed(path, false, e);
    } catch (IOException e) {
      terms.failed(path, false, e);
    }
  }
}
