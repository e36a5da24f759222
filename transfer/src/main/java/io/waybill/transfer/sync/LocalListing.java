package io.waybill.transfer.sync;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TreeReceipt;
import io.waybill.transfer.file.LocalFailures;
import io.waybill.transfer.file.PartName;
import io.waybill.transfer.file.TreeEntry;
import io.waybill.transfer.file.TreeWalker;
import io.waybill.transfer.file.UnsafePathException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes a listing of what a walk through a local tree comes to. */
final class LocalListing {
  private final Path base;
  private final List<ListedEntry> found = new ArrayList<>();
  private final List<TreeReceipt.Failure> failures = new ArrayList<>();

  LocalListing(Path base) {
    this.base = base;
  }

  Listing of(TreeWalker walker) throws IOException {
    for (TreeEntry each = walker.next(); each != null; each = walker.next()) {
      take(each);
    }
    return Listing.of(found, failures);
  }

  private void take(TreeEntry entry) {
    if (entry instanceof TreeEntry.RegularFile file) {
      found.add(
          ListedEntry.of(
              new FileEntry(
                  file.path(),
                  FileEntry.Kind.FILE,
                  file.identity().sizeBytes(),
                  file.identity().modified(),
                  file.mode())));
    } else if (entry instanceof TreeEntry.Directory directory) {
      found.add(plain(directory.path(), FileEntry.Kind.DIRECTORY, directory.mode()));
    } else if (entry instanceof TreeEntry.Skipped skipped) {
      boolean isLink = skipped.reason() == TreeEntry.Reason.LINK;
      FileEntry.Kind kind = isLink ? FileEntry.Kind.LINK : FileEntry.Kind.OTHER;
      found.add(plain(skipped.path(), kind, OptionalInt.empty()));
    } else if (entry instanceof TreeEntry.Refused refused) {
      if (PartName.isReserved(PathOrder.name(refused.path()))) {
        // like an unfinished file: neither copied nor deleted, and no reason not to go on
        found.add(plain(refused.path(), FileEntry.Kind.OTHER, OptionalInt.empty()));
      } else {
        failures.add(failure(refused.path(), refused.cause()));
      }
    } else if (entry instanceof TreeEntry.Unreadable unreadable) {
      failures.add(failure(unreadable.path(), unreadable.cause()));
    }
  }

  private static ListedEntry plain(String path, FileEntry.Kind kind, OptionalInt mode) {
    return ListedEntry.of(
        new FileEntry(path, kind, FileEntry.UNKNOWN_SIZE, Optional.empty(), mode));
  }

  private TreeReceipt.Failure failure(String path, IOException cause) {
    return new TreeReceipt.Failure(path, translated(base, path, cause));
  }

  /** Translates a failure at a path, which may be one that cannot be made a path again. */
  static TransferException translated(Path base, String path, IOException cause) {
    return LocalFailures.translate(
        cause instanceof UnsafePathException ? base : base.resolve(path), cause);
  }
}
