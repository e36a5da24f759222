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

  /** Says whether no file is there. */
  boolean isEmpty();

  /**
   * Returns what the directory itself is known by, such as its own file key: another one where a
   * disk was mounted or unmounted. Empty where nobody can tell.
   */
  Optional<String> directory();
}
