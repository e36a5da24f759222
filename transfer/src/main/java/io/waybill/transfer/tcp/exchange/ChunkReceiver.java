package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.Digest;
import io.waybill.transfer.Integrity;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.PartFile;
import io.waybill.transfer.file.PartOptions;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of one transfer, the same at both ends: says what it has, takes chunks in any
 * order, checks each before it is written, and publishes when told to.
 */
public final class ChunkReceiver implements Closeable {
  public static final int STATUS_OK = 0;
  public static final int STATUS_DAMAGED = 1;
  public static final int STATUS_ENDED = 2;

  /** The LOCAL chunk is not there any more. */
  public static final int STATUS_NOT_LOCAL = 3;

  private final Wire wire;
  private final long transfer;
  private final Offer offer;
  private final Target target;
  private final Traffic traffic;
  private final ChunkLayout layout;
  private final TargetLook.@Nullable Equal equal;
  private final HaveList have;
  private final @Nullable OldTarget old;
  // chunks come on several threads; the end of the transfer waits for those under way
  private final ReadWriteLock writing = new ReentrantReadWriteLock();
  private final AtomicLong receivedBytes = new AtomicLong();
  private @Nullable PartFile part;
  private @Nullable String published;
  private boolean isClosed;

  /**
   * Looks at what is there: an equal target, or the part file of an earlier try.
   *
   * @param traffic is told what arrives
   * @throws WireException EXISTS if there is a target and the policy is to fail, WRONG_KIND if
   *     there is something that is no file
   */
  public ChunkReceiver(Wire wire, long transfer, Offer offer, Target target, Traffic traffic)
      throws IOException {
    this.wire = wire;
    this.transfer = transfer;
    this.offer = offer;
    this.target = target;
    this.traffic = traffic;
    this.layout = offer.layout();
    this.equal = new TargetLook(wire, offer, target).run().orElse(null);
    this.have = equal != null ? equal.have() : lookAtPart();
    this.old = equal != null ? null : openOld();
  }

  private HaveList lookAtPart() throws IOException {
    PartFile opened = part();
    ChunkSet there = opened.have();
    ChunkLeaves leaves = new ChunkLeaves(layout.chunkCount());
    for (int i = 0; i < layout.chunkCount(); i++) {
      if (!there.contains(i)) {
        continue;
      }
      if (opened.hasTree()) {
        leaves.set(i, opened.crc32c(i), opened.leaf(i));
      } else {
        leaves.set(i, opened.crc32c(i));
      }
    }
    return new HaveList(HaveList.Basis.PART, offer.terms().identity(), leaves);
  }

  private @Nullable OldTarget openOld() throws IOException {
    try {
      return OldTarget.open(offer, target);
    } catch (IOException | RuntimeException e) {
      try (PartFile opened = part) {
        throw e;
      }
    }
  }

  /** What is here. */
  public HaveList have() {
    return have;
  }

  /** Tells the sender what is here, and before that what it may have copied from an old target. */
  public void tell() throws IOException {
    OldTarget replaced = old;
    if (replaced != null) {
      replaced.tell(wire, transfer);
    }
    have.send(wire, transfer);
  }

  /** The size of the file. */
  public long sizeBytes() {
    return layout.sizeBytes();
  }

  /** How much of the file arrived, or was copied here because the sender said so. */
  public long receivedBytes() {
    return receivedBytes.get();
  }

  /**
   * The name that the file got; the target's, unless that was taken and the policy is to rename.
   */
  public synchronized String publishedName() {
    String name = published;
    return name == null ? target.name() : name;
  }

  private synchronized void publishedAs(String name) {
    published = name;
  }

  private synchronized PartFile part() throws IOException {
    PartFile open = part;
    if (open == null) {
      open =
          PartFile.open(
              target.directory().open(),
              target.name(),
              offer.source(),
              target.sourceLocation(),
              new PartOptions(
                  offer.terms().identity() == Integrity.TREE,
                  offer.terms().plain(),
                  System::nanoTime));
      part = open;
    }
    return open;
  }

