package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.chunk.ZeroChunks;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.LostException;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a transfer whose chunks are handed on in order, and kept nowhere. One that
 * comes before its turn is held as it came, compressed if it was; its credit goes back when it was
 * handed on, and no more than it cost. So what is held is bounded by the window: 8 MiB, unless the
 * same connection had grown it before, to 32 MiB at most.
 *
 * <p>One thread puts chunks in, another takes them out.
 */
public final class OrderedChunks implements Closeable {
  private static final long LOOK_MILLIS = 100;
  private static final int STEP_BYTES = 256 << 10;
  private static final byte[] NO_LEAF = {};
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(STEP_BYTES).asReadOnlyBuffer();

  private final Offer offer;
  private final ChunkLayout layout;
  private final HaveList have;
  private final ChunkLeaves leaves;
  private final ZeroChunks zeros;
  private final Map<Integer, Held> held = new HashMap<>();
  private final ChunkSet handedOn;
  private long heldBytes;
  private @Nullable IOException failure;
  private boolean isClosed;

  /** Takes the bytes of a chunk, a part at a time; they hold until it returns. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes the next bytes.
     *
     * @return false if no more are wanted
     */
    boolean accept(ByteBuffer bytes) throws IOException;
  }

  private enum Taken {
    MORE_WANTED,
    ENOUGH,
    DAMAGED
  }

  /**
   * A chunk that waits for its turn.
   *
   * @param buffer holds its body; null if it has none
   */
  private record Held(Wire on, Frame frame, @Nullable ByteBuffer buffer, long cost) {}

  /**
   * Prepares.
   *
   * @param have what the sender was told, or will be, that it need not send
   * @param leaves what is known of the file, to which this adds; the thread that takes chunks out
   *     uses it
   */
  public OrderedChunks(Offer offer, HaveList have, ChunkLeaves leaves) {
    this.offer = offer;
    this.layout = offer.layout();
    this.have = have;
    this.leaves = leaves;
    this.zeros = new ZeroChunks(layout);
    this.handedOn = ChunkSet.empty(layout.chunkCount());
  }

  /**
   * Puts a chunk in; a damaged one is asked for again.
   *
   * @throws WireException PROTOCOL_VIOLATION if it does not fit the file, or came unasked;
   *     SOURCE_CHANGED if it takes the place of one that was read before
   */
  public void put(Wire on, Frame frame) throws IOException {
    int index = ChunkReceiver.indexOf(frame, layout);
    if (frame.has(FrameType.LOCAL)) {
      throw WireException.violation("chunk " + index + " is said to be in a target not told");
    }
    if (have.leaves().contains(index)) {
      throw changed("chunk " + index + " is not what it was when it was read before");
    }
    long cost = ChunkReceiver.cost(frame);
    if (!frame.body().isIntact()) {
      ChunkReceiver.acknowledge(on, frame.transfer(), index, ChunkReceiver.STATUS_DAMAGED, cost);
      return;
    }
    Held chunk = hold(on, frame, cost);
    if (!add(index, chunk)) {
      giveBack(chunk);
      ChunkReceiver.passOver(on, frame);
    }
  }

  private static Held hold(Wire on, Frame frame, long cost) throws WireException {
    ByteBuffer bytes = frame.body().bytes();
    if (!bytes.hasRemaining()) {
      return new Held(on, frame, null, cost);
    }
    ByteBuffer buffer = on.chunks().take(bytes.remaining(), on.idle());
    buffer.put(bytes.duplicate()).flip();
    Frame.Body body = new Frame.Body(buffer, frame.body().crc32c(), true);
    Frame kept = new Frame(frame.type(), frame.flags(), frame.transfer(), frame.payload(), body);
    return new Held(on, kept, buffer, cost);
  }

  private synchronized boolean add(int index, Held chunk) throws WireException {
    if (isClosed) {
      return false;
    }
    boolean isTooMuch = heldBytes + chunk.cost > Limits.WINDOW_LIMIT_BYTES;
    if (isTooMuch || held.containsKey(index) || handedOn.contains(index)) {
      giveBack(chunk);
      throw WireException.violation(
          isTooMuch
              ? "more than " + Limits.WINDOW_LIMIT_BYTES + " bytes came beyond the credit"
              : "chunk " + index + " came twice");
    }
    held.put(index, chunk);
    heldBytes += chunk.cost;
    notifyAll();
    return true;
  }

  private static void giveBack(Held chunk) {
    ByteBuffer buffer = chunk.buffer;
    if (buffer != null) {
      chunk.on.chunks().give(buffer);
    }
  }

  /** Nothing more will come. */
  public synchronized void fail(IOException why) {
    if (failure == null) {
      failure = why;
    }
    notifyAll();
  }

  /**
   * Waits for a chunk and hands it on.
   *
   * @param wire where it comes from
   * @param patience how long a sender that lives may send nothing of it; zero for ever
   * @param isWanted asked now and then whether there is still somebody who wants it
   * @return false if no more is wanted
   * @throws IOException what ended the transfer
   */
  public boolean handOn(
      int index, Wire wire, Duration patience, BooleanSupplier isWanted, Sink sink)
      throws IOException {
    while (true) {
      Held chunk = await(index, wire, patience, isWanted);
      if (chunk == null) {
        return false;
      }
      Taken taken = handOn(index, chunk, sink);
      release(index, chunk, taken);
      if (taken != Taken.DAMAGED) {
        return taken == Taken.MORE_WANTED;
      }
    }
  }

  private synchronized @Nullable Held await(
      int index, Wire wire, Duration patience, BooleanSupplier isWanted) throws IOException {
    long since = System.nanoTime();
    while (true) {
      if (!isWanted.getAsBoolean()) {
        return null;
      }
      Held found = held.get(index);
      if (found != null) {
        return found;
      }
      if (failure != null) {
        throw failure;
      }
      try {
        TimeUnit.MILLISECONDS.timedWait(this, LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LostException("interrupted while waiting for a chunk");
      }
      if (!patience.isZero() && System.nanoTime() - since > patience.toNanos()) {
        throw LostException.waited("waiting for chunk " + index + " of " + offer.path(), patience);
      }
      wire.requireAlive("CHUNK", since, wire.idle());
    }
  }

  private Taken handOn(int index, Held chunk, Sink sink) throws IOException {
    Frame frame = chunk.frame;
    int length = layout.lengthOf(index);
    if (frame.has(FrameType.ZERO)) {
      note(index, zeros.crc32c(index), () -> zeros.leaf(index));
      return zeros(length, sink);
    }
    if (!frame.has(FrameType.COMPRESSED)) {
      return handOn(index, frame.body().bytes(), frame.body().crc32c(), sink);
    }
    BufferBudget buffers = chunk.on.chunks();
    try (Compression.Borrowed plain = Compression.unpack(frame, length, buffers, chunk.on.idle())) {
      ByteBuffer bytes = plain.bulk().body();
      if (bytes.remaining() != length) {
        throw WireException.violation(
            "chunk %d has %d bytes before compression, not %d"
                .formatted(index, bytes.remaining(), length));
      }
      int crc = plain.bulk().crc32c();
      return ChunkContent.crc32c(bytes) == crc ? handOn(index, bytes, crc, sink) : Taken.DAMAGED;
    }
  }

  private Taken handOn(int index, ByteBuffer bytes, int crc32c, Sink sink) throws IOException {
    note(index, crc32c, () -> TreeHash.leaf(bytes));
    for (int at = 0; at < bytes.remaining(); at += STEP_BYTES) {
      int step = Math.min(STEP_BYTES, bytes.remaining() - at);
      if (!sink.accept(bytes.slice(bytes.position() + at, step))) {
        return Taken.ENOUGH;
      }
    }
    return Taken.MORE_WANTED;
  }

  private static Taken zeros(int length, Sink sink) throws IOException {
    for (int left = length; left > 0; left -= STEP_BYTES) {
      if (!sink.accept(ZEROS.slice(0, Math.min(STEP_BYTES, left)))) {
        return Taken.ENOUGH;
      }
    }
    return Taken.MORE_WANTED;
  }

  /** Computes a leaf, if there is need for one. */
  private interface Leaf {
    byte[] leaf();
  }

  // one that is read once more, as a part of it is wanted again, must be what it was
  private void note(int index, int crc32c, Leaf computed) throws WireException {
    boolean hasTree = offer.terms().identity() == Integrity.TREE;
    byte[] leaf = hasTree ? computed.leaf() : NO_LEAF;
    if (leaves.contains(index)
        && (leaves.crc32c(index) != crc32c
            || (hasTree && !Arrays.equals(leaves.leaf(index), leaf)))) {
      throw changed("chunk " + index + " is not what it was when it was read before");
    }
    if (hasTree) {
      leaves.set(index, crc32c, leaf);
    } else {
      leaves.set(index, crc32c);
    }
  }

  private void release(int index, Held chunk, Taken taken) throws IOException {
    synchronized (this) {
      held.remove(index);
      heldBytes -= chunk.cost;
      if (taken != Taken.DAMAGED) {
        handedOn.add(index);
      }
    }
    giveBack(chunk);
    int status = taken == Taken.DAMAGED ? ChunkReceiver.STATUS_DAMAGED : ChunkReceiver.STATUS_OK;
    ChunkReceiver.acknowledge(chunk.on, chunk.frame.transfer(), index, status, chunk.cost);
  }

  private WireException changed(String why) {
    return new WireException(
        ErrorCode.SOURCE_CHANGED,
        "%s changed while it was read: %s; nothing was published, copy it when it is at rest"
            .formatted(offer.path(), why));
  }

  /**
   * Checks what a COMMIT says against all that was received.
   *
   * @return the content identity; the same as that of what was received, or not
   * @throws WireException PROTOCOL_VIOLATION if it came before every chunk did
   */
  public Proof compare(Frame commit) throws WireException {
    if (!leaves.known().isComplete()) {
      throw WireException.violation("COMMIT came with " + leaves.known() + " here");
    }
    Digest sent = Digests.read(commit, offer.terms()).identity();
    return new Proof(sent, Digests.identity(offer.terms().identity(), layout, leaves));
  }

  /**
   * Two digests of a whole file.
   *
   * @param sent as the sender read it
   * @param received as it came
   */
  public record Proof(Digest sent, Digest received) {
    /** Whether they are the same. */
    public boolean holds() {
      return sent.equals(received);
    }
  }

  /** Lets go of what is held; the sender gets its credit back. */
  @Override
  public void close() throws IOException {
    Map<Integer, Held> left;
    synchronized (this) {
      isClosed = true;
      left = Map.copyOf(held);
      held.clear();
      heldBytes = 0;
    }
    left.values().forEach(OrderedChunks::giveBack);
    for (Held chunk : left.values()) {
      ChunkReceiver.passOver(chunk.on, chunk.frame);
    }
  }
}
