package io.waybill.transfer.watch;

import java.time.Instant;
import java.util.Optional;

/** What the last look at a directory has seen. */
public interface LastLook {
  /**
   * Says whether a version of a file is there.
   *
   * @param path below the watched directory
   * @param modified its time; empty if the directory tells none
   */
  boolean has(String path, long sizeBytes, Optional<Instant> modified);

  /** Says whether a file is there, whichever version. */
  boolean has(String path);
}
