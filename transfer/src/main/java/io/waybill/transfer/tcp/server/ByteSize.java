package io.waybill.transfer.tcp.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as people write them: {@code 512}, {@code 10GiB}. */
final class ByteSize {
  private static final String[] UNITS = {"", "KiB", "MiB", "GiB", "TiB"};
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,19})(|KiB|MiB|GiB|TiB)");
  private static final int SHIFT = 10;

  private ByteSize() {}

  /**
   * Reads a number of bytes.
   *
   * @throws IllegalArgumentException if it is none, or above 2^63 - 1
   */
  static long parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw refused(text);
    }
    try {
      long bytes = Long.parseLong(matcher.group(1));
      for (int i = 0; !UNITS[i].equals(matcher.group(2)); i++) {
        bytes = Math.multiplyExact(bytes, 1L << SHIFT);
      }
      return bytes;
    } catch (ArithmeticException | NumberFormatException e) {
      throw refused(text);
    }
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no number of bytes; write 1048576, 512KiB, 20MiB, 10GiB or 2TiB");
  }

  /** Writes a number so that {@link #parse} reads just that one. */
  static String format(long bytes) {
    int unit = 0;
    long left = bytes;
    while (left != 0 && left % (1L << SHIFT) == 0 && unit < UNITS.length - 1) {
      left >>= SHIFT;
      unit++;
    }
    return left + UNITS[unit];
  }
}
