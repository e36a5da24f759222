package io.waybill.transfer.tcp.wire;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Frames both ways over one connection. */
public final class Wire implements Closeable {
  private final Connection connection;
  private final FrameReader reader;
  private final FrameWriter writer;
  private long lastSent = System.nanoTime();
  private ByteBuffer chunkBuffer = ByteBuffer.allocate(0);

  public Wire(Connection connection) {
    this.connection = connection;
    this.reader = new FrameReader(connection);
    this.writer = new FrameWriter(connection);
  }

  public void send(FrameType type, long transfer, FieldsBuilder fields) throws IOException {
    send(type, 0, transfer, fields);
  }

  public void send(FrameType type, int flags, long transfer, FieldsBuilder fields)
      throws IOException {
    writer.control(type, flags, transfer, fields);
    lastSent = System.nanoTime();
  }

  /** Lets the peer know, now and then, that there is long work going on here. */
  public void keepAlive() throws IOException {
    if (System.nanoTime() - lastSent > connection.idle().toNanos() / 3) {
      send(FrameType.KEEPALIVE, 0, new FieldsBuilder());
    }
  }

  public void sendBulk(
      FrameType type, int flags, long transfer, byte[] head, ByteBuffer body, int bodyCrc)
      throws IOException {
    writer.bulk(type, flags, transfer, head, body, bodyCrc);
    lastSent = System.nanoTime();
  }

  /** Tells the peer what went wrong; transfer 0 is the whole session. */
  public void sendError(long transfer, WireException error) throws IOException {
    String message = error.getMessage() == null ? error.code().name() : error.getMessage();
    send(
        FrameType.ERROR,
        transfer,
        new FieldsBuilder()
            .number(Tag.ERROR_CODE, error.code().wire())
            .number(Tag.ERROR_CLASS, error.errorClass().wire())
            .number(Tag.RETRY_AFTER, error.retryAfter().toMillis())
            .text(Tag.MESSAGE, message.substring(0, Math.min(message.length(), 1000))));
  }

  /** Reads the next frame; null if the peer closed the connection. */
  public @Nullable Frame nextOrEnd(Duration patience, String what) throws IOException {
    return reader.next(patience, what);
  }

  /**
   * Reads the next frame.
   *
   * @throws WireException what the peer says in an ERROR frame
   * @throws LostException if the peer closed the connection
   */
  public Frame next(Duration patience, String what) throws IOException {
    Frame frame = reader.next(patience, what);
    if (frame == null) {
      throw new LostException("the connection was closed while waiting for " + what);
    }
    return frame.type() == FrameType.ERROR ? failWith(frame) : frame;
  }

  /** Throws what an ERROR frame says. */
  public static Frame failWith(Frame frame) throws WireException {
    Fields fields = frame.fields();
    long retryAfter = fields.optionalNumber(Tag.RETRY_AFTER).orElse(0);
    throw new WireException(
        ErrorCode.of(fields.number(Tag.ERROR_CODE)),
        ErrorClass.of(fields.number(Tag.ERROR_CLASS)),
        fields.text(Tag.MESSAGE),
        Duration.ofMillis(Math.max(0, Math.min(retryAfter, Duration.ofHours(1).toMillis()))),
        true);
  }

  /** Returns the buffer that chunks to send are read into, the same each time, emptied. */
  public ByteBuffer chunkBuffer(int length) {
    if (chunkBuffer.capacity() < length) {
      chunkBuffer = ByteBuffer.allocateDirect(length);
    }
    return chunkBuffer.clear().limit(length);
  }

  /** Lifts the limits that hold before login. */
  public void allowSession(int chunkLimit) {
    reader.allowSession(chunkLimit);
  }

  public void setDeadline(String what, Duration allowed) {
    connection.setDeadline(what, allowed);
  }

  public void clearDeadline() {
    connection.clearDeadline();
  }

  /** Longest time without a byte inside a frame or write. */
  public Duration idle() {
    return connection.idle();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
