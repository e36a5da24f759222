package io.waybill.transfer.file;

import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Reads an old target cut as the new file will be, chunk by chunk, so that those that stay equal
 * need not travel; {@link PartFile#copyFrom} takes them over. Memory is one chunk, whatever the
 * size. Not safe for use by several threads.
 */
public final class TargetChunks {
  private final ChunkSource old;
  private final ChunkLayout layout;
  private final ByteBuffer buffer;
  private int next;

  /**
   * One chunk of the old target.
   *
   * @param index which one, counted from 0
   * @param offset where it starts
   * @param lengthBytes how long it is: the chunk length, or less for the last one
   * @param crc32c its CRC32C
   * @param leaf its SHA-256 leaf; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Chunk(int index, long offset, int lengthBytes, int crc32c, byte[] leaf) {}

  /**
   * Starts before the first chunk.
   *
   * @param old stays the caller's to close
   * @param newLayout of the file to come: its chunk length counts, not its size
   * @throws IllegalArgumentException if the old target is larger than any file may be
   */
  public TargetChunks(ChunkSource old, ChunkLayout newLayout) {
    this.old = old;
    this.layout = new ChunkLayout(old.identity().sizeBytes(), newLayout.chunkBytes());
    this.buffer =
        ByteBuffer.allocate((int) Math.min(layout.chunkBytes(), old.identity().sizeBytes()));
  }

  /** Returns how the old target is cut. */
  public ChunkLayout layout() {
    return layout;
  }

  /**
   * Reads the next chunk; empty after the last one.
   *
   * @throws IntegrityException if the old target became shorter
   */
  public Optional<Chunk> next() throws IOException {
    if (next == layout.chunkCount()) {
      return Optional.empty();
    }
    int index = next++;
    buffer.clear().limit(layout.lengthOf(index));
    old.read(layout.offsetOf(index), buffer);
    buffer.flip();
    return Optional.of(
        new Chunk(
            index,
            layout.offsetOf(index),
            layout.lengthOf(index),
            ChunkContent.crc32c(buffer),
            TreeHash.leaf(buffer)));
  }
}
