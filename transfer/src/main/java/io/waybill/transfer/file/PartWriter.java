package io.waybill.transfer.file;

import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.chunk.ZeroChunks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Writes whole chunks: claims each, puts its bytes to their place, notes it. */
final class PartWriter {
  private final ChunkLayout layout;
  private final PartData data;
  private final PartChunks chunks;
  private final boolean hasTree;
  private final @Nullable RunningDigest running;
  private final Path path;
  private final ZeroChunks zeros;

  PartWriter(
      ChunkLayout layout,
      PartData data,
      PartChunks chunks,
      boolean hasTree,
      @Nullable RunningDigest running,
      Path path) {
    this.layout = layout;
    this.data = data;
    this.chunks = chunks;
    this.hasTree = hasTree;
    this.running = running;
    this.path = path;
    this.zeros = new ZeroChunks(layout);
  }

  void write(int index, ByteBuffer chunk, int crc32c) throws IOException {
    requireFit(index, chunk);
    int actual = ChunkContent.crc32c(chunk);
    if (actual != crc32c) {
      throw new IntegrityException(
          "CRC32C of chunk " + index, Integer.toHexString(crc32c), Integer.toHexString(actual));
    }
    writeChecked(index, chunk, crc32c, null);
  }

  void writeChecked(int index, ByteBuffer chunk, int crc32c, byte @Nullable [] leaf)
      throws IOException {
    requireFit(index, chunk);
    byte[] known = leaf == null && hasTree ? TreeHash.leaf(chunk) : leaf;
    ByteBuffer bytes = chunk.duplicate();
    if (claimed(index, crc32c, known, () -> data.write(index, chunk, chunks.isUntouchedZero()))
        && running != null) {
      running.written(index, bytes);
    }
    chunk.position(chunk.limit());
  }

  private void requireFit(int index, ByteBuffer chunk) {
    if (index < 0 || index >= layout.chunkCount() || chunk.remaining() != layout.lengthOf(index)) {
      throw new IllegalArgumentException(
          "Chunk %d with %d bytes does not fit %s".formatted(index, chunk.remaining(), layout));
    }
  }

  void copyFrom(ChunkSource from, long offset, int index, byte[] expectedLeaf) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(layout.lengthOf(index));
    from.read(offset, chunk);
    byte[] leaf = TreeHash.leaf(chunk.flip());
    if (!Arrays.equals(leaf, expectedLeaf)) {
      throw new IntegrityException(
          "Bytes from %d in the old file, wanted as chunk %d of %s".formatted(offset, index, path),
          HexFormat.of().formatHex(expectedLeaf),
          HexFormat.of().formatHex(leaf));
    }
    writeChecked(index, chunk, ChunkContent.crc32c(chunk), leaf);
  }

  void zero(int index) throws IOException {
    boolean written =
        claimed(
            index,
            zeros.crc32c(index),
            hasTree ? zeros.leaf(index) : null,
            () -> {
              if (!chunks.isUntouchedZero()) {
                data.zero(index);
              }
            });
    if (written && running != null) {
      running.zero(index, layout.lengthOf(index));
    }
  }

  /** Puts a chunk's bytes to their place. */
  private interface Writing {
    void run() throws IOException;
  }

  /** Writes unless the chunk is there already; says whether it wrote. */
  private boolean claimed(int index, int crc32c, byte @Nullable [] leaf, Writing writing)
      throws IOException {
    if (!chunks.begin(index, crc32c, leaf)) {
      return false;
    }
    boolean written = false;
    try {
      writing.run();
      written = true;
    } finally {
      if (!written) {
        chunks.abandon(index);
      }
    }
    try {
      chunks.end(index, crc32c, leaf);
    } catch (IOException e) {
      throw DiskFullException.recognise(e, path, layout.chunkBytes());
    }
    return true;
  }
}
