package io.waybill.transfer.tcp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The payload of every control frame: a sequence of fields, in any order.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-----------------------------+-------------------------------+
 * |C|            tag              |            length             |
 * +-+-----------------------------+-------------------------------+
 * |  value: length bytes ...
 * </pre>
 *
 * Numbers are eight bytes, big-endian, two's complement; text is UTF-8. C marks a field that a
 * receiver which does not know the tag must refuse; others it skips.
 */
public final class Fields {
  private final List<Field> fields;

  private record Field(Tag tag, ByteBuffer value) {}

  private Fields(List<Field> fields) {
    this.fields = fields;
  }

  public static Fields parse(ByteBuffer payload) throws WireException {
    List<Field> fields = new ArrayList<>();
    ByteBuffer in = payload.duplicate();
    while (in.hasRemaining()) {
      if (in.remaining() < 4) {
        throw WireException.violation("a field is cut off after " + in.remaining() + " bytes");
      }
      int code = Short.toUnsignedInt(in.getShort());
      int length = Short.toUnsignedInt(in.getShort());
      if (length > in.remaining()) {
        throw WireException.violation(
            "field " + code + " claims " + length + " bytes where " + in.remaining() + " are left");
      }
      Tag tag = Tag.of(code & ~Tag.CRITICAL);
      if (tag != null) {
        fields.add(new Field(tag, in.slice(in.position(), length)));
        in.position(in.position() + length);
      } else if ((code & Tag.CRITICAL) != 0) {
        throw new WireException(
            ErrorCode.UNSUPPORTED,
            "field " + (code & ~Tag.CRITICAL) + " is critical and not known here");
      } else {
        in.position(in.position() + length);
      }
    }
    return new Fields(fields);
  }

  public boolean has(Tag tag) {
    return fields.stream().anyMatch(field -> field.tag == tag);
  }

  public String text(Tag tag) throws WireException {
    return decode(tag, required(tag));
  }

  /** The text of an optional field, or null when it is absent. */
  public @Nullable String textOrNull(Tag tag) throws WireException {
    ByteBuffer value = single(tag);
    return value == null ? null : decode(tag, value);
  }

  /** The texts of a field that may be repeated, in order. */
  public List<String> texts(Tag tag) throws WireException {
    List<String> texts = new ArrayList<>();
    for (Field field : fields) {
      if (field.tag == tag) {
        texts.add(decode(tag, field.value));
      }
    }
    return texts;
  }

  /** The fields inside each occurrence of a field that nests others. */
  public List<Fields> nested(Tag tag) throws WireException {
    List<Fields> nested = new ArrayList<>();
    for (Field field : fields) {
      if (field.tag == tag) {
        nested.add(parse(field.value));
      }
    }
    return nested;
  }

  public long number(Tag tag) throws WireException {
    return decodeNumber(tag, required(tag));
  }

  public OptionalLong optionalNumber(Tag tag) throws WireException {
    ByteBuffer value = single(tag);
    return value == null ? OptionalLong.empty() : OptionalLong.of(decodeNumber(tag, value));
  }

  /** A number that must lie between two bounds, both included. */
  public long number(Tag tag, long least, long most) throws WireException {
    long value = number(tag);
    if (value < least || value > most) {
      throw WireException.violation(
          "field " + tag + " is " + value + ", allowed are " + least + " to " + most);
    }
    return value;
  }

  public byte[] bytes(Tag tag) throws WireException {
    return copy(required(tag));
  }

  public Optional<byte[]> optionalBytes(Tag tag) throws WireException {
    return Optional.ofNullable(single(tag)).map(Fields::copy);
  }

  private ByteBuffer required(Tag tag) throws WireException {
    ByteBuffer value = single(tag);
    if (value == null) {
      throw WireException.violation("field " + tag + " is missing");
    }
    return value;
  }

  private @Nullable ByteBuffer single(Tag tag) throws WireException {
    ByteBuffer found = null;
    for (Field field : fields) {
      if (field.tag == tag) {
        if (found != null) {
          throw WireException.violation("field " + tag + " comes twice");
        }
        found = field.value;
      }
    }
    return found;
  }

  private static byte[] copy(ByteBuffer value) {
    byte[] bytes = new byte[value.remaining()];
    value.get(0, bytes);
    return bytes;
  }

  private static long decodeNumber(Tag tag, ByteBuffer value) throws WireException {
    if (value.remaining() != Long.BYTES) {
      throw WireException.violation("field " + tag + " has " + value.remaining() + " bytes, not 8");
    }
    return value.getLong(0);
  }

  private static String decode(Tag tag, ByteBuffer value) throws WireException {
    try {
      return UTF_8.newDecoder().decode(value.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw new WireException(ErrorCode.PROTOCOL_VIOLATION, "field " + tag + " is not UTF-8", e);
    }
  }
}
