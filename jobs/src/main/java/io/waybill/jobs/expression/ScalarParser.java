package io.waybill.jobs.expression;

import io.waybill.jobs.ValueType;
import io.waybill.mail.Address;
import io.waybill.mail.MailException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads single values from text: the literals of the file, and what expressions have been rendered
 * to.
 */
public final class ScalarParser {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,18})(ms|s|m|h|d)");
  private static final Pattern SIZE =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?) ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?");
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,9})?) ?%");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(?:\\.[0-9]{1,9})?");
  private static final int LONGEST_SHOWN = 60;
  // a hundred years
  private static final long LONGEST_MILLIS = 36_525L * 86_400_000;

  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("B", 1L),
          Map.entry("kB", 1_000L),
          Map.entry("KB", 1_000L),
          Map.entry("MB", 1_000_000L),
          Map.entry("GB", 1_000_000_000L),
          Map.entry("TB", 1_000_000_000_000L),
          Map.entry("KiB", 1L << 10),
          Map.entry("MiB", 1L << 20),
          Map.entry("GiB", 1L << 30),
          Map.entry("TiB", 1L << 40));

  private ScalarParser() {}

  /**
   * Reads a value.
   *
   * @return {@link String}, {@link Boolean}, {@link Long}, {@link Double} or {@link Duration}, as
   *     {@link ValueType.Scalar} says
   * @throws BadValueException if the text is no value of this type
   */
  public static Object parse(String text, ValueType.Scalar type) {
    return switch (type) {
      case TEXT, PATTERN, REGEX -> text;
      case LOCATION, FILE, MAILBOX, CONNECTION -> name(text, type);
      case ADDRESS -> address(text);
      case BOOLEAN -> flag(text);
      case INTEGER -> integer(text);
      case NUMBER -> number(text);
      case DURATION -> duration(text);
      case SIZE -> size(text);
      case PERCENT -> percent(text);
    };
  }

  /**
   * Reads one of a few words.
   *
   * @throws BadValueException if it is none of them
   */
  public static String oneOf(String text, List<String> words) {
    if (words.contains(text)) {
      return text;
    }
    String all = words.size() == 1 ? "" : "one of ";
    throw new BadValueException(
        "is " + quote(text) + ", and must be " + all + String.join(", ", words));
  }

  /**
   * Reads {@code 500ms 10s 5m 1h 2d}. A day is 24 hours.
   *
   * @throws BadValueException if the text is no duration
   */
  public static Duration duration(String text) {
    Matcher m = DURATION.matcher(text);
    if (!m.matches()) {
      throw new BadValueException(
          "is not a duration: " + quote(text) + "; write 500ms, 10s, 5m, 1h or 2d");
    }
    long count = Long.parseLong(m.group(1));
    long unitMillis =
        switch (m.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    if (count > LONGEST_MILLIS / unitMillis) {
      throw new BadValueException("is too long a duration: " + quote(text));
    }
    return Duration.ofMillis(count * unitMillis);
  }

  private static String address(String text) {
    try {
      Address unused = Address.parse(text);
      return text;
    } catch (MailException.InvalidMessage e) {
      throw new BadValueException("is no mail address: " + quote(text) + ": " + e.getMessage());
    }
  }

  private static Boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new BadValueException("is " + quote(text) + ", and must be true or false");
    };
  }

  private static Long integer(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadValueException("is not a whole number: " + quote(text));
    }
  }

  private static Double number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new BadValueException("is not a number: " + quote(text));
    }
    return Double.valueOf(text);
  }

  private static Long size(String text) {
    Matcher m = SIZE.matcher(text);
    if (!m.matches()) {
      throw new BadValueException(
          "is not a size: " + quote(text) + "; write 10, 512KiB, 20MiB or 1GB");
    }
    long unit = m.group(2) == null ? 1 : UNITS.getOrDefault(m.group(2), 1L);
    BigInteger bytes = new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit)).toBigInteger();
    if (bytes.bitLength() > 62) {
      throw new BadValueException("is too large a size: " + quote(text));
    }
    return bytes.longValueExact();
  }

  private static Double percent(String text) {
    Matcher m = PERCENT.matcher(text);
    if (!m.matches() || Double.parseDouble(m.group(1)) > 100) {
      throw new BadValueException("is not a percentage: " + quote(text) + "; write 0% to 100%");
    }
    return new BigDecimal(m.group(1)).movePointLeft(2).doubleValue();
  }

  private static String name(String text, ValueType.Scalar type) {
    if (text.isEmpty()) {
      throw new BadValueException("is empty, and must be " + describe(type));
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new BadValueException("has a control character in it");
    }
    return text;
  }

  /** Says what a type holds, to continue "must be". */
  public static String describe(ValueType type) {
    if (type instanceof ValueType.Scalar scalar) {
      return switch (scalar) {
        case TEXT -> "a text";
        case PATTERN -> "a pattern";
        case REGEX -> "a regular expression";
        case LOCATION -> "a location";
        case FILE -> "a file";
        case MAILBOX -> "a mailbox";
        case CONNECTION -> "a connection's name";
        case BOOLEAN -> "true or false";
        case INTEGER -> "a whole number";
        case NUMBER -> "a number";
        case DURATION -> "a duration";
        case ADDRESS -> "a mail address";
        case SIZE -> "a size";
        case PERCENT -> "a percentage";
      };
    }
    if (type instanceof ValueType.OneOf oneOf) {
      return oneOf.words().size() == 1
          ? oneOf.words().get(0)
          : "one of " + String.join(", ", oneOf.words());
    }
    if (type instanceof ValueType.ListOf) {
      return "a list";
    }
    if (type instanceof ValueType.PerItem) {
      return "a text";
    }
    if (type instanceof ValueType.Anything) {
      return "a text, a list or a mapping";
    }
    if (type instanceof ValueType.AnyOf any) {
      return String.join(
          " or ", any.types().stream().map(ScalarParser::describe).distinct().toList());
    }
    return "a mapping";
  }

  static String quote(String text) {
    String line = text.replace("\n", "\\n").replace("\r", "\\r");
    return line.length() <= LONGEST_SHOWN
        ? "\"" + line + "\""
        : "\"" + line.substring(0, LONGEST_SHOWN) + "...\"";
  }
}
