package io.waybill.transfer.tcp.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes frames; the layout is drawn at {@link FrameReader}. */
public final class FrameWriter {
  private final Connection connection;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(Limits.HEADER_BYTES + Limits.CONTROL_BYTES + Limits.TRAILER_BYTES);
  private final ByteBuffer trailer = ByteBuffer.allocateDirect(2 * Limits.TRAILER_BYTES);

  private short stream;

  public FrameWriter(Connection connection) {
    this.connection = connection;
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
