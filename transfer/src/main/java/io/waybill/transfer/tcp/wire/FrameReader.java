package io.waybill.transfer.tcp.wire;

import io.waybill.transfer.WireTap.Direction;
import io.waybill.transfer.chunk.ChunkContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames. All numbers are big-endian.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                    length of the payload                      |
 * +---------------+---------------+-------------------------------+
 * |     type      |     flags     |            stream             |
 * +---------------+---------------+-------------------------------+
 * |                                                               |
 * |                          transfer id                          |
 * +---------------------------------------------------------------+
 * |  payload: length bytes ...
 * +---------------------------------------------------------------+
 * |                CRC32C of header and payload                   |
 * +---------------------------------------------------------------+
 *
 * payload of a frame with the BULK flag; its body is left out of the frame's CRC32C
 * +---------------------------------------------------------------+
 * |  head: 16 bytes                                               |
 * +---------------------------------------------------------------+
 * |  body: length - 20 bytes ...
 * +---------------------------------------------------------------+
 * |                     CRC32C of the body                        |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * So a body is checksummed once, and damage to it is told from damage to the framing: the first is
 * asked for again, the second ends the connection. Lengths are checked before memory is taken.
 */
public final class FrameReader {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Connection connection;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(Limits.HEADER_BYTES + Limits.CONTROL_BYTES + Limits.TRAILER_BYTES)
          .flip();
  private BufferBudget chunks;
  private @Nullable ByteBuffer bulk;
  private int controlLimit = Limits.LOGIN_FRAME_BYTES;
  private int bodyLimit;
  private int expectedStream;
  private long budget = Limits.LOGIN_TOTAL_BYTES;
  private @Nullable FrameTap tap;
  private long waitedNanos;

  public FrameReader(Connection connection, BufferBudget chunks) {
    this.connection = connection;
    this.chunks = chunks;
  }

  /** Tells a tap about every frame from now on. */
  public void setTap(FrameTap value) {
    tap = value;
  }

  /** Lifts the limits that hold before login. */
  public void allowSession(int chunkLimit, int stream) {
    expectedStream = stream;
    controlLimit = Limits.CONTROL_BYTES;
    bodyLimit = chunkLimit;
    budget = Long.MAX_VALUE;
  }

  /**
   * Reads the next frame of a type that is known, skipping KEEPALIVE and unknown ones that allow
   * it.
   *
   * @param patience how long the frame, or one that is skipped, may take to begin
   * @return null if the peer closed the connection between two frames
   * @throws WireException if the frame breaks the protocol or a limit
   */
  public @Nullable Frame next(Duration patience, String what) throws IOException {
    release();
    while (true) {
      long before = connection.waitedNanos();
      if (!fill(1, patience, what)) {
        return null;
      }
      waitedNanos = connection.waitedNanos() - before;
      require(Limits.HEADER_BYTES);
      Frame frame = readFrame();
      if (frame != null) {
        return frame;
      }
      release(); // of one that was skipped
    }
  }

  /** Takes buffers from another budget from now on; none is in use. */
  void setBuffers(BufferBudget value) {
    chunks = value;
  }

  /** How long the last frame's first byte was waited for. */
  long waitedNanos() {
    return waitedNanos;
  }

  /** Gives back what the last frame's body was in. */
  public void release() {
    ByteBuffer used = bulk;
    bulk = null;
    if (used != null) {
      chunks.give(used);
    }
  }

