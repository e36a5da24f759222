package io.waybill.jobs.archive;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Is told what is in an archive, in its order. All names are safe, and none comes twice. */
interface ArchiveVisitor {
  /** A directory; those that hold files need not be told. */
  void directory(String name) throws IOException;

  /**
   * A file.
   *
   * @param name with {@code /}
   * @param content to be read to its end
   */
  void file(String name, Optional<Instant> modified, EntryContent content) throws IOException;
}
