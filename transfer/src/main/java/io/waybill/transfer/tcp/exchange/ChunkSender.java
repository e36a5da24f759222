package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.Use;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.chunk.ZeroChunks;
import io.waybill.transfer.file.ChunkSource;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.PlainDigest;
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
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
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
  private final ChunkSource source;
  private final Means means;
  private final boolean hasTree;
  private final ChunkLayout layout;
  private final ZeroChunks zeros;
  private final ChunkLeaves sent;
  private final SendPlan plan;
  private final HaveList.Basis basis;
  private final boolean isTrusted;
  private ChunkLeaves have;
  private @Nullable PlainDigest plain;
  private long passedBytes;

  /**
   * What can be done instead of sending a chunk as it is.
   *
   * @param zeroChunks whether the other end takes chunks of zeros as a flag
   * @param compression whether chunks are compressed; only if the other end takes that
   * @param base what the other end can copy from an old target
   * @param traffic is told what is sent
   */
  public record Means(boolean zeroChunks, Use compression, BaseList base, Traffic traffic) {}

  /**
   * Prepares to send what is missing.
   *
   * @param have what the other end has; its digests are adopted if three chunks, read here, agree
   * @param buffer to read chunks into
   */
  public ChunkSender(
      long transfer, Offer offer, ChunkSource source, HaveList have, Means means, ByteBuffer buffer)
      throws IOException {
    this.transfer = transfer;
    this.offer = offer;
    this.source = source;
    this.means = means;
    this.hasTree = offer.terms().identity() == Integrity.TREE;
    this.layout = offer.layout();
    this.zeros = new ZeroChunks(layout);
    this.plan = new SendPlan(layout);
    this.sent = new ChunkLeaves(layout.chunkCount());
    this.plain = newPlain();
    this.basis = have.basis();
    this.have = have.leaves();
    this.isTrusted =
        basis == HaveList.Basis.PART
            && plain == null
            && offer.source().tellsVersions()
            && spotCheck(buffer);
  }

  private @Nullable PlainDigest newPlain() {
    return offer.terms().plain().map(PlainDigest::new).orElse(null);
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
      if (index < count && !isSame(look(index, buffer), have)) {
        LOG.warn("event=resume-not-trusted path={} chunk={}", offer.path(), index);
        return false;
      }
    }
    return true;
  }

  /**
   * A chunk that was read.
   *
   * @param leaf null where nothing is hashed
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  private record Chunk(
      int index, ByteBuffer bytes, boolean isZero, int crc32c, byte @Nullable [] leaf) {}

  // zeros are neither summed nor hashed: what they give is known
  private Chunk look(int index, ByteBuffer buffer) throws IOException {
    ByteBuffer bytes = read(index, buffer);
    boolean isZero = ChunkContent.isAllZero(bytes);
    int crc = isZero ? zeros.crc32c(index) : ChunkContent.crc32c(bytes);
    byte[] leaf = null;
    if (hasTree) {
      leaf = isZero ? zeros.leaf(index) : TreeHash.leaf(bytes);
    }
    return new Chunk(index, bytes, isZero, crc, leaf);
  }

  private synchronized boolean isSame(Chunk chunk, ChunkLeaves known) {
    return chunk.leaf == null
        ? known.crc32c(chunk.index) == chunk.crc32c
        : Arrays.equals(chunk.leaf, known.leaf(chunk.index));
  }

  /** Whether several streams may send at once: else chunks are looked at in order. */
  public boolean takesStreams() {
    return offer.terms().plain().isEmpty()
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
    Squeeze squeeze = new Squeeze(means.compression);
    try {
      int index = plan.take(wire);
      while (index != SendPlan.NONE_LEFT) {
        handle(index, wire, buffer, squeeze);
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
  private void handle(int index, Wire wire, ByteBuffer buffer, Squeeze squeeze) throws IOException {
    if (plan.isAgain(index)) {
      sendAgain(index, wire, buffer, squeeze);
      return;
    }
    boolean isThere = isThere(index);
    if (isThere && isTrusted) {
      adopt(index);
      plan.passed();
      return;
    }
    Chunk chunk = look(index, buffer);
    boolean isSame = isThere && isSame(chunk, have);
    if (isThere && !isSame && basis == HaveList.Basis.EQUAL_TARGET) {
      startOver();
      return;
    }
    PlainDigest running = plain;
    if (running != null) {
      running.update(chunk.bytes);
    }
    note(chunk);
    if (isSame) {
      plan.passed();
      wire.keepAlive();
    } else {
      passed(chunk.bytes.remaining());
      send(chunk, wire, true, squeeze);
    }
  }

  private synchronized boolean isThere(int index) {
    return have.contains(index);
  }

  private synchronized void adopt(int index) {
    if (hasTree) {
      sent.set(index, 0, have.leaf(index));
    } else {
      sent.set(index, have.crc32c(index));
    }
  }

  private synchronized void note(Chunk chunk) {
    if (chunk.leaf == null) {
      sent.set(chunk.index, chunk.crc32c);
    } else {
      sent.set(chunk.index, chunk.crc32c, chunk.leaf);
    }
  }

  private synchronized void passed(int bytes) {
    passedBytes += bytes;
  }

  // The target that looked equal is not: nothing of it can be used, all chunks have to travel.
  private synchronized void startOver() {
    have = new ChunkLeaves(layout.chunkCount());
    plain = newPlain();
    plan.startOver();
  }

  private void sendAgain(int index, Wire wire, ByteBuffer buffer, Squeeze squeeze)
      throws IOException {
    Chunk chunk = look(index, buffer);
    if (!isSame(chunk, sent)) {
      throw changed(null);
    }
    send(chunk, wire, false, squeeze);
  }

  private void send(Chunk chunk, Wire wire, boolean mayBeLocal, Squeeze squeeze)
      throws IOException {
    if (means.zeroChunks && chunk.isZero) {
      sendEmpty(chunk, FrameType.ZERO, 0, wire);
      return;
    }
    byte[] leaf = chunk.leaf;
    OptionalInt local = mayBeLocal && leaf != null ? means.base.find(leaf) : OptionalInt.empty();
    if (local.isPresent()) {
      means.traffic.reused(chunk.bytes.remaining());
      sendEmpty(chunk, FrameType.LOCAL, local.getAsInt(), wire);
      return;
    }
    Wire.Bulk bulk = new Wire.Bulk(head(chunk, 0), chunk.bytes, chunk.crc32c);
    if (squeeze.pays(() -> Compression.sample(chunk.bytes, wire.chunks()))) {
      long begun = System.nanoTime();
      Optional<Compression.Borrowed> packed = Compression.pack(bulk, wire.chunks());
      squeeze.packed(chunk.bytes.remaining(), System.nanoTime() - begun);
      if (packed.isPresent()) {
        try (Compression.Borrowed borrowed = packed.get()) {
          sendBody(chunk.index, FrameType.COMPRESSED, borrowed.bulk(), wire, squeeze);
        }
        return;
      }
    }
    sendBody(chunk.index, 0, bulk, wire, squeeze);
  }

  private static ByteBuffer head(Chunk chunk, int place) {
    return ByteBuffer.allocate(Limits.BULK_HEAD_BYTES)
        .putInt(chunk.index)
        .putInt(chunk.bytes.remaining())
        .putInt(place)
        .putInt(0)
        .flip();
  }

  private void sendEmpty(Chunk chunk, int flag, int place, Wire wire) throws IOException {
    Wire.Bulk bulk = new Wire.Bulk(head(chunk, place), ByteBuffer.allocate(0), 0);
    plan.sending(chunk.index, wire);
    wire.sendBulk(FrameType.CHUNK, flag, transfer, bulk, Limits.CHUNK_LEAST_COST_BYTES);
  }

  private void sendBody(int index, int flag, Wire.Bulk bulk, Wire wire, Squeeze squeeze)
      throws IOException {
    int bytes = bulk.body().remaining();
    long cost = Math.max(bytes, Limits.CHUNK_LEAST_COST_BYTES);
    plan.sending(index, wire);
    means.traffic.sent(bytes);
    long begun = System.nanoTime();
    wire.sendBulk(FrameType.CHUNK, flag, transfer, bulk, cost);
    squeeze.sent(bytes, System.nanoTime() - begun, flag == FrameType.COMPRESSED);
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
    boolean isGone = cause != null && cause.getCause() instanceof NoSuchFileException;
    WireException changed =
        new WireException(
            ErrorCode.SOURCE_CHANGED,
            "the source of "
                + offer.path()
                + (isGone
                    ? " vanished while it was read; nothing was published, copy it when it is back"
                    : " changed while it was read; nothing was published, copy it when it is at rest"));
    changed.initCause(cause);
    return changed;
  }

  /**
   * Takes a CHUNK_ACK: a damaged chunk is queued again.
   *
   * @return whether the chunk arrived well
   */
  public boolean acknowledged(Frame frame) throws IOException {
    Fields fields = frame.fields();
    int index = (int) fields.number(Tag.INDEX, 0, layout.chunkCount() - 1L);
    int status = (int) fields.number(Tag.STATUS, 0, 3);
    switch (status) {
      case ChunkReceiver.STATUS_OK -> plan.arrived(index);
      case ChunkReceiver.STATUS_DAMAGED -> plan.refused(index);
      case ChunkReceiver.STATUS_ENDED -> plan.ended(index);
      case ChunkReceiver.STATUS_NOT_LOCAL -> {
        means.traffic.reused(-layout.lengthOf(index));
        plan.wanted(index);
      }
      default -> throw WireException.violation("STATUS of chunk " + index + " is not known");
    }
    return status == ChunkReceiver.STATUS_OK;
  }

  /** Whether the other end takes no more of the file; it says why, and there is no COMMIT. */
  public boolean hasEnded() {
    return plan.hasEnded();
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
  public List<Digest> commit(Wire wire) throws IOException {
    return commit(wire, digests -> {});
  }

  /**
   * Asks the other end to publish like {@link #commit(Wire)}.
   *
   * @param check looks at the digests before; what it throws keeps the other end from publishing
   */
  public synchronized List<Digest> commit(Wire wire, Consumer<List<Digest>> check)
      throws IOException {
    try {
      source.requireUnchanged();
    } catch (IntegrityException e) {
      throw changed(e);
    }
    List<Digest> digests = new ArrayList<>();
    digests.add(Digests.identity(offer.terms().identity(), layout, sent));
    PlainDigest running = plain;
    if (running != null) {
      digests.add(running.digest());
    }
    check.accept(digests);
    wire.send(
        FrameType.COMMIT,
        transfer,
        new FieldsBuilder().texts(Tag.DIGEST, digests.stream().map(Digest::toString).toList()));
    return digests;
  }

  /** How much of the file was not needed, because the other end had it of an earlier try. */
  public synchronized long resumedBytes() {
    return layout.sizeBytes() - passedBytes;
  }
}
