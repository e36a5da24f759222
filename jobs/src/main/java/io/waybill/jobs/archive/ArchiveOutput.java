package io.waybill.jobs.archive;

import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;

/**
 * Writes an archive of one kind. The same names, times and contents make the same bytes, on every
 * machine.
 */
interface ArchiveOutput extends Closeable {
  /** Writes a directory. */
  void directory(String name, Instant modified) throws IOException;

  /**
   * Begins a file, of which so many bytes are written next.
   *
   * @param modified in seconds
   */
  void begin(String name, long sizeBytes, Instant modified) throws IOException;

  /** Writes some of its bytes. */
  void write(byte[] bytes, int length) throws IOException;

  /** Ends a file. */
  void end() throws IOException;

  /** Writes what the archive ends with; the channel stays open. */
  void finish() throws IOException;
}
