package io.waybill.jobs.archive;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** Reads an archive of this machine from its beginning to its end; archives in it are files. */
final class ArchiveReader {
  private final ArchiveFormat format;
  private final ArchiveLimits limits;

  ArchiveReader(ArchiveFormat format, ArchiveLimits limits) {
    this.format = format;
    this.limits = limits;
  }

  /**
   * Reads it.
   *
   * @param archive positioned anywhere; it stays open
   * @throws BrokenArchiveException if it is cut off, damaged, or of another kind
   * @throws ArchiveRefusedException if something in it is not unpacked, or it is too much
   */
  void read(FileChannel archive, ArchiveVisitor visitor) throws IOException {
    EntryBudget budget = new EntryBudget(limits, archive.size());
    EntryNames names = new EntryNames(limits.nameBytes());
    if (format == ArchiveFormat.ZIP) {
      new ZipContents(archive, limits, budget, names).read(visitor);
    } else {
      new TarContents(archive, format, budget, names).read(visitor);
    }
  }
}
