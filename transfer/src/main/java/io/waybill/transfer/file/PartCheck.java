package io.waybill.transfer.file;

import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Reads chunks again and compares them with what the journal says of them. */
final class PartCheck {
  private PartCheck() {}

  /**
   * Hands the first {@code count} chunks on, in order, each after it was found intact: by its leaf
   * where the part has a tree, else by its CRC32C.
   *
   * @throws IntegrityException at the first that is not; it is forgotten
   */
  static void check(PartFile part, int count, Consumer<ByteBuffer> intact) throws IOException {
    ByteBuffer buffer = buffer(part);
    for (int i = 0; i < count; i++) {
      read(part, i, buffer);
      if (part.hasTree()) {
        byte[] leaf = TreeHash.leaf(buffer);
        byte[] expected = part.leaf(i);
        if (!Arrays.equals(leaf, expected)) {
          throw forgotten(
              part, i, HexFormat.of().formatHex(expected), HexFormat.of().formatHex(leaf));
        }
      } else {
        requireCrc32c(part, i, buffer);
      }
      part.wasRead(i);
      intact.accept(buffer);
    }
  }

  /**
   * Hands one chunk on after it was found intact by its CRC32C.
   *
   * @throws IntegrityException if it is not; it is forgotten
   */
  static void checkCrc32c(PartFile part, int index, Consumer<ByteBuffer> intact)
      throws IOException {
    ByteBuffer buffer = buffer(part);
    read(part, index, buffer);
    requireCrc32c(part, index, buffer);
    part.wasRead(index);
    intact.accept(buffer);
  }

  /**
   * Reads all of these chunks, whatever is found in one of them.
   *
   * @throws IntegrityException at the end, if one is not intact by its CRC32C; each such is
   *     forgotten
   */
  static void checkEach(PartFile part, BitSet chunks) throws IOException {
    ByteBuffer buffer = buffer(part);
    IntegrityException first = null;
    for (int i = chunks.nextSetBit(0); i >= 0; i = chunks.nextSetBit(i + 1)) {
      read(part, i, buffer);
      try {
        requireCrc32c(part, i, buffer);
        part.wasRead(i);
      } catch (IntegrityException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static ByteBuffer buffer(PartFile part) {
    return ByteBuffer.allocate(
        (int) Math.min(part.layout().chunkBytes(), part.layout().sizeBytes()));
  }

  private static void read(PartFile part, int index, ByteBuffer into) throws IOException {
    into.clear();
    part.read(index, into);
    into.flip();
  }

  private static void requireCrc32c(PartFile part, int index, ByteBuffer chunk) throws IOException {
    int actual = ChunkContent.crc32c(chunk);
    int expected = part.crc32c(index);
    if (actual != expected) {
      throw forgotten(part, index, Integer.toHexString(expected), Integer.toHexString(actual));
    }
  }

  private static IntegrityException forgotten(
      PartFile part, int index, String expected, String actual) throws IOException {
    part.forget(index);
    return new IntegrityException(
        "Chunk %d of %s on disk".formatted(index, part.path()), expected, actual);
  }
}
