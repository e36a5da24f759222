package io.waybill.transfer.independent;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/** A frame as PROTOCOL.md draws it, and the fields in its payload. */
final class IndependentFrame {
  static final int CRITICAL = 0x01;
  static final int BULK = 0x02;
  static final int HEADER = 16;
  static final int HEAD = 16;
  private static final int LAST_TAG = 56;

  final int type;
  final int flags;
  final int stream;
  final long id;
  final byte[] payload;

  IndependentFrame(int type, int flags, int stream, long id, byte[] payload) {
    this.type = type;
    this.flags = flags;
    this.stream = stream;
    this.id = id;
    this.payload = payload;
  }

  /** Makes a bulk payload: head, body, CRC32C of the body. */
  static byte[] bulk(byte[] head, byte[] body) {
    ByteBuffer payload = ByteBuffer.allocate(head.length + body.length + 4).put(head).put(body);
    return payload.putInt(crc(body)).array();
  }

  static int crc(byte[]... parts) {
    CRC32C crc = new CRC32C();
    for (byte[] part : parts) {
      crc.update(part);
    }
    return (int) crc.getValue();
  }

  byte[] encoded() {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + payload.length + 4).putInt(payload.length);
    frame.put((byte) type).put((byte) flags).putShort((short) stream).putLong(id).put(payload);
    return frame.putInt(sum(Arrays.copyOf(frame.array(), HEADER))).array();
  }

  private int sum(byte[] header) {
    return has(BULK) ? crc(header, head(), part(payload.length - 4, 4)) : crc(header, payload);
  }

  /** Reads one frame; the length is held against the limit first. */
  static IndependentFrame read(InputStream in, int limit) throws IOException {
    byte[] header = exactly(in, HEADER);
    ByteBuffer fields = ByteBuffer.wrap(header);
    int length = fields.getInt();
    if (length < 0 || length > limit) {
      throw new IOException("a payload of " + Integer.toUnsignedString(length) + " bytes");
    }
    int type = fields.get() & 0xff;
    int flags = fields.get();
    IndependentFrame frame =
        new IndependentFrame(
            type, flags, fields.getShort() & 0xffff, fields.getLong(), exactly(in, length));
    if ((flags & (type == 0x12 ? 0x0c : 0x8c)) != 0 || (frame.has(BULK) && length < HEAD + 4)) {
      throw new IOException("flags " + flags + " with " + length + " bytes");
    }
    if (frame.sum(header) != ByteBuffer.wrap(exactly(in, 4)).getInt()) {
      throw new IOException("damaged frame of type " + type);
    }
    return frame;
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the server has closed the connection");
    }
    return bytes;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  private byte[] part(int at, int length) {
    return Arrays.copyOfRange(payload, at, at + length);
  }

  byte[] head() {
    return part(0, HEAD);
  }

  byte[] body() {
    return part(HEAD, payload.length - HEAD - 4);
  }

  boolean bodyIsWhole() {
    return Arrays.equals(part(payload.length - 4, 4), int32(crc(body())));
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /** The values of a field, in order; other tags are of no interest, unless critical. */
  List<byte[]> all(int tag) throws IOException {
    return all(payload, tag);
  }

  static List<byte[]> all(byte[] fields, int tag) throws IOException {
    List<byte[]> found = new ArrayList<>();
    ByteBuffer rest = ByteBuffer.wrap(fields);
    while (rest.hasRemaining()) {
      int next = rest.remaining() < 4 ? 0xffff : rest.getShort() & 0xffff;
      if (next > 0x8000 + LAST_TAG
          || (rest.getShort(rest.position()) & 0xffff) > rest.remaining() - 2) {
        throw new IOException("a field that is unknown and critical, or ends behind its frame");
      }
      int length = rest.getShort() & 0xffff;
      byte[] value = new byte[length];
      rest.get(value);
      if ((next & 0x7fff) == tag) {
        found.add(value);
      }
    }
    return found;
  }

  boolean hasField(int tag) throws IOException {
    return !all(tag).isEmpty();
  }

  byte[] bytes(int tag) throws IOException {
    List<byte[]> values = all(tag);
    if (values.size() != 1) {
      throw new IOException(values.size() + " fields " + tag + " in a frame of type " + type);
    }
    return values.get(0);
  }

  long number(int tag) throws IOException {
    return ByteBuffer.wrap(bytes(tag)).getLong();
  }

  List<String> texts(int tag) throws IOException {
    return all(tag).stream().map(value -> new String(value, UTF_8)).toList();
  }

  String text(int tag) throws IOException {
    return new String(bytes(tag), UTF_8);
  }

  /** Payloads that are sequences of fields. */
  static final class Fields {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Fields bytes(int tag, byte[] value) {
      bytes.writeBytes(ByteBuffer.allocate(2).putShort((short) tag).array());
      bytes.writeBytes(ByteBuffer.allocate(2).putShort((short) value.length).array());
      bytes.writeBytes(value);
      return this;
    }

    Fields number(int tag, long value) {
      return bytes(tag, ByteBuffer.allocate(8).putLong(value).array());
    }

    Fields text(int tag, String... values) {
      for (String value : values) {
        bytes(tag, value.getBytes(UTF_8));
      }
      return this;
    }

    Fields moment(int tag, Instant value) {
      return bytes(tag, moment(value));
    }

    static byte[] moment(Instant value) {
      return ByteBuffer.allocate(12)
          .putLong(value.getEpochSecond())
          .putInt(value.getNano())
          .array();
    }

    byte[] payload() {
      return bytes.toByteArray();
    }
  }
}
