package io.waybill.transfer.http;

import io.waybill.transfer.WebQuery;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Writes remote paths into requests (RFC 3986 3.3) and reads names out of links. A path is what
 * people write, not percent-encoded, but for its {@linkplain WebQuery query}: that stays as it is.
 */
final class RequestPath {
  private static final String KEPT = "-._~!$&'()*,;=:@";
  private static final String KEPT_IN_QUERY = KEPT + "/?%+[]";
  private static final Pattern LONE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  private RequestPath() {}

  /** Says whether a path can only be a directory: the root, or ending in a slash. */
  static boolean isDirectory(String path) {
    return path.isEmpty() || (path.endsWith("/") && !WebQuery.isIn(path));
  }

  /** Returns the path of a directory with a slash at its end. */
  static String directory(String path) {
    return isDirectory(path) ? path : path + "/";
  }

  /**
   * Writes a path as it stands in a request, with a slash before it.
   *
   * @throws NotSentException if it has a control character, a character that UTF-8 cannot encode, a
   *     segment {@code .} or {@code ..}, or a query that needs encoding
   */
  static String encode(String path) throws NotSentException {
    String names = WebQuery.without(path);
    if (List.of(names.split("/", -1)).stream()
        .anyMatch(each -> each.equals(".") || each.equals(".."))) {
      throw new NotSentException("A path with a segment . or .. is not sent");
    }
    StringBuilder out = new StringBuilder(names.startsWith("/") ? "" : "/");
    append(out, names, KEPT + "/");
    if (WebQuery.isIn(path)) {
      String query = WebQuery.of(path);
      if (query.isEmpty() || LONE_PERCENT.matcher(query).find()) {
        throw new NotSentException(
            "A query that is empty, or has a % without two digits, is not sent");
      }
      append(out.append('?'), query, KEPT_IN_QUERY);
    }
    return out.toString();
  }

  private static void append(StringBuilder out, String text, String kept) throws NotSentException {
    ByteBuffer bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new NotSentException("A path with a character that UTF-8 cannot encode is not sent");
    }
    while (bytes.hasRemaining()) {
      int each = bytes.get() & 0xff;
      if (each < 0x20 || each == 0x7f) {
        throw new NotSentException(
            "A path with a line break, NUL or another control character is not sent");
      }
      if (isLetterOrDigit(each) || (each < 0x80 && kept.indexOf(each) >= 0)) {
        out.append((char) each);
      } else {
        out.append('%').append(hex(each >> 4)).append(hex(each & 0xf));
      }
    }
  }

  private static boolean isLetterOrDigit(int each) {
    return (each >= 'a' && each <= 'z')
        || (each >= 'A' && each <= 'Z')
        || (each >= '0' && each <= '9');
  }

  private static char hex(int digit) {
    return "0123456789ABCDEF".charAt(digit);
  }

  /**
   * Reads one percent-encoded name of a link.
   *
   * @throws HttpProtocolException if it is not one name, or not UTF-8
   */
  static String decodeName(String encoded) throws HttpProtocolException {
    byte[] raw = encoded.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != '%') {
        bytes.put(raw[i]);
        continue;
      }
      int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw badName(encoded, "a % without two digits after it");
      }
      bytes.put((byte) (high << 4 | low));
      i += 2;
    }
    String name;
    try {
      name =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(bytes.flip())
              .toString();
    } catch (CharacterCodingException e) {
      throw badName(encoded, "not UTF-8");
    }
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw badName(encoded, "not one name in that directory");
    }
    if (name.chars().anyMatch(each -> each < 0x20 || (each >= 0x7f && each < 0xa0))) {
      throw badName(encoded, "control characters");
    }
    return name;
  }

  private static HttpProtocolException badName(String encoded, String why) {
    String clean = encoded.replaceAll("\\p{Cntrl}", "?");
    return new HttpProtocolException(
        "An index page links to '%s': %s"
            .formatted(clean.length() <= 200 ? clean : clean.substring(0, 200) + "...", why));
  }
}
