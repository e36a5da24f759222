package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.Crc32cCombine;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.WireException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The digests in a COMMIT.
 *
 * @param all in order
 * @param identity the content identity that the offer named
 * @param plain the digest beside it, if the offer named one
 */
record Digests(List<Digest> all, Digest identity, @Nullable Digest plain) {

  /**
   * Reads a COMMIT.
   *
   * @throws WireException PROTOCOL_VIOLATION if one that the offer named is missing
   */
  static Digests read(Frame frame, Offer.Terms terms) throws WireException {
    List<Digest> all = read(frame.fields());
    return new Digests(
        all,
        find(all, terms.identity().algorithm()),
        terms.plain().isPresent() ? find(all, terms.plain().get()) : null);
  }

  /** Reads every DIGEST. */
  static List<Digest> read(Fields fields) throws WireException {
    List<Digest> all = new ArrayList<>();
    for (String text : fields.texts(Tag.DIGEST)) {
      try {
        all.add(Digest.parse(text));
      } catch (IllegalArgumentException e) {
        throw new WireException(ErrorCode.PROTOCOL_VIOLATION, "malformed digest", e);
      }
    }
    return List.copyOf(all);
  }

  private static Digest find(List<Digest> digests, Digest.Algorithm algorithm)
      throws WireException {
    for (Digest digest : digests) {
      if (digest.algorithm() == algorithm) {
        return digest;
      }
    }
    throw WireException.violation("COMMIT has no " + algorithm.label() + " digest");
  }

  /** Computes the content identity of a file from its chunks. */
  static Digest identity(Integrity kind, ChunkLayout layout, ChunkLeaves chunks) {
    if (kind == Integrity.TREE) {
      return TreeHash.root(layout, chunks);
    }
    return ofSum(new Crc32cCombine(layout).whole(chunks));
  }

  /** Returns a CRC32C as a digest. */
  static Digest ofSum(int crc32c) {
    byte[] value = ByteBuffer.allocate(Integer.BYTES).putInt(crc32c).array();
    return Digest.of(Digest.Algorithm.CRC32C, value);
  }
}
