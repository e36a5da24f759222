package io.waybill.transfer.tcp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;

/** Writes the payload of a control frame, field by field, never beyond the frame's limit. */
public final class FieldsBuilder {
  private static final int HEADER_BYTES = 4;

  private byte[] buffer = new byte[256];
  private int length;

  public FieldsBuilder text(Tag tag, String value) throws WireException {
    return bytes(tag, value.getBytes(UTF_8));
  }

  public FieldsBuilder texts(Tag tag, Collection<String> values) throws WireException {
    for (String value : values) {
      text(tag, value);
    }
    return this;
  }

  public FieldsBuilder number(Tag tag, long value) throws WireException {
    return bytes(tag, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }

  public FieldsBuilder nested(Tag tag, FieldsBuilder inner) throws WireException {
    return bytes(tag, inner.toBytes());
  }

  public FieldsBuilder bytes(Tag tag, byte[] value) throws WireException {
    int needed = length + HEADER_BYTES + value.length;
    if (needed > Limits.CONTROL_BYTES || value.length > 0xffff) {
      throw new WireException(
          ErrorCode.LIMIT_EXCEEDED,
          "field " + tag + " of " + value.length + " bytes does not fit in a control frame");
    }
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, 2 * buffer.length));
    }
    ByteBuffer out = ByteBuffer.wrap(buffer, length, HEADER_BYTES + value.length);
    out.putShort((short) tag.code()).putShort((short) value.length).put(value);
    length = needed;
    return this;
  }

  /** Bytes written so far. */
  public int length() {
    return length;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(buffer, length);
  }

  public void copyTo(ByteBuffer out) {
    out.put(buffer, 0, length);
  }
}
