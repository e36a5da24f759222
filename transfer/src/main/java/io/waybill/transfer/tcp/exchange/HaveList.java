package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the receiving end has of an offered file, with the SHA-256 leaf of each chunk. It travels in
 * pages of 1024 chunks, those without any left out; the last page says where they are.
 *
 * @param basis where it has them
 * @param leaves the chunks, their CRC32C not told
 */
public record HaveList(Basis basis, ChunkLeaves leaves) {
  private static final int PAGE_CHUNKS = 1024;

  /** Where a receiver has chunks. */
  public enum Basis {
    /** In the part file for this version of the source; maybe none. */
    PART(0),
    /** In a target of equal size and modification time, which was read for it. */
    EQUAL_TARGET(1),
    /** In such a target, which was not read; no chunk is listed and none is wanted. */
    EQUAL_UNREAD(2);

    private final int wire;

    Basis(int wire) {
      this.wire = wire;
    }

    private static Basis of(long wire) throws WireException {
      for (Basis basis : values()) {
        if (basis.wire == wire) {
          return basis;
        }
      }
      throw WireException.violation("BASIS is " + wire + ", allowed are 0 to 2");
    }
  }

  public void send(Wire wire, long transfer) throws IOException {
    ChunkSet known = leaves.known();
    FieldsBuilder page = new FieldsBuilder();
    for (int first = 0; first < known.chunkCount(); first += PAGE_CHUNKS) {
      FieldsBuilder next = page(known, first);
      if (next != null) {
        if (page.length() > 0) {
          wire.send(FrameType.HAVE, FrameType.MORE, transfer, page);
        }
        page = next;
      }
    }
    page.number(Tag.BASIS, basis.wire);
    wire.send(FrameType.HAVE, transfer, page);
  }

  private @Nullable FieldsBuilder page(ChunkSet known, int first) throws IOException {
    int end = Math.min(first + PAGE_CHUNKS, known.chunkCount());
    BitSet bits = new BitSet();
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    for (int i = first; i < end; i++) {
      if (known.contains(i)) {
        bits.set(i - first);
        digests.write(leaves.leaf(i));
      }
    }
    return bits.isEmpty()
        ? null
        : new FieldsBuilder()
            .number(Tag.FIRST, first)
            .bytes(Tag.BITS, bits.toByteArray())
            .bytes(Tag.CHUNK_DIGESTS, digests.toByteArray());
  }

  /** Puts a list together from its pages. */
  public static final class Pages {
    private final ChunkLeaves leaves;
    private final int chunkCount;
    private int from;

    /** Begins the list for a file of that many chunks. */
    public Pages(int chunkCount) {
      this.leaves = new ChunkLeaves(chunkCount);
      this.chunkCount = chunkCount;
    }

    /** Takes a page; the list, if it was the last one, else null. */
    public @Nullable HaveList add(Frame frame) throws WireException {
      Fields fields = frame.fields();
      if (fields.has(Tag.FIRST)) {
        from = readPage(fields, leaves, chunkCount, from);
      }
      return frame.has(FrameType.MORE)
          ? null
          : new HaveList(Basis.of(fields.number(Tag.BASIS)), leaves);
    }
  }

  private static int readPage(Fields fields, ChunkLeaves leaves, int chunkCount, int least)
      throws WireException {
    int first = (int) fields.number(Tag.FIRST, least, Math.max(least, chunkCount - 1L));
    BitSet bits = BitSet.valueOf(fields.bytes(Tag.BITS));
    byte[] digests = fields.bytes(Tag.CHUNK_DIGESTS);
    if (bits.length() > PAGE_CHUNKS
        || first + (long) bits.length() > chunkCount
        || digests.length != bits.cardinality() * TreeHash.HASH_BYTES) {
      throw WireException.violation("a page of HAVE from chunk " + first + " does not add up");
    }
    int at = 0;
    for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
      leaves.set(first + bit, 0, Arrays.copyOfRange(digests, at, at + TreeHash.HASH_BYTES));
      at += TreeHash.HASH_BYTES;
    }
    return first + PAGE_CHUNKS;
  }
}
