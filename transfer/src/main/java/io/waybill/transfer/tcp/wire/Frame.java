package io.waybill.transfer.tcp.wire;

import java.nio.ByteBuffer;

/**
 * One received frame. The bytes of a bulk frame belong to the reader and hold until the next frame
 * is read; all else may be kept.
 *
 * @param flags the flag bits as received
 * @param transfer which exchange of this session the frame belongs to; 0 is the session itself
 * @param payload the payload of a control frame, the 16-byte head of a bulk frame
 * @param body the bytes of a bulk frame, empty for a control frame
 */
public record Frame(FrameType type, int flags, long transfer, ByteBuffer payload, Body body) {

  /**
   * The bytes of a bulk frame.
   *
   * @param bytes from position to limit
   * @param crc32c as the sender computed it
   * @param isIntact whether the bytes that arrived have that CRC32C
   */
  public record Body(ByteBuffer bytes, int crc32c, boolean isIntact) {
    public static final Body NONE = new Body(ByteBuffer.allocate(0), 0, true);
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  public Fields fields() throws WireException {
    return Fields.parse(payload);
  }
}
