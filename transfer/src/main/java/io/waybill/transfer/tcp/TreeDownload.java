package io.waybill.transfer.tcp;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.KeptTime;
import io.waybill.transfer.file.ProgressReporter;
import io.waybill.transfer.file.SafePath;
import io.waybill.transfer.file.TreeLookup;
import io.waybill.transfer.file.UnsafePathException;
import io.waybill.transfer.tcp.exchange.Target;
import io.waybill.transfer.tcp.exchange.Traffic;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One try at fetching a tree over one session: it is listed page by page, compared with what is
 * here, and what is missing fetched: small files in groups, large ones beside them.
 */
final class TreeDownload {
  private static final int REMEMBERED = 256;

  private final ClientSession session;
  private final TreeTerms terms;
  private final boolean isAgain;
  private final Set<String> made = new LinkedHashSet<>();
  private String lastDirectory = "";
  private boolean entersLast = true;

  /**
   * Prepares a try.
   *
   * @param isAgain whether a session was lost before
   */
  TreeDownload(ClientSession session, TreeTerms terms, boolean isAgain) {
    this.session = session;
    this.terms = terms;
    this.isAgain = isAgain;
  }

  void run() throws IOException {
    terms.tally().begin();
    try (BigFiles large = new BigFiles(terms.settings().openFiles())) {
      try (TreeLookup here = new TreeLookup(DirectoryHandle.open(terms.local()));
          BatchFetcher small = new BatchFetcher(session, terms)) {
        list(here, small, large);
        small.finish();
        large.finish();
      } catch (IOException | RuntimeException e) {
        TreeUpload.endIfBusy(session, large, e);
        throw e;
      }
    }
  }

  private void sweep(String directory) {
    if (!isAgain) {
      terms.sweep().in(terms.local(), directory);
    }
  }

  private void list(TreeLookup here, BatchFetcher small, BigFiles large) throws IOException {
    sweep("");
    try {
      session.list(terms.remote(), true, page -> take(page, here, small, large));
    } catch (WireException e) {
      if (!TreeTerms.isOfOneFile(e) || !terms.tally().hasFound()) {
        throw e;
      }
      terms.failed("", true, e); // the rest of the tree is not known; what is known is copied
    }
  }

  private void take(List<FileEntry> page, TreeLookup here, BatchFetcher small, BigFiles large)
      throws IOException {
    large.requireSound();
    for (FileEntry entry : page) {
      if (!counts(entry) || !isSafe(entry)) {
        continue;
      }
      if (entry.isDirectory()) {
        sweep(entry.path());
        if (small.makeDirectory(entry.path())) {
          made(entry.path());
        }
      } else if (entry.isFile() && entry.sizeBytes() >= 0) {
        take(entry, here, small, large);
      } else {
        terms.tally().skipped(entry.path(), entry.kind() == FileEntry.Kind.LINK);
      }
    }
    here.release();
  }

  // nothing is looked for in directories that were made just now
  private void made(String directory) {
    if (made.size() == REMEMBERED) {
      made.remove(made.iterator().next());
    }
    made.add(directory);
  }

  private boolean counts(FileEntry entry) {
    String path = entry.path();
    // what is no text at the server may be a directory
    return (entry.isDirectory() || path.indexOf('\uFFFD') >= 0)
        ? enters(path)
        : enters(parent(path)) && terms.settings().filter().takesFile(path);
  }

  private boolean isSafe(FileEntry entry) {
    try {
      SafePath.segments(entry.path());
      return true;
    } catch (UnsafePathException e) {
      terms.failed(entry.path(), entry.isDirectory(), e);
      return false;
    }
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  // a directory is entered if each above it is, too
  private boolean enters(String directory) {
    if (!directory.equals(lastDirectory)) {
      boolean enters = true;
      for (int slash = directory.indexOf('/'); enters && slash > 0; ) {
        enters = terms.settings().filter().enters(directory.substring(0, slash));
        slash = directory.indexOf('/', slash + 1);
      }
      lastDirectory = directory;
      entersLast = directory.isEmpty() || (enters && terms.settings().filter().enters(directory));
    }
    return entersLast;
  }

  private void take(FileEntry file, TreeLookup here, BatchFetcher small, BigFiles large)
      throws IOException {
    terms.tally().found(file.sizeBytes());
    Optional<BasicFileAttributes> there;
    try {
      there = made.contains(parent(file.path())) ? Optional.empty() : here.attributes(file.path());
    } catch (IOException e) {
      terms.failed(file.path(), e);
      return;
    }
    if (there.isPresent() && terms.trustsTime(isAgain) && isEqual(file, there.get())) {
      terms.equal(file.path(), file.sizeBytes(), false);
    } else if (there.isPresent() && terms.policy() == TargetPolicy.FAIL) {
      terms.failed(file.path(), new FileAlreadyExistsException(file.path()));
    } else if (terms.isSmall(file.path(), file.sizeBytes())) {
      small.add(file);
    } else {
      large.add(() -> fetch(file.path()));
    }
  }

  // to the microsecond: times set through a directory handle have no more
  private static boolean isEqual(FileEntry file, BasicFileAttributes there) {
    Instant time = KeptTime.of(there.lastModifiedTime().toInstant());
    return there.isRegularFile()
        && there.size() == file.sizeBytes()
        && file.modified().map(KeptTime::of).filter(time::equals).isPresent();
  }

  private void fetch(String path) throws IOException {
    String remote = terms.remote(path);
    Call call = Call.repeatable("download of " + path, remote);
    try {
      SafePath.openMakingParents(terms.local(), path).close();
      Target target =
          new Target(
              () -> SafePath.open(terms.local(), path).directory(),
              path.substring(path.lastIndexOf('/') + 1),
              "waybill tree " + remote);
      terms.tally().sent(path);
      Instant started = terms.receipts().now();
      Traffic traffic = new Traffic();
      ClientDownload download =
          new ClientDownload(
              session,
              remote,
              terms.settings().offer(),
              target,
              size -> new ProgressReporter(terms.moving(path), path, size, System::nanoTime),
              call,
              terms.settings().files().preserveMode(),
              traffic);
      terms.settle(path, download.run(), traffic.sentBytes(), traffic.reusedBytes(), started);
    } catch (IOException e) {
      if (!TreeTerms.isOfOneFile(e)) {
        throw e;
      }
      terms.failed(path, e);
    }
  }
}
