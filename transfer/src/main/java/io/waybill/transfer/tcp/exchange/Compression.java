package io.waybill.transfer.tcp.exchange;

import io.waybill.transfer.chunk.ChunkContent;
import io.waybill.transfer.tcp.wire.BufferBudget;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.Frame;
import io.waybill.transfer.tcp.wire.FrameType;
import io.waybill.transfer.tcp.wire.Limits;
import io.waybill.transfer.tcp.wire.Wire;
import io.waybill.transfer.tcp.wire.WireException;
import io.waybill.transfer.tcp.zstd.Zstandard;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns the body of a bulk frame into one zstd frame and back; the last eight bytes of the head
 * then are the length and the CRC32C of the body before. Frames have the flag COMPRESSED.
 */
public final class Compression {
  private static final int LENGTH_AT = 8;
  private static final int SAMPLE_BYTES = 64 << 10;

  private Compression() {}

  /** Says whether this end can; only then may it offer the capability. */
  public static boolean isAvailable() {
    return Zstandard.isAvailable();
  }

  /** A body in a borrowed buffer, which goes back when this is closed. */
  public static final class Borrowed implements AutoCloseable {
    private final BufferBudget buffers;
    private final ByteBuffer buffer;
    private final Wire.Bulk bulk;
    private final AtomicBoolean isGivenBack = new AtomicBoolean();

    private Borrowed(BufferBudget buffers, ByteBuffer buffer, Wire.Bulk bulk) {
      this.buffers = buffers;
      this.buffer = buffer;
      this.bulk = bulk;
    }

    /** Head, body and the body's CRC32C. */
    public Wire.Bulk bulk() {
      return bulk;
    }

    /** Gives the buffer back, once: twice, and two connections would share it. */
    @Override
    public void close() {
      if (isGivenBack.compareAndSet(false, true)) {
        buffers.give(buffer);
      }
    }
  }

  /**
   * Compresses a body.
   *
   * @param bulk its head's last eight bytes are not looked at; it stays as it is
   * @return what to send instead; empty if that is not shorter, or there is no buffer free
   */
  public static Optional<Borrowed> pack(Wire.Bulk bulk, BufferBudget buffers) {
    ByteBuffer body = bulk.body();
    Optional<ByteBuffer> free = body.remaining() < 2 ? Optional.empty() : take(body, buffers);
    if (free.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer buffer = free.get();
    OptionalInt length = Zstandard.compress(body, buffer, body.remaining() - 1);
    if (length.isEmpty()) {
      buffers.give(buffer);
      return Optional.empty();
    }
    ByteBuffer head =
        ByteBuffer.allocate(Limits.BULK_HEAD_BYTES)
            .put(bulk.head().duplicate().limit(bulk.head().position() + LENGTH_AT))
            .putInt(body.remaining())
            .putInt(bulk.crc32c())
            .flip();
    ByteBuffer packed = buffer.slice(0, length.getAsInt());
    return Optional.of(
        new Borrowed(buffers, buffer, new Wire.Bulk(head, packed, ChunkContent.crc32c(packed))));
  }

  // who sends uncompressed waits for nobody's buffer
  private static Optional<ByteBuffer> take(ByteBuffer body, BufferBudget buffers) {
    if (!body.isDirect()) {
      throw new IllegalArgumentException("A body to compress lies in a direct buffer");
    }
    try {
      return Optional.of(buffers.take(body.remaining(), Duration.ZERO));
    } catch (WireException none) {
      return Optional.empty();
    }
  }

  /**
   * Returns how large 64 KiB from the middle of a body become, as a share of what they were; 1 if
   * they do not shrink.
   */
  static double sample(ByteBuffer body, BufferBudget buffers) {
    int length = Math.min(SAMPLE_BYTES, body.remaining());
    ByteBuffer sample = body.slice(body.position() + (body.remaining() - length) / 2, length);
    Optional<ByteBuffer> free = length < 2 ? Optional.empty() : take(sample, buffers);
    if (free.isEmpty()) {
      return 1;
    }
    try {
      OptionalInt packed = Zstandard.compress(sample, free.get(), length - 1);
      return packed.isEmpty() ? 1 : (double) packed.getAsInt() / length;
    } finally {
      buffers.give(free.get());
    }
  }

  /**
   * Copies the body of a BATCH, decompressed if it was compressed, so that it outlives the frame.
   *
   * @throws WireException as {@link #unpack}
   */
  public static Borrowed batch(Frame frame, BufferBudget buffers, Duration patience)
      throws WireException {
    if (frame.has(FrameType.COMPRESSED)) {
      return unpack(frame, Limits.BATCH_BYTES, buffers, patience);
    }
    ByteBuffer bytes = frame.body().bytes();
    ByteBuffer copy = buffers.take(bytes.remaining(), patience).put(bytes.duplicate()).flip();
    return new Borrowed(buffers, copy, new Wire.Bulk(frame.payload(), copy, frame.body().crc32c()));
  }

  /** Says whether a body that came compressed has the CRC32C that it had before. */
  public static boolean isIntact(Frame frame, Wire.Bulk bulk) {
    return !frame.has(FrameType.COMPRESSED) || ChunkContent.crc32c(bulk.body()) == bulk.crc32c();
  }

  /**
   * Decompresses the body of a frame with the flag COMPRESSED whose own CRC32C was right.
   *
   * @param limitBytes what the body may be at most, before compression; held against what the head
   *     says before memory is taken
   * @param patience how long to wait for a buffer
   * @return the body as it was, with the CRC32C that the head says; the caller compares that
   * @throws WireException LIMIT_EXCEEDED if it claims to be longer, PROTOCOL_VIOLATION if it is not
   *     as long as it claims or no zstd, UNSUPPORTED if this end cannot
   */
  public static Borrowed unpack(
      Frame frame, int limitBytes, BufferBudget buffers, Duration patience) throws WireException {
    if (!isAvailable()) {
      throw new WireException(
          ErrorCode.UNSUPPORTED, frame.type() + " is compressed, which was not agreed");
    }
    ByteBuffer head = frame.payload();
    int claimed = head.getInt(LENGTH_AT);
    if (claimed < 1 || claimed > limitBytes) {
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED,
          "the body of a %s claims %d bytes before compression where %d are allowed"
              .formatted(frame.type(), Integer.toUnsignedLong(claimed), limitBytes));
    }
    ByteBuffer buffer = buffers.take(claimed, patience);
    OptionalInt length = Zstandard.decompress(frame.body().bytes(), buffer, claimed);
    if (length.isEmpty() || length.getAsInt() != claimed) {
      buffers.give(buffer);
      throw WireException.violation(
          "the body of a %s is no zstd frame of the %d bytes that it claims"
              .formatted(frame.type(), claimed));
    }
    return new Borrowed(
        buffers,
        buffer,
        new Wire.Bulk(head, buffer.slice(0, claimed), head.getInt(LENGTH_AT + Integer.BYTES)));
  }
}