  /**
   * Takes a CHUNK, from whichever stream, and answers with CHUNK_ACK there.
   *
   * @throws WireException PROTOCOL_VIOLATION if the chunk does not fit the file, LIMIT_EXCEEDED if
   *     a compressed one claims to be larger than it is
   */
  public void chunk(Wire on, Frame frame) throws IOException {
    int index = indexOf(frame, layout);
    int length = layout.lengthOf(index);
    long credit = on.creditFor(frame, cost(frame));
    int status = frame.body().isIntact() ? takeUnlessEnded(on, index, frame) : STATUS_DAMAGED;
    traffic.sent(frame.body().bytes().remaining());
    if (status == STATUS_OK) {
      receivedBytes.addAndGet(length);
    }
    acknowledge(on, transfer, index, status, credit);
  }

  /**
   * Reads which chunk of a file came.
   *
   * @throws WireException PROTOCOL_VIOLATION if it does not fit the file
   */
  static int indexOf(Frame frame, ChunkLayout layout) throws WireException {
    int index = frame.payload().getInt(0);
    int length = frame.payload().getInt(4);
    if (index < 0
        || index >= layout.chunkCount()
        || length != layout.lengthOf(index)
        || !hasBodyThatFits(frame, length)) {
      throw WireException.violation(
          "chunk %d of %d bytes does not fit a file of %d bytes in chunks of %d"
              .formatted(index, length, layout.sizeBytes(), layout.chunkBytes()));
    }
    return index;
  }

  private static boolean hasBodyThatFits(Frame frame, int length) {
    int bytes = frame.body().bytes().remaining();
    return switch (frame.flags() & (FrameType.ZERO | FrameType.COMPRESSED | FrameType.LOCAL)) {
      case 0 -> bytes == length;
      case FrameType.ZERO, FrameType.LOCAL -> bytes == 0;
      case FrameType.COMPRESSED -> bytes > 0;
      default -> false;
    };
  }

  private int takeUnlessEnded(Wire on, int index, Frame frame) throws IOException {
    writing.readLock().lock();
    try {
      return isClosed ? STATUS_ENDED : take(on, index, frame);
    } finally {
      writing.readLock().unlock();
    }
  }

  private int take(Wire on, int index, Frame frame) throws IOException {
    if (frame.has(FrameType.LOCAL)) {
      return copyLocal(index, frame.payload().getInt(8));
    }
    if (frame.has(FrameType.ZERO)) {
      write(index, open -> open.zero(index));
    } else if (frame.has(FrameType.COMPRESSED)) {
      return unpack(on, index, frame);
    } else {
      writeBytes(index, frame.body().bytes(), frame.body().crc32c());
    }
    return STATUS_OK;
  }

  private int copyLocal(int index, int place) throws IOException {
    OldTarget replaced = old;
    if (replaced == null) {
      throw WireException.violation("chunk " + index + " is said to be in a target not told");
    }
    if (!replaced.copy(part(), place, index)) {
      return STATUS_NOT_LOCAL;
    }
    traffic.reused(layout.lengthOf(index));
    return STATUS_OK;
  }

  private int unpack(Wire on, int index, Frame frame) throws IOException {
    int length = layout.lengthOf(index);
    try (Compression.Borrowed plain = Compression.unpack(frame, length, on.chunks(), on.idle())) {
      ByteBuffer bytes = plain.bulk().body();
      if (bytes.remaining() != length) {
        throw WireException.violation(
            "chunk %d has %d bytes before compression, not %d"
                .formatted(index, bytes.remaining(), length));
      }
      if (ChunkContent.crc32c(bytes) != plain.bulk().crc32c()) {
        return STATUS_DAMAGED;
      }
      writeBytes(index, bytes, plain.bulk().crc32c());
      return STATUS_OK;
    }
  }

  static long cost(Frame frame) {
    return Math.max(frame.body().bytes().remaining(), Limits.CHUNK_LEAST_COST_BYTES);
  }

  /** Answers a CHUNK of a transfer that has ended. */
  public static void passOver(Wire wire, Frame frame) throws IOException {
    acknowledge(wire, frame.transfer(), frame.payload().getInt(0), STATUS_ENDED, cost(frame));
  }

  static void acknowledge(Wire wire, long transfer, int index, int status, long credit)
      throws IOException {
    wire.send(
        FrameType.CHUNK_ACK,
        transfer,
        new FieldsBuilder()
            .number(Tag.INDEX, index)
            .number(Tag.STATUS, status)
            .number(Tag.CREDIT, credit));
  }

