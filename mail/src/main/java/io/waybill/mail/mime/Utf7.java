package io.waybill.mail.mime;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Reads UTF-7 (RFC 2152), which old mail uses and no Java platform knows. */
final class Utf7 {
  private Utf7() {}

  static boolean isNamed(String label) {
    String name = label.strip();
    return name.equalsIgnoreCase("utf-7")
        || name.equalsIgnoreCase("utf7")
        || name.equalsIgnoreCase("unicode-1-1-utf-7");
  }

  /** Returns the text; empty if the bytes are no UTF-7. */
  static Optional<String> decode(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length);
    int i = 0;
    while (i < bytes.length) {
      if (bytes[i] < 0) {
        return Optional.empty();
      }
      if (bytes[i] != '+') {
        text.append((char) bytes[i++]);
        continue;
      }
      int end = endOfShift(bytes, i + 1);
      boolean isMinus = end < bytes.length && bytes[end] == '-';
      if (end == i + 1) {
        if (!isMinus) {
          return Optional.empty();
        }
        text.append('+');
      } else if (!appendShifted(text, bytes, i + 1, end)) {
        return Optional.empty();
      }
      i = isMinus ? end + 1 : end;
    }
    return Optional.of(text.toString());
  }

  private static int endOfShift(byte[] bytes, int from) {
    int end = from;
    while (end < bytes.length && isBase64(bytes[end])) {
      end++;
    }
    return end;
  }

  private static boolean isBase64(byte b) {
    return (b >= 'A' && b <= 'Z')
        || (b >= 'a' && b <= 'z')
        || (b >= '0' && b <= '9')
        || b == '+'
        || b == '/';
  }

  /** UTF-16 in base64 without padding; left over bits are zero. */
  private static boolean appendShifted(StringBuilder text, byte[] bytes, int from, int to) {
    if ((to - from) % 4 == 1) {
      return false;
    }
    byte[] units = Base64.getDecoder().decode(Arrays.copyOfRange(bytes, from, to));
    int whole = units.length - units.length % 2;
    String decoded = new String(units, 0, whole, StandardCharsets.UTF_16BE);
    text.append(decoded);
    return decoded.indexOf('\uFFFD') < 0;
  }
}
