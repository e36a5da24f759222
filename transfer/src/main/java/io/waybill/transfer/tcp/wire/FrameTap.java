package io.waybill.transfer.tcp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.transfer.WireTap.Direction;
import io.waybill.transfer.WireTap.Tapped;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Tells a tap about frames: in words, and as the bytes of the plaintext.
 *
 * <p>AUTH_DATA and TICKET are hidden, wherever they stand: {@code ***} in the words, {@code *} byte
 * for byte in the bytes, whose CRC32C is that of what is shown. So is the payload of a frame that
 * cannot be taken apart. The body of a bulk frame is its length in the words.
 */
public final class FrameTap {
  private static final int SHOWN_BYTES = 16;
  private static final int DEPTH = 4;
  private static final HexFormat HEX = HexFormat.of();

  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Tapped tap;

  /** Tells {@code tap}. */
  public FrameTap(Tapped tap) {
    this.tap = tap;
  }

  /**
   * Tells about a frame without a body.
   *
   * @param header its 16 bytes; all positions stay
   * @param payload its fields
   */
  public void control(Direction direction, ByteBuffer header, ByteBuffer payload) {
    byte[] shown = copy(payload);
    StringBuilder words = words(header);
    if (!fields(ByteBuffer.wrap(shown), words, 0)) {
      Arrays.fill(shown, (byte) '*');
      words.append(" <").append(shown.length).append(" bytes that are no fields>");
    }
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate());
    crc.update(shown);
    tell(direction, header.duplicate(), ByteBuffer.wrap(shown), number((int) crc.getValue()));
    tap.line(direction, words.toString());
  }

  /**
   * Tells about a bulk frame.
   *
   * @param header its 16 bytes; all positions stay
   * @param head its 16 bytes
   * @param body its bytes
   * @param bodyCrc the CRC32C of the body, as sent
   */
  public void bulk(
      Direction direction, ByteBuffer header, ByteBuffer head, ByteBuffer body, int bodyCrc) {
    StringBuilder words = words(header);
    FrameType type = FrameType.of(Byte.toUnsignedInt(header.get(header.position() + 4)));
    if (type == FrameType.CHUNK) {
      words.append(" INDEX=").append(Integer.toUnsignedString(head.getInt(head.position())));
    }
    words.append(" <").append(body.remaining()).append(" bytes>");
    ByteBuffer sum = number(bodyCrc);
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate());
    crc.update(head.duplicate());
    crc.update(sum.duplicate());
    tell(
        direction,
        header.duplicate(),
        head.duplicate(),
        body.duplicate(),
        sum,
        number((int) crc.getValue()));
    tap.line(direction, words.toString());
  }

  /** Tells about the end. */
  public void closed(String reason) {
    if (isClosed.compareAndSet(false, true)) {
      tap.closed(reason);
    }
  }

  private void tell(Direction direction, ByteBuffer... parts) {
    if (direction == Direction.SENT) {
      tap.sent(parts);
    } else {
      for (ByteBuffer part : parts) {
        if (part.hasRemaining()) {
          tap.received(part);
        }
      }
    }
  }

  private static StringBuilder words(ByteBuffer header) {
    int at = header.position();
    int code = Byte.toUnsignedInt(header.get(at + 4));
    int flags = Byte.toUnsignedInt(header.get(at + 5));
    @Nullable FrameType type = FrameType.of(code);
    StringBuilder words =
        new StringBuilder(type == null ? "0x" + HEX.toHexDigits((byte) code) : type.name());
    flags(type, flags).forEach(flag -> words.append(' ').append(flag));
    int stream = Short.toUnsignedInt(header.getShort(at + 6));
    if (stream != 0) {
      words.append(" stream=").append(stream);
    }
    long transfer = header.getLong(at + 8);
    if (transfer != 0) {
      words.append(" transfer=").append(transfer);
    }
    return words;
  }

  // CRITICAL and BULK go without saying: every frame has the one, and the type tells the other
  private static List<String> flags(@Nullable FrameType type, int flags) {
    List<String> names = new ArrayList<>();
    if ((flags & 0x10) != 0) {
      names.add(type == null ? "0x10" : flag10(type));
    }
    if ((flags & 0x20) != 0) {
      names.add(
          type == FrameType.OFFER
              ? "PARENTS"
              : type == FrameType.CHUNK || type == FrameType.BATCH ? "COMPRESSED" : "0x20");
    }
    if ((flags & 0x40) != 0) {
      names.add(
          type == FrameType.CHUNK
              ? "LOCAL"
              : type == FrameType.OFFER || type == FrameType.OPEN ? "DELTA" : "0x40");
    }
    return names;
  }

  private static String flag10(FrameType type) {
    return switch (type) {
      case OFFER -> "REPEAT";
      case CHUNK -> "ZERO";
      case HAVE, BASE, ENTRIES, BATCH -> "MORE";
      case LIST -> "RECURSIVE";
      case ABORT -> "DISCARD";
      case DELETE -> "DIRECTORY";
      default -> "0x10";
    };
  }

  /** Appends the fields and hides what is secret in place; false if these are no fields. */
  private static boolean fields(ByteBuffer in, StringBuilder words, int depth) {
    while (in.hasRemaining()) {
      if (in.remaining() < 4) {
        return false;
      }
      int code = Short.toUnsignedInt(in.getShort()) & ~Tag.CRITICAL;
      int length = Short.toUnsignedInt(in.getShort());
      if (length > in.remaining()) {
        return false;
      }
      ByteBuffer value = in.slice(in.position(), length);
      @Nullable Tag tag = Tag.of(code);
      words.append(' ').append(tag == null ? String.valueOf(code) : tag.name()).append('=');
      if (!value(tag, value, words, depth)) {
        return false;
      }
      in.position(in.position() + length);
    }
    return true;
  }

  private static boolean value(
      @Nullable Tag tag, ByteBuffer value, StringBuilder words, int depth) {
    if (tag == Tag.AUTH_DATA || tag == Tag.TICKET) {
      while (value.hasRemaining()) {
        value.put((byte) '*');
      }
      words.append("***");
      return true;
    }
    if (tag == Tag.ENTRY) {
      words.append('{');
      boolean right = depth < DEPTH && fields(value, words, depth + 1);
      words.append(" }");
      return right;
    }
    words.append(tag == null ? hex(value) : text(tag, value));
    return true;
  }

  private static String text(Tag tag, ByteBuffer value) {
    return switch (tag) {
      case AGENT, CAPABILITY, REQUIRE, MECHANISM, BINDING, MESSAGE, PATH, FILE_KEY, DIGEST, TO ->
          '"' + UTF_8.decode(value.duplicate()).toString() + '"';
      case INSTANCE, BITS, CHUNK_DIGESTS, STATUSES, CHUNK_SUMS -> hex(value);
      case MODE ->
          value.remaining() == Long.BYTES
              ? "0" + Long.toOctalString(value.getLong(value.position()))
              : hex(value);
      case MODIFIED -> value.remaining() == 12 ? moment(value) : hex(value);
      default ->
          value.remaining() == Long.BYTES
              ? Long.toString(value.getLong(value.position()))
              : hex(value);
    };
  }

  private static String moment(ByteBuffer value) {
    int at = value.position();
    try {
      return Instant.ofEpochSecond(
              value.getLong(at), Integer.toUnsignedLong(value.getInt(at + Long.BYTES)))
          .toString();
    } catch (DateTimeException | ArithmeticException e) {
      return hex(value); // outside what a moment can be
    }
  }

  private static String hex(ByteBuffer value) {
    if (value.remaining() > SHOWN_BYTES) {
      return "<" + value.remaining() + " bytes>";
    }
    return HEX.formatHex(copy(value));
  }

  private static byte[] copy(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }

  private static ByteBuffer number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).flip();
  }
}
