package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Integrity;
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
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the receiving end has of an offered file, with the SHA-256 leaf or the CRC32C of each chunk.
 * It travels in pages of 1024 chunks, those without any left out; the last page says where they
 * are.
 *
 * @param basis where it has them
 * @param identity whether leaves or CRC32Cs are told
 * @param leaves the chunks; what is not told of them is not known
 */
public record HaveList(Basis basis, Integrity identity, ChunkLeaves leaves) {
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
    boolean hasLeaves = identity == Integrity.TREE;
    ByteArrayOutputStream digests = new ByteArrayOutputStream();
    for (int i = first; i < end; i++) {
      if (known.contains(i)) {
        bits.set(i - first);
        digests.write(hasLeaves ? leaves.leaf(i) : sum(leaves.crc32c(i)));
      }
    }
    return bits.isEmpty()
        ? null
        : new FieldsBuilder()
            .number(Tag.FIRST, first)
            .bytes(Tag.BITS, bits.toByteArray())
            .bytes(hasLeaves ? Tag.CHUNK_DIGESTS : Tag.CHUNK_SUMS, digests.toByteArray());
  }

  private static byte[] sum(int crc32c) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(crc32c).array();
  }

  /** Puts a list together from its pages. */
  public static final class Pages {
    private final ChunkLeaves leaves;
    private final Integrity identity;
    private final int chunkCount;
    private int from;

    /** Begins the list for a file of that many chunks. */
    public Pages(int chunkCount, Integrity identity) {
      this.identity = identity;
      this.leaves = new ChunkLeaves(chunkCount);
      this.chunkCount = chunkCount;
    }

    /** Takes a page; the list, if it was the last one, else null. */
    public @Nullable HaveList add(Frame frame) throws WireException {
      Fields fields = frame.fields();
      if (fields.has(Tag.FIRST)) {
        from = readPage(fields);
      }
      return frame.has(FrameType.MORE)
          ? null
          : new HaveList(Basis.of(fields.number(Tag.BASIS)), identity, leaves);
    }

    private int readPage(Fields fields) throws WireException {
      int first = (int) fields.number(Tag.FIRST, from, Math.max(from, chunkCount - 1L));
      BitSet bits = BitSet.valueOf(fields.bytes(Tag.BITS));
      boolean hasLeaves = identity == Integrity.TREE;
      int each = hasLeaves ? TreeHash.HASH_BYTES : Integer.BYTES;
      byte[] digests = fields.bytes(hasLeaves ? Tag.CHUNK_DIGESTS : Tag.CHUNK_SUMS);
      if (bits.length() > PAGE_CHUNKS
          || first + (long) bits.length() > chunkCount
          || digests.length != bits.cardinality() * each) {
        throw WireException.violation("a page of HAVE from chunk " + first + " does not add up");
      }
      ByteBuffer in = ByteBuffer.wrap(digests);
      for (int bit = bits.nextSetBit(0); bit >= 0; bit = bits.nextSetBit(bit + 1)) {
        if (hasLeaves) {
          byte[] leaf = new byte[TreeHash.HASH_BYTES];
          in.get(leaf);
          leaves.set(first + bit, 0, leaf);
        } else {
          leaves.set(first + bit, in.getInt());
        }
      }
      return first + PAGE_CHUNKS;
    }
  }
}
