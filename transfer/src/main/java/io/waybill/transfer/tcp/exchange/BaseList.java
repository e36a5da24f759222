package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.WireException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The chunks of an old target as the receiving end told them in BASE, by leaf. Filled before it is
 * used; after that safe for use by several threads.
 */
public final class BaseList {
  /** Chunks told beyond as many as the new file has. */
  static final int MORE_CHUNKS = 1024;

  static final int PAGE_CHUNKS = 1024;

  private final Map<ByteBuffer, Integer> places = new HashMap<>();
  private final boolean wasAskedFor;
  private final long mostChunks;
  private final int memory;
  private long from;
  private boolean isComplete;

  /** Waits for the chunks of the target of an offer. */
  public BaseList(Offer offer) {
    ChunkLayout layout = offer.layout();
    this.wasAskedFor = offer.terms().has(FrameType.DELTA);
    this.mostChunks = ChunkLayout.MAX_FILE_BYTES / layout.chunkBytes();
    this.memory = layout.chunkCount() + MORE_CHUNKS;
  }

  /**
   * Takes a page.
   *
   * @throws WireException if it was not asked for, or does not follow the one before
   */
  public void add(Frame frame) throws WireException {
    if (!wasAskedFor || isComplete) {
      throw WireException.violation("BASE was not asked for");
    }
    Fields fields = frame.fields();
    long first = fields.number(Tag.FIRST, from, mostChunks);
    byte[] leaves = fields.bytes(Tag.CHUNK_DIGESTS);
    int count = leaves.length / TreeHash.HASH_BYTES;
    if (count < 1 || count > PAGE_CHUNKS || leaves.length % TreeHash.HASH_BYTES != 0) {
      throw WireException.violation("a page of BASE holds 1 to 1024 leaves of 32 bytes");
    }
    for (int i = 0; i < count && places.size() < memory; i++) {
      ByteBuffer leaf =
          ByteBuffer.allocate(TreeHash.HASH_BYTES)
              .put(leaves, i * TreeHash.HASH_BYTES, TreeHash.HASH_BYTES)
              .flip();
      places.putIfAbsent(leaf, Math.toIntExact(first + i));
    }
    from = first + count;
    isComplete = !frame.has(FrameType.MORE);
  }

  /** Which chunk of the old target has this leaf. */
  OptionalInt find(byte[] leaf) {
    Integer place = places.get(ByteBuffer.wrap(leaf));
    return place == null ? OptionalInt.empty() : OptionalInt.of(place);
  }
}
