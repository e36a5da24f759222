package io.waybill.transfer.tcp.wire;

import io.waybill.transfer.WireTap.Direction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes frames; the layout is drawn at {@link FrameReader}. */
public final class FrameWriter {
  private final Connection connection;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(Limits.HEADER_BYTES + Limits.CONTROL_BYTES + Limits.TRAILER_BYTES);
  private final ByteBuffer trailer = ByteBuffer.allocateDirect(2 * Limits.TRAILER_BYTES);

  private short stream;
  private @Nullable FrameTap tap;

  public FrameWriter(Connection connection) {
    this.connection = connection;
  }

  /** Tells a tap about every frame from now on. */
  public void setTap(FrameTap value) {
    tap = value;
  }

  /** Sets the number that every frame from now on has. */
  public void setStream(int number) {
    stream = (short) number;
  }

  /** Writes a control frame with flags beside CRITICAL, which is always set. */
  public void control(FrameType type, int flags, long transfer, FieldsBuilder fields)
      throws IOException {
    buffer.clear();
    header(type, flags, transfer, fields.length());
    fields.copyTo(buffer);
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().flip());
    FrameTap told = tap;
    if (told != null) {
      ByteBuffer frame = buffer.duplicate().flip();
      told.control(
          Direction.SENT, frame.slice(0, Limits.HEADER_BYTES), frame.position(Limits.HEADER_BYTES));
    }
    buffer.putInt((int) crc.getValue()).flip();
    connection.write(buffer);
  }

  /**
   * Writes a bulk frame.
   *
   * @param head 16 bytes
   * @param body from its position to its limit; both stay
   * @param bodyCrc the CRC32C of the body
   */
  public void bulk(
      FrameType type, int flags, long transfer, ByteBuffer head, ByteBuffer body, int bodyCrc)
      throws IOException {
    buffer.clear();
    header(type, flags | FrameType.BULK, transfer, Limits.BULK_OVERHEAD_BYTES + body.remaining());
    buffer.put(head.duplicate());
    trailer.clear().putInt(bodyCrc);
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().flip());
    crc.update(trailer.duplicate().flip());
    trailer.putInt((int) crc.getValue()).flip();
    FrameTap told = tap;
    if (told != null) {
      told.bulk(Direction.SENT, buffer.slice(0, Limits.HEADER_BYTES), head, body, bodyCrc);
    }
    connection.write(buffer.flip(), body.duplicate(), trailer);
  }

  private void header(FrameType type, int flags, long transfer, int length) {
    buffer.putInt(length);
    buffer.put((byte) type.code());
    buffer.put((byte) (flags | FrameType.CRITICAL));
    buffer.putShort(stream);
    buffer.putLong(transfer);
  }
}
