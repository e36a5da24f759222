package io.waybill.jobs.archive;

import java.io.IOException;

/** What one file of an archive holds. */
@FunctionalInterface
interface EntryContent {
  /**
   * Reads on.
   *
   * @return how many bytes, at least 1; -1 at the end, once all of it was found to be right
   * @throws BrokenArchiveException if it cannot be read
   * @throws ArchiveRefusedException if it is more than is allowed
   */
  int read(byte[] into) throws IOException;
}
