package io.waybill.transfer.file;

import io.waybill.transfer.SourceIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a sender reads chunks from: a version of some content that is identified at the start and
 * again after the last read. Reads may come from several threads.
 */
public interface ChunkSource extends Closeable {
  /** Returns which version of the content this is. */
  SourceIdentity identity();

  /**
   * Fills the buffer from the given offset.
   *
   * @throws IntegrityException if the content has become too short
   */
  void read(long offset, ByteBuffer into) throws IOException;

  /**
   * Checks that the content still is the version that was opened.
   *
   * @throws IntegrityException if it is not
   */
  void requireUnchanged() throws IOException;
}
