package io.waybill.transfer.tcp.exchange;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.Digest;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.chunk.ChunkLayout;
import io.waybill.transfer.chunk.ChunkLeaves;
import io.waybill.transfer.chunk.ChunkSet;
import io.waybill.transfer.chunk.TreeHash;
import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.file.IntegrityException;
import io.waybill.transfer.file.PartFile;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.FieldsBuilder;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Tag;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
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

  private final Wire wire;
  private final long transfer;
  private final Offer offer;
  private final Target target;
  private final ChunkLayout layout;
  private final HaveList have;
  // chunks come on several threads; the end of the transfer waits for those under way
  private final ReadWriteLock writing = new ReentrantReadWriteLock();
  private final AtomicLong receivedBytes = new AtomicLong();
  private @Nullable PartFile part;
  private boolean isClosed;

  /**
   * Looks at what is there: an equal target, or the part file of an earlier try.
   *
   * @throws WireException EXISTS if there is a target and the policy is to fail, WRONG_KIND if
   *     there is something that is no file
   */
  public ChunkReceiver(Wire wire, long transfer, Offer offer, Target target) throws IOException {
    this.wire = wire;
    this.transfer = transfer;
    this.offer = offer;
    this.target = target;
    this.layout = offer.layout();
    Optional<HaveList> atTarget = lookAtTarget();
    this.have = atTarget.isPresent() ? atTarget.get() : lookAtPart();
  }

  private HaveList lookAtPart() throws IOException {
    PartFile opened = part();
    ChunkSet there = opened.have();
    ChunkLeaves leaves = noLeaves();
    for (int i = 0; i < layout.chunkCount(); i++) {
      if (there.contains(i)) {
        leaves.set(i, opened.crc32c(i), opened.leaf(i));
      }
    }
    return new HaveList(HaveList.Basis.PART, leaves);
  }

  private ChunkLeaves noLeaves() {
    return new ChunkLeaves(layout.chunkCount());
  }

  private Optional<HaveList> lookAtTarget() throws IOException {
    Offer.Terms terms = offer.terms();
    try (DirectoryHandle directory = target.directory().open()) {
      Optional<BasicFileAttributes> there = directory.attributes(target.name());
      if (there.isEmpty()) {
        return Optional.empty();
      }
      if (!there.get().isRegularFile()) {
        throw new WireException(ErrorCode.WRONG_KIND, offer.path() + " is there and is no file");
      }
      boolean looksEqual = looksEqual(there.get());
      if (terms.policy() == TargetPolicy.FAIL && !(terms.isRepeat() && looksEqual)) {
        throw new WireException(
            ErrorCode.EXISTS, offer.path() + " exists and the target policy is to fail");
      }
      if (!looksEqual || (terms.policy() == TargetPolicy.REPLACE && !terms.isRepeat())) {
        return Optional.empty();
      }
      boolean mayTrustTime = Verification.SIZE_MTIME.atLeast(terms.atLeast()) && !terms.isRepeat();
      return Optional.of(
          mayTrustTime
              ? new HaveList(HaveList.Basis.EQUAL_UNREAD, noLeaves())
              : new HaveList(HaveList.Basis.EQUAL_TARGET, leavesOfTarget(directory)));
    }
  }

  // to the microsecond: not every way of setting the time keeps the nanoseconds
  private boolean looksEqual(BasicFileAttributes there) {
    Optional<Instant> modified = offer.source().modified();
    return there.size() == layout.sizeBytes()
        && modified.isPresent()
        && there
            .lastModifiedTime()
            .toInstant()
            .truncatedTo(ChronoUnit.MICROS)
            .equals(modified.get().truncatedTo(ChronoUnit.MICROS));
  }

  private ChunkLeaves leavesOfTarget(DirectoryHandle directory) throws IOException {
    ChunkLeaves leaves = noLeaves();
    ByteBuffer buffer = wire.chunks().take(layout.chunkBytes(), wire.idle());
    try (FileChannel file = directory.openFile(target.name(), READ, WRITE)) {
      file.force(true);
      for (int i = 0; i < layout.chunkCount(); i++) {
        ByteBuffer bytes = buffer.clear().limit(layout.lengthOf(i));
        while (bytes.hasRemaining()) {
          if (file.read(bytes, layout.offsetOf(i) + bytes.position()) < 0) {
            throw new EOFException(offer.path() + " became shorter while it was read");
          }
        }
        bytes.flip();
        leaves.set(i, ChunkContent.crc32c(bytes), TreeHash.leaf(bytes));
        wire.keepAlive();
      }
    } finally {
      wire.chunks().give(buffer);
    }
    return leaves;
  }

  /** What the sender shall be told. */
  public HaveList have() {
    return have;
  }

  /** The size of the file. */
  public long sizeBytes() {
    return layout.sizeBytes();
  }

  /** How much of the file arrived. */
  public long receivedBytes() {
    return receivedBytes.get();
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
              System::nanoTime);
      part = open;
    }
    return open;
  }

  /**
   * Takes a CHUNK, from whichever stream, and answers with CHUNK_ACK there.
   *
   * @throws WireException PROTOCOL_VIOLATION if the chunk does not fit the file
   */
  public void chunk(Wire on, Frame frame) throws IOException {
    int index = frame.payload().getInt(0);
    int length = frame.payload().getInt(4);
    boolean isZero = frame.has(FrameType.ZERO);
    ByteBuffer bytes = frame.body().bytes();
    if (index < 0
        || index >= layout.chunkCount()
        || length != layout.lengthOf(index)
        || bytes.remaining() != (isZero ? 0 : length)) {
      throw WireException.violation(
          "chunk %d of %d bytes does not fit %s".formatted(index, length, layout));
    }
    long cost = cost(frame);
    int status = STATUS_DAMAGED;
    if (frame.body().isIntact()) {
      status = writeUnlessEnded(index, isZero ? null : bytes, frame.body().crc32c());
      receivedBytes.addAndGet(length);
    }
    acknowledge(on, transfer, index, status, cost);
  }

  private int writeUnlessEnded(int index, @Nullable ByteBuffer bytes, int crc) throws IOException {
    writing.readLock().lock();
    try {
      if (isClosed) {
        return STATUS_ENDED;
      }
      write(index, bytes, crc);
      return STATUS_OK;
    } finally {
      writing.readLock().unlock();
    }
  }

  private static long cost(Frame frame) {
    return Math.max(frame.body().bytes().remaining(), Limits.CHUNK_LEAST_COST_BYTES);
  }

  /** Answers a CHUNK of a transfer that has ended. */
  public static void passOver(Wire wire, Frame frame) throws IOException {
    acknowledge(wire, frame.transfer(), frame.payload().getInt(0), STATUS_ENDED, cost(frame));
  }

  private static void acknowledge(Wire wire, long transfer, int index, int status, long credit)
      throws IOException {
    wire.send(
        FrameType.CHUNK_ACK,
        transfer,
        new FieldsBuilder()
            .number(Tag.INDEX, index)
            .number(Tag.STATUS, status)
            .number(Tag.CREDIT, credit));
  }

  private void write(int index, @Nullable ByteBuffer bytes, int crc) throws IOException {
    PartFile open = part();
    try {
      writeOnce(open, index, bytes, crc);
    } catch (IntegrityException differs) {
      // the sender read the chunk again and knows better than what an earlier try left here
      open.forget(index);
      writeOnce(open, index, bytes, crc);
    }
  }

  private static void writeOnce(PartFile part, int index, @Nullable ByteBuffer bytes, int crc)
      throws IOException {
    if (bytes == null) {
      part.zero(index);
    } else {
      part.write(index, bytes.duplicate(), crc);
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
    List<Digest> digests = new ArrayList<>();
    for (String text : frame.fields().texts(Tag.DIGEST)) {
      digests.add(digest(text));
    }
    Digest tree = find(digests, Digest.Algorithm.SHA_256_TREE);
    if (tree == null) {
      throw WireException.violation("COMMIT has no sha-256-tree digest");
    }
    if (part == null && have.basis() == HaveList.Basis.EQUAL_TARGET) {
      requireSame(tree, TreeHash.root(layout, have.leaves()));
      return new Committed(digests, Verification.READ_BACK, true);
    }
    PartFile complete = part();
    if (!complete.have().isComplete()) {
      throw WireException.violation("COMMIT came with " + complete.have() + " here");
    }
    if (!complete.root().equals(tree)) {
      Digest actual = complete.root();
      complete.discard();
      requireSame(tree, actual);
    }
    boolean readBack = offer.terms().atLeast().atLeast(Verification.READ_BACK);
    if (readBack) {
      complete.readBack();
    }
    complete.publish(find(digests, offer.terms().digest()), offer.terms().policy());
    return new Committed(digests, readBack ? Verification.READ_BACK : Verification.DIGEST, false);
  }

  private void requireSame(Digest expected, Digest actual) throws WireException {
    if (!expected.equals(actual)) {
      throw new WireException(
          ErrorCode.DIGEST_MISMATCH,
          "%s: sent as %s, arrived as %s".formatted(offer.path(), expected, actual));
    }
  }

  private static @Nullable Digest find(List<Digest> digests, Digest.Algorithm algorithm) {
    for (Digest digest : digests) {
      if (digest.algorithm() == algorithm) {
        return digest;
      }
    }
    return null;
  }

  public static Digest digest(String text) throws WireException {
    try {
      return Digest.parse(text);
    } catch (IllegalArgumentException e) {
      throw new WireException(ErrorCode.PROTOCOL_VIOLATION, "malformed digest", e);
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

  private void end(boolean isOfNoUse) throws IOException {
    writing.writeLock().lock();
    try {
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