  private @Nullable Frame readFrame() throws IOException {
    int start = buffer.position();
    long length = Integer.toUnsignedLong(buffer.getInt(start));
    int code = Byte.toUnsignedInt(buffer.get(start + 4));
    int flags = Byte.toUnsignedInt(buffer.get(start + 5));
    int stream = Short.toUnsignedInt(buffer.getShort(start + 6));
    long transfer = buffer.getLong(start + 8);
    boolean isBulk = (flags & FrameType.BULK) != 0;
    checkLength(code, length, isBulk);
    budget -= Limits.HEADER_BYTES + length + Limits.TRAILER_BYTES;
    if (budget < 0) {
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED,
          "more than " + Limits.LOGIN_TOTAL_BYTES + " bytes were sent before login");
    }
    FrameTap told = tap;
    ByteBuffer header = told == null ? NOTHING : headerCopy(start);
    Frame.Body body = Frame.Body.NONE;
    ByteBuffer payload;
    if (isBulk) {
      int bodyLength = (int) length - Limits.BULK_OVERHEAD_BYTES;
      payload = ByteBuffer.allocate(Limits.BULK_HEAD_BYTES);
      body = readBulk(bodyLength, payload);
    } else {
      payload = readControl((int) length);
    }
    if (told != null && isBulk) {
      told.bulk(Direction.RECEIVED, header, payload, body.bytes(), body.crc32c());
    } else if (told != null) {
      told.control(Direction.RECEIVED, header, payload);
    }
    FrameType type = FrameType.of(code);
    if (type == null) {
      if ((flags & FrameType.CRITICAL) != 0) {
        throw new WireException(
            ErrorCode.UNSUPPORTED,
            "frame type 0x%02x is critical and not known here".formatted(code));
      }
      return null;
    }
    if (!type.allows(flags)) {
      throw WireException.violation("flags 0x%02x are not allowed on %s".formatted(flags, type));
    }
    if (stream != expectedStream) {
      throw WireException.violation("stream " + stream + " came on stream " + expectedStream);
    }
    return type == FrameType.KEEPALIVE ? null : new Frame(type, flags, transfer, payload, body);
  }

  private ByteBuffer headerCopy(int start) {
    byte[] header = new byte[Limits.HEADER_BYTES];
    buffer.get(start, header);
    return ByteBuffer.wrap(header);
  }

  private void checkLength(int code, long length, boolean isBulk) throws WireException {
    if (isBulk && length < Limits.BULK_OVERHEAD_BYTES) {
      throw WireException.violation(
          "a bulk frame of " + length + " bytes has no room for its head");
    }
    long limit = isBulk ? bodyLimit + (long) Limits.BULK_OVERHEAD_BYTES : controlLimit;
    if (isBulk && bodyLimit == 0) {
      throw new WireException(ErrorCode.LIMIT_EXCEEDED, "no bulk frame is allowed before login");
    }
    if (length > limit) {
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED,
          "a frame of type 0x%02x claims %d bytes where %d are allowed"
              .formatted(code, length, limit));
    }
  }

  private ByteBuffer readControl(int length) throws IOException {
    require(Limits.HEADER_BYTES + length + Limits.TRAILER_BYTES);
    int start = buffer.position();
    int end = start + Limits.HEADER_BYTES + length;
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(start, Limits.HEADER_BYTES + length));
    checkCrc(crc, buffer.getInt(end));
    byte[] payload = new byte[length];
    buffer.get(start + Limits.HEADER_BYTES, payload);
    buffer.position(end + Limits.TRAILER_BYTES);
    return ByteBuffer.wrap(payload);
  }

  private Frame.Body readBulk(int bodyLength, ByteBuffer head) throws IOException {
    int front = Limits.HEADER_BYTES + Limits.BULK_HEAD_BYTES;
    require(front);
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(buffer.position(), front));
    head.put(buffer.slice(buffer.position() + Limits.HEADER_BYTES, Limits.BULK_HEAD_BYTES)).flip();
    buffer.position(buffer.position() + front);
    ByteBuffer body = readBody(bodyLength);
    require(2 * Limits.TRAILER_BYTES);
    crc.update(buffer.slice(buffer.position(), Integer.BYTES));
    int bodyCrc = buffer.getInt();
    checkCrc(crc, buffer.getInt());
    return new Frame.Body(body, bodyCrc, ChunkContent.crc32c(body) == bodyCrc);
  }

  private ByteBuffer readBody(int length) throws IOException {
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    ByteBuffer body = chunks.take(length, connection.idle());
    bulk = body;
    body.limit(length);
    ByteBuffer buffered = buffer.slice(buffer.position(), Math.min(length, buffer.remaining()));
    buffer.position(buffer.position() + buffered.remaining());
    body.put(buffered);
    long before = connection.waitedNanos();
    Duration most = connection.idle().plusSeconds(length / Limits.BODY_BYTES_A_SECOND);
    while (body.hasRemaining()) {
      if (connection.read(body, connection.idle(), "receiving a chunk") < 0) {
        throw new LostException("the connection was closed in the middle of a chunk");
      }
      // byte by byte it would hold its buffer for as long as it likes
      if (body.hasRemaining() && connection.waitedNanos() - before > most.toNanos()) {
        throw LostException.waited("the whole of a chunk", most);
      }
    }
    return body.flip();
  }

  private static void checkCrc(CRC32C crc, int expected) throws WireException {
    if ((int) crc.getValue() != expected) {
      throw new WireException(
          ErrorCode.DAMAGED_FRAME,
          "a frame arrived damaged: CRC32C %08x, sent as %08x"
              .formatted((int) crc.getValue(), expected));
    }
  }

  private void require(int bytes) throws IOException {
    if (!fill(bytes, connection.idle(), "receiving a frame")) {
      throw new LostException("the connection was closed in the middle of a frame");
    }
  }

  /** Makes sure that many unread bytes are buffered; false if the stream ends before. */
  private boolean fill(int bytes, Duration allowed, String what) throws IOException {
    if (buffer.remaining() >= bytes) {
      return true;
    }
    buffer.compact();
    try {
      while (buffer.position() < bytes) {
        if (connection.read(buffer, allowed, what) < 0) {
          return false;
        }
      }
      return true;
    } finally {
      buffer.flip();
    }
  }
}
