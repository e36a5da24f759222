package io.waybill.transfer.sftp;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects one request.
 *
 * <pre>
 * +---------+------+----+------------------+
 * | uint32  | byte | uint32 | fields       |
 * | length  | type | id     |              |
 * +---------+------+--------+--------------+
 * </pre>
 */
final class Request {
  private static final int HEAD = 9;
  private static final int LONGEST_NAME = 32 << 10;

  private final int type;
  private final String name;
  private byte[] bytes = new byte[128];
  private int length = HEAD;

  Request(int type) {
    this(type, Fxp.name(type));
  }

  private Request(int type, String name) {
    this.type = type;
    this.name = name;
  }

  /** Starts a request of an extension. */
  static Request extended(String extension) {
    Request request = new Request(Fxp.EXTENDED, extension);
    return request.string(extension.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns what people call it. */
  String name() {
    return name;
  }

  Request int32(int value) {
    room(4).putInt(value);
    return this;
  }

  Request int64(long value) {
    room(8).putLong(value);
    return this;
  }

  Request string(byte[] value) {
    room(4 + value.length).putInt(value.length).put(value);
    return this;
  }

  /** Adds a name in UTF-8; the empty one is the login directory. */
  Request path(String path) throws NameRefusedException {
    if (path.indexOf('\0') >= 0 || path.length() > LONGEST_NAME) {
      throw new NameRefusedException();
    }
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(path.isEmpty() ? "." : path));
      byte[] value = new byte[encoded.remaining()];
      encoded.get(value);
      return string(value);
    } catch (CharacterCodingException e) {
      throw new NameRefusedException(e);
    }
  }

  private ByteBuffer room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
    ByteBuffer place = ByteBuffer.wrap(bytes, length, more);
    length += more;
    return place;
  }

  /** Puts the head in front; {@code dataBytes} follow the fields on the wire. */
  void seal(int id, int dataBytes) {
    ByteBuffer.wrap(bytes).putInt(length - 4 + dataBytes).put((byte) type).putInt(id);
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }
}
