package io.waybill.transfer.file;

import io.waybill.transfer.chunk.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/** Reads chunks again and compares them with what the journal says of them. */
final class PartCheck {
  private PartCheck() {}

  /**
   * Hands the first {@code count} chunks on, in order, each after it was found intact.
   *
   * @throws IntegrityException at the first that is not; it is forgotten
   */
  static void check(PartFile part, int count, Consumer<ByteBuffer> intact) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(part.layout().chunkBytes());
    for (int i = 0; i < count; i++) {
      buffer.clear();
      part.read(i, buffer);
      buffer.flip();
      byte[] leaf = TreeHash.leaf(buffer);
      byte[] expected = part.leaf(i);
      if (!Arrays.equals(leaf, expected)) {
        part.forget(i);
        throw new IntegrityException(
            "Chunk %d of %s on disk".formatted(i, part.path()),
            HexFormat.of().formatHex(expected),
            HexFormat.of().formatHex(leaf));
      }
      intact.accept(buffer);
    }
  }
}