  /** Puts a chunk to its place. */
  private interface Writing {
    void to(PartFile part) throws IOException;
  }

  // the reader, or the decompression, has compared the CRC32C already
  private void writeBytes(int index, ByteBuffer bytes, int crc) throws IOException {
    write(index, open -> open.writeChecked(index, bytes.duplicate(), crc, null));
  }

  private void write(int index, Writing chunk) throws IOException {
    PartFile open = part();
    try {
      chunk.to(open);
    } catch (IntegrityException differs) {
      // the sender read the chunk again and knows better than what an earlier try left here
      open.forget(index);
      chunk.to(open);
    }
  }

  /**
   * Takes a COMMIT: checks every digest in it and publishes.
   *
   * @return the payload of COMMITTED
   * @throws WireException DIGEST_MISMATCH if the whole is not what was sent; nothing is published
   */
  public Committed commit(Frame frame) throws IOException {
    writing.writeLock().lock();
    try {
      if (isClosed) {
        throw new ClosedChannelException();
      }
      return commitAlone(frame);
    } finally {
      writing.writeLock().unlock();
    }
  }

  private Committed commitAlone(Frame frame) throws IOException {
    Offer.Terms terms = offer.terms();
    Digests sent = Digests.read(frame, terms);
    Digest plain = sent.plain();
    TargetLook.Equal there = equal;
    if (part == null && there != null && there.have().basis() == HaveList.Basis.EQUAL_TARGET) {
      requireSame(
          sent.identity(), Digests.identity(terms.identity(), layout, there.have().leaves()));
      if (plain != null) {
        requireSame(plain, there.plain().orElse(plain));
      }
      publishedAs(there.name());
      return new Committed(sent.all(), Verification.READ_BACK, true, Optional.empty());
    }
    PartFile complete = part();
    if (!complete.have().isComplete()) {
      throw WireException.violation("COMMIT came with " + complete.have() + " here");
    }
    Digest actual = complete.digest(sent.identity().algorithm());
    if (!actual.equals(sent.identity())) {
      complete.discard();
      requireSame(sent.identity(), actual);
    }
    boolean readBack = terms.atLeast().atLeast(Verification.READ_BACK);
    prove(complete, readBack);
    closeOld();
    publishedAs(complete.publish(plain, terms.policy(), offer.mode()));
    return new Committed(
        sent.all(), readBack ? Verification.READ_BACK : reached(), false, Optional.empty());
  }

  private void prove(PartFile complete, boolean readBack) throws IOException {
    try {
      if (readBack) {
        complete.readBack();
      }
      complete.proveResumed();
    } catch (IntegrityException e) {
      WireException damaged =
          new WireException(
              ErrorCode.DIGEST_MISMATCH,
              offer.path()
                  + " was damaged on the disk where it arrived; nothing was published, and another try sends the damaged parts again");
      damaged.initCause(e);
      throw damaged;
    }
  }

  private Verification reached() {
    if (offer.terms().identity() == Integrity.TREE) {
      return Verification.DIGEST;
    }
    return offer.source().modified().isPresent() ? Verification.SIZE_MTIME : Verification.SIZE;
  }

  private void requireSame(Digest expected, Digest actual) throws WireException {
    if (!expected.equals(actual)) {
      throw new WireException(
          ErrorCode.DIGEST_MISMATCH,
          "%s: sent as %s, arrived as %s".formatted(offer.path(), expected, actual));
    }
  }

  /** Deletes what was received. */
  public void discard() throws IOException {
    end(true);
  }

  /** Lets go of the file once the chunks under way are written; what is unfinished is kept. */
  @Override
  public void close() throws IOException {
    end(false);
  }

  private void closeOld() throws IOException {
    OldTarget replaced = old;
    if (replaced != null) {
      replaced.close();
    }
  }

  private void end(boolean isOfNoUse) throws IOException {
    writing.writeLock().lock();
    try (Closeable replaced = this::closeOld) {
      PartFile open = part;
      if (isClosed || open == null) {
        isClosed = true;
        return;
      }
      isClosed = true;
      if (isOfNoUse) {
        open.discard();
      } else {
        open.close();
      }
    } finally {
      writing.writeLock().unlock();
    }
  }
}
