package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.PlainDigest;
import io.waybill.transfer.file.SourceFile;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Fields;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending half of one transfer, the same at both ends: streams the chunks that the other end
 * lacks, as far as its credit goes, hashing each while it passes, and then commits.
 *
 * <p>Worked: with 8 MiB of credit and chunks of 1 MiB, eight are sent; each acknowledgement brings
 * 1 MiB back and lets the next one go.
 */
public final class ChunkSender {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkSender.class);

  private final Wire wire;
  private final long transfer;
  private final Offer offer;
  private final SourceFile source;
  private final boolean useZeroChunks;
  private final ChunkLayout layout;
  private final ChunkLeaves sent;
  private final Deque<Integer> again = new ArrayDeque<>();
  private final Set<Integer> inFlight = new HashSet<>();
  private final Map<Integer, Integer> refusals = new HashMap<>();
  private final HaveList.Basis basis;
  private final boolean isTrusted;
  private ChunkLeaves have;
  private @Nullable PlainDigest plain;
  private long credit;
  private int next;
  private long travelledBytes;
  private boolean isCommitted;

  /**
   * Prepares to send what is missing.
   *
   * @param have what the other end has; its digests are adopted if three chunks, read here, agree
   * @param useZeroChunks whether the other end takes chunks of zeros as a flag
   */
  public ChunkSender(
      Wire wire,
      long transfer,
      Offer offer,
      SourceFile source,
      HaveList have,
      boolean useZeroChunks)
      throws IOException {
    this.wire = wire;
    this.transfer = transfer;
    this.offer = offer;
    this.source = source;
    this.useZeroChunks = useZeroChunks;
    this.layout = offer.layout();
    this.sent = new ChunkLeaves(layout.chunkCount());
    this.plain = newPlain();
    this.credit = have.creditBytes();
    this.basis = have.basis();
    this.have = have.leaves();
    this.isTrusted = basis == HaveList.Basis.PART && plain == null && spotCheck();
  }

  private @Nullable PlainDigest newPlain() {
    Digest.Algorithm wanted = offer.terms().digest();
    return wanted == Digest.Algorithm.SHA_256_TREE ? null : new PlainDigest(wanted);
  }

  // The identity in the part file's name says that these chunks come from this version of the
  // source; three of them are read to see whether the identity can be believed.
  private boolean spotCheck() throws IOException {
    ChunkSet known = have.known();
    int count = layout.chunkCount();
    for (int from : new int[] {0, count / 3, 2 * count / 3}) {
      int index = from;
      while (index < count && !known.contains(index)) {
        index++;
      }
      if (index < count && !isSame(index, TreeHash.leaf(read(index)))) {
        LOG.warn("event=resume-not-trusted path={} chunk={}", offer.path(), index);
        return false;
      }
    }
    return true;
  }

  private boolean isSame(int index, byte[] leaf) {
    return Arrays.equals(leaf, have.leaf(index));
  }

  /** Says whether there is a chunk to look at and credit to send it. */
  public boolean canStep() {
    if (!again.isEmpty()) {
      return credit >= cost(again.getFirst());
    }
    return next < layout.chunkCount() && credit >= cost(next);
  }

  /** Sends one chunk, or passes over one that the other end has. */
  public void step() throws IOException {
    if (!again.isEmpty()) {
      sendAgain(again.removeFirst());
      return;
    }
    int index = next++;
    boolean isThere = have.contains(index);
    if (isThere && isTrusted) {
      sent.set(index, 0, have.leaf(index));
      return;
    }
    ByteBuffer bytes = read(index);
    byte[] leaf = TreeHash.leaf(bytes);
    if (isThere && !isSame(index, leaf) && basis == HaveList.Basis.EQUAL_TARGET) {
      startOver();
      return;
    }
    if (plain != null) {
      plain.update(bytes);
    }
    int crc = ChunkContent.crc32c(bytes);
    sent.set(index, crc, leaf);
    if (isThere && isSame(index, leaf)) {
      wire.keepAlive();
    } else {
      travelledBytes += bytes.remaining();
      send(index, bytes, crc);
    }
  }

  // The target that looked equal is not: nothing of it can be used, all chunks have to travel.
  private void startOver() {
    have = new ChunkLeaves(layout.chunkCount());
    plain = newPlain();
    next = 0;
  }

  private void sendAgain(int index) throws IOException {
    ByteBuffer bytes = read(index);
    if (!Arrays.equals(TreeHash.leaf(bytes), sent.leaf(index))) {
      throw changed(null);
    }
    send(index, bytes, ChunkContent.crc32c(bytes));
  }

  private void send(int index, ByteBuffer bytes, int crc) throws IOException {
    byte[] head =
        ByteBuffer.allocate(Limits.BULK_HEAD_BYTES)
            .putInt(index)
            .putInt(bytes.remaining())
            .putLong(0)
            .array();
    credit -= cost(index);
    inFlight.add(index);
    if (useZeroChunks && ChunkContent.isAllZero(bytes)) {
      ByteBuffer nothing = ByteBuffer.allocate(0);
      wire.sendBulk(FrameType.CHUNK, FrameType.ZERO, transfer, head, nothing, 0);
    } else {
      wire.sendBulk(FrameType.CHUNK, 0, transfer, head, bytes, crc);
    }
  }

  private ByteBuffer read(int index) throws IOException {
    ByteBuffer bytes = wire.chunkBuffer(layout.lengthOf(index));
    try {
      source.read(layout.offsetOf(index), bytes);
    } catch (IntegrityException e) {
      throw changed(e);
    }
    return bytes.flip();
  }

  private WireException changed(@Nullable IntegrityException cause) {
    WireException changed =
        new WireException(
            ErrorCode.SOURCE_CHANGED,
            "the source of "
                + offer.path()
                + " changed while it was read; nothing was published, copy it when it is at rest");
    changed.initCause(cause);
    return changed;
  }

  private long cost(int index) {
    return Math.max(layout.lengthOf(index), Limits.CHUNK_LEAST_COST_BYTES);
  }

  /** Takes a CHUNK_ACK: credit comes back, a damaged chunk is queued again. */
  public void acknowledged(Frame frame) throws IOException {
    Fields fields = frame.fields();
    int index = (int) fields.number(Tag.INDEX, 0, layout.chunkCount() - 1L);
    if (!inFlight.remove(index)) {
      throw WireException.violation("chunk " + index + " is acknowledged but not on the way");
    }
    credit += fields.number(Tag.CREDIT, 0, Limits.WINDOW_LIMIT_BYTES);
    if (credit > Limits.WINDOW_LIMIT_BYTES) {
      throw WireException.violation("more than " + Limits.WINDOW_LIMIT_BYTES + " bytes of credit");
    }
    if (fields.number(Tag.STATUS, 0, 1) == ChunkReceiver.STATUS_DAMAGED) {
      if (refusals.merge(index, 1, Integer::sum) > Limits.CHUNK_RETRIES) {
        throw new WireException(
            ErrorCode.CHUNK_REFUSED,
            "chunk %d of %s arrived damaged %d times"
                .formatted(index, offer.path(), Limits.CHUNK_RETRIES + 1));
      }
      again.add(index);
    }
  }

  /** Says whether the other end has every chunk. */
  public boolean isComplete() {
    return next == layout.chunkCount() && again.isEmpty() && inFlight.isEmpty();
  }

  public boolean isCommitted() {
    return isCommitted;
  }

  /**
   * Asks the other end to publish, once the source was seen not to have changed.
   *
   * @return the digests of what was sent
   */
  public List<Digest> commit() throws IOException {
    try {
      source.requireUnchanged();
    } catch (IntegrityException e) {
      throw changed(e);
    }
    List<Digest> digests = new ArrayList<>();
    digests.add(TreeHash.root(layout, sent));
    if (plain != null) {
      digests.add(plain.digest());
    }
    isCommitted = true;
    wire.send(
        FrameType.COMMIT,
        transfer,
        new FieldsBuilder().texts(Tag.DIGEST, digests.stream().map(Digest::toString).toList()));
    return digests;
  }

  /** How much of the file the other end has for sure, or is about to. */
  public long passedBytes() {
    return next < layout.chunkCount() ? layout.offsetOf(next) : layout.sizeBytes();
  }

  /** How much of the file did not have to travel, because the other end had it. */
  public long resumedBytes() {
    return layout.sizeBytes() - travelledBytes;
  }
}
