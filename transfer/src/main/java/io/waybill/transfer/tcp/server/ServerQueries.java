package io.waybill.transfer.tcp.server;

import io.waybill.transfer.FileEntry;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.KeptTime;
import io.waybill.transfer.file.TreeLookup;
import io.waybill.transfer.tcp.exchange.Query;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says which files of a page are worth sending. Directories stay open from page to page. Not safe
 * for use by several threads.
 */
final class ServerQueries implements Closeable {
  private final Path root;
  private @Nullable TreeLookup lookup;

  ServerQueries(Path root) {
    this.root = root;
  }

  /** Returns a bit for each entry that is not there equal. */
  BitSet need(Query query) throws IOException {
    BitSet need = new BitSet();
    TreeLookup open = lookup;
    if (open == null) {
      open = new TreeLookup(DirectoryHandle.open(root));
      lookup = open;
    }
    try {
      for (int i = 0; i < query.entries().size(); i++) {
        FileEntry entry = query.entries().get(i);
        need.set(i, (entry.isFile() && query.needsAll()) || !isThere(open, entry));
      }
    } finally {
      open.release();
    }
    return need;
  }

  private static boolean isThere(TreeLookup lookup, FileEntry entry) {
    Optional<BasicFileAttributes> found;
    try {
      found = lookup.attributes(entry.path());
    } catch (IOException e) {
      return false; // a refused path, a link on the way: whoever sends it is told
    }
    if (found.isEmpty()) {
      return false;
    }
    return entry.isDirectory() ? found.get().isDirectory() : isEqual(entry, found.get());
  }

  // to the microsecond: not every way of setting the time keeps the nanoseconds
  private static boolean isEqual(FileEntry entry, BasicFileAttributes found) {
    return entry.isFile()
        && found.isRegularFile()
        && found.size() == entry.sizeBytes()
        && entry
            .modified()
            .map(ServerQueries::micros)
            .filter(micros(found.lastModifiedTime().toInstant())::equals)
            .isPresent();
  }

  private static Instant micros(Instant instant) {
    return KeptTime.of(instant);
  }

  @Override
  public void close() throws IOException {
    TreeLookup open = lookup;
    if (open != null) {
      open.close();
    }
  }
}
