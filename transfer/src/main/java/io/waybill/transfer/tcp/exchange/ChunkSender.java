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
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending half of one transfer, the same at both ends: streams the chunks that the other end
 * lacks, over one or more connections, hashing each while it passes, and then commits.
 */
public final class ChunkSender {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkSender.class);

  private final long transfer;
  private final Offer offer;
  private final SourceFile source;
  private final boolean useZeroChunks;
  private final ChunkLayout layout;
  private final ChunkLeaves sent;
  private final SendPlan plan;
  private final HaveList.Basis basis;
  private final boolean isTrusted;
  private ChunkLeaves have;
  private @Nullable PlainDigest plain;
  private long travelledBytes;

  /**
   * Prepares to send what is missing.
   *
   * @param have what the other end has; its digests are adopted if three chunks, read here, agree
   * @param useZeroChunks whether the other end takes chunks of zeros as a flag
   * @param buffer to read chunks into
   */
  public ChunkSender(
      long transfer,
      Offer offer,
      SourceFile source,
      HaveList have,
      boolean useZeroChunks,
      ByteBuffer buffer)
      throws IOException {
    this.transfer = transfer;
    this.offer = offer;
    this.source = source;
    this.useZeroChunks = useZeroChunks;
    this.layout = offer.layout();
    this.plan = new SendPlan(layout);
    this.sent = new ChunkLeaves(layout.chunkCount());
    this.plain = newPlain();
    this.basis = have.basis();
    this.have = have.leaves();
    this.isTrusted = basis == HaveList.Basis.PART && plain == null && spotCheck(buffer);
  }

  private @Nullable PlainDigest newPlain() {
    Digest.Algorithm wanted = offer.terms().digest();
    return wanted == Digest.Algorithm.SHA_256_TREE ? null : new PlainDigest(wanted);
  }

  // The identity in the part file's name says that these chunks come from this version of the
  // source; three of them are read to see whether the identity can be believed.
  private boolean spotCheck(ByteBuffer buffer) throws IOException {
    ChunkSet known = have.known();
    int count = layout.chunkCount();
    for (int from : new int[] {0, count / 3, 2 * count / 3}) {
      int index = from;
      while (index < count && !known.contains(index)) {
        index++;
      }
      if (index < count && !isSame(index, TreeHash.leaf(read(index, buffer)))) {
        LOG.warn("event=resume-not-trusted path={} chunk={}", offer.path(), index);
        return false;
      }
    }
    return true;
  }

  private boolean isSame(int index, byte[] leaf) {
    return Arrays.equals(leaf, have.leaf(index));
  }

  /** Whether several streams may send at once: else chunks are looked at in order. */
  public boolean takesStreams() {
    return offer.terms().digest() == Digest.Algorithm.SHA_256_TREE
        && basis == HaveList.Basis.PART
        && layout.chunkCount() > 1;
  }

  /** Is told when a chunk was looked at. */
  @FunctionalInterface
  public interface Progress {
    void passed(long bytes);
  }

  /**
   * Sends chunks over one connection until the other end has acknowledged all of them, whichever
   * connection they went over. May run for several connections at once.
   *
   * @param buffer to read chunks into, as large as a chunk
   * @throws WireException SOURCE_CHANGED if the source is not what it was
   */
  public void run(Wire wire, ByteBuffer buffer, Progress progress) throws IOException {
    try {
      int index = plan.take(wire);
      while (index != SendPlan.NONE_LEFT) {
        look(index, wire, buffer);
        progress.passed(plan.passedBytes());
        index = plan.take(wire);
      }
    } catch (LostException e) {
      plan.lost(wire);
      throw e;
    } catch (IOException e) {
      plan.fail(e);
      throw e;
    }
  }

  /** Sends one chunk, or passes over one that the other end has. */
  private void look(int index, Wire wire, ByteBuffer buffer) throws IOException {
    if (plan.isAgain(index)) {
      sendAgain(index, wire, buffer);
      return;
    }
    boolean isThere = isThere(index);
    if (isThere && isTrusted) {
      adopt(index);
      plan.passed();
      return;
    }
    ByteBuffer bytes = read(index, buffer);
    byte[] leaf = TreeHash.leaf(bytes);
    if (isThere && !isSame(index, leaf) && basis == HaveList.Basis.EQUAL_TARGET) {
      startOver();
      return;
    }
    PlainDigest running = plain;
    if (running != null) {
      running.update(bytes);
    }
    int crc = ChunkContent.crc32c(bytes);
    note(index, crc, leaf);
    if (isThere && isSame(index, leaf)) {
      plan.passed();
      wire.keepAlive();
    } else {
      travelled(bytes.remaining());
      send(index, wire, bytes, crc);
    }
  }

  private synchronized boolean isThere(int index) {
    return have.contains(index);
  }

  private synchronized void adopt(int index) {
    sent.set(index, 0, have.leaf(index));
  }

  private synchronized void note(int index, int crc, byte[] leaf) {
    sent.set(index, crc, leaf);
  }

  private synchronized byte[] sentLeaf(int index) {
    return sent.leaf(index);
  }

  private synchronized void travelled(int bytes) {
    travelledBytes += bytes;
  }

  // The target that looked equal is not: nothing of it can be used, all chunks have to travel.
  private synchronized void startOver() {
    have = new ChunkLeaves(layout.chunkCount());
    plain = newPlain();
    plan.startOver();
  }

  private void sendAgain(int index, Wire wire, ByteBuffer buffer) throws IOException {
    ByteBuffer bytes = read(index, buffer);
    if (!Arrays.equals(TreeHash.leaf(bytes), sentLeaf(index))) {
      throw changed(null);
    }
    send(index, wire, bytes, ChunkContent.crc32c(bytes));
  }

  private void send(int index, Wire wire, ByteBuffer bytes, int crc) throws IOException {
    ByteBuffer head =
        ByteBuffer.allocate(Limits.BULK_HEAD_BYTES)
            .putInt(index)
            .putInt(bytes.remaining())
            .putLong(0)
            .flip();
    boolean isZero = useZeroChunks && ChunkContent.isAllZero(bytes);
    Wire.Bulk bulk =
        isZero ? new Wire.Bulk(head, ByteBuffer.allocate(0), 0) : new Wire.Bulk(head, bytes, crc);
    long cost = Math.max(bulk.body().remaining(), Limits.CHUNK_LEAST_COST_BYTES);
    plan.sending(index, wire);
    wire.sendBulk(FrameType.CHUNK, isZero ? FrameType.ZERO : 0, transfer, bulk, cost);
  }

  private ByteBuffer read(int index, ByteBuffer buffer) throws IOException {
    ByteBuffer bytes = buffer.clear().limit(layout.lengthOf(index));
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

  /** Takes a CHUNK_ACK: a damaged chunk is queued again. */
  public void acknowledged(Frame frame) throws IOException {
    Fields fields = frame.fields();
    int index = (int) fields.number(Tag.INDEX, 0, layout.chunkCount() - 1L);
    switch ((int) fields.number(Tag.STATUS, 0, 3)) {
      case ChunkReceiver.STATUS_OK -> plan.arrived(index);
      case ChunkReceiver.STATUS_DAMAGED -> plan.refused(index);
      default ->
          throw WireException.violation("STATUS of chunk " + index + " does not fit its CHUNK");
    }
  }

  /** A further stream is gone: what was on the way there goes over another. */
  public void lost(Wire wire) {
    plan.lost(wire);
  }

  /** Ends the sending, over every stream. */
  public void fail(IOException why) {
    plan.fail(why);
  }

  /**
   * Asks the other end to publish, once the source was seen not to have changed.
   *
   * @return the digests of what was sent
   */
  public synchronized List<Digest> commit(Wire wire) throws IOException {
    try {
      source.requireUnchanged();
    } catch (IntegrityException e) {
      throw changed(e);
    }
    List<Digest> digests = new ArrayList<>();
    digests.add(TreeHash.root(layout, sent));
    PlainDigest running = plain;
    if (running != null) {
      digests.add(running.digest());
    }
    wire.send(
        FrameType.COMMIT,
        transfer,
        new FieldsBuilder().texts(Tag.DIGEST, digests.stream().map(Digest::toString).toList()));
    return digests;
  }

  /** How much of the file did not have to travel, because the other end had it. */
  public synchronized long resumedBytes() {
    return layout.sizeBytes() - travelledBytes;
  }
}
