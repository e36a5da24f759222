package io.waybill.mail.mime;

import io.waybill.mail.Address;
import io.waybill.mail.MailException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects header fields, folded at blanks so that lines stay below 78 characters (RFC 5322 2.1.1).
 *
 * <p>Everything is ASCII but local parts of addresses in another script (RFC 6532).
 */
final class HeaderWriter {
  static final int MAX_FIELDS = 1000;
  static final int MAX_BYTES = 256_000;

  private static final int LINE = 76;
  private static final int SHORT_VALUE = 60;
  private static final int PARAMETER_PIECE = 50;
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private final StringBuilder out = new StringBuilder(512);
  private int fields;
  private int column;
  private boolean firstWord;

  /** Writes text for people: words too long for a line are encoded, so that they fold too. */
  HeaderWriter text(String name, String value) {
    return unstructured(name, value, EncodedWords.READABLE_WORD);
  }

  /** Writes a value that a program may read: what is ASCII stays as it is. */
  HeaderWriter value(String name, String value) {
    return unstructured(name, value, EncodedWords.LONGEST_WORD);
  }

  private HeaderWriter unstructured(String name, String value, int longestWord) {
    begin(name);
    if (EncodedWords.isPlain(value, longestWord)) {
      words(value);
    } else {
      encoded(value);
    }
    return end();
  }

  HeaderWriter addresses(String name, List<Address> addresses) {
    if (addresses.isEmpty()) {
      return this;
    }
    begin(name);
    for (int i = 0; i < addresses.size(); i++) {
      Address address = addresses.get(i);
      String comma = i + 1 < addresses.size() ? "," : "";
      String displayName = address.displayName().orElse("");
      if (displayName.isEmpty()) {
        word(address.address() + comma);
      } else {
        phrase(displayName);
        word("<" + address.address() + ">" + comma);
      }
    }
    return end();
  }

  /** Writes words that are already in wire form. */
  HeaderWriter structured(String name, String... words) {
    return structured(name, List.of(words));
  }

  /** Writes words that are already in wire form. */
  HeaderWriter structured(String name, List<String> words) {
    begin(name);
    words.forEach(this::word);
    return end();
  }

  /** A display name is a row of atoms, a quoted string, or encoded words (RFC 5322 3.2.5). */
  private void phrase(String name) {
    if (!EncodedWords.isPlain(name, EncodedWords.READABLE_WORD)) {
      encoded(name);
    } else if (isAtoms(name)) {
      words(name);
    } else {
      words(quoted(name));
    }
  }

  private static boolean isAtoms(String name) {
    for (int i = 0; i < name.length(); i++) {
      if ("\"(),.:;<>@[\\]".indexOf(name.charAt(i)) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /**
   * Returns the pieces of a parameter such as a file name: quoted when short ASCII, else in RFC
   * 2231 form, in numbered pieces when long.
   */
  static List<String> parameter(String name, String value) {
    if (value.length() <= SHORT_VALUE && value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return List.of(name + "=" + quoted(value));
    }
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder("UTF-8''");
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      boolean literal = isAttributeChar(b);
      if (piece.length() + (literal ? 1 : 3) > PARAMETER_PIECE) {
        pieces.add(piece.toString());
        piece.setLength(0);
      }
      if (literal) {
        piece.append((char) b);
      } else {
        piece.append('%').append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
      }
    }
    pieces.add(piece.toString());
    if (pieces.size() == 1) {
      return List.of(name + "*=" + pieces.get(0));
    }
    List<String> numbered = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      String end = i + 1 < pieces.size() ? ";" : "";
      numbered.add(name + "*" + i + "*=" + pieces.get(i) + end);
    }
    return numbered;
  }

  private static boolean isAttributeChar(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '.'
        || b == '-'
        || b == '_';
  }

  private void begin(String name) {
    out.append(name).append(':');
    column = name.length() + 1;
    firstWord = true;
    fields++;
  }

  private void encoded(String text) {
    EncodedWords.encode(text, firstWord ? column : 0).forEach(this::word);
  }

  private void words(String text) {
    int start = 0;
    for (int end = text.indexOf(' '); end >= 0; end = text.indexOf(' ', start)) {
      word(text, start, end);
      start = end + 1;
    }
    word(text, start, text.length());
  }

  private void word(String word) {
    word(word, 0, word.length());
  }

  private void word(String text, int start, int end) {
    int length = end - start;
    if (!firstWord && column + 1 + length > LINE) {
      out.append("\r\n");
      column = 0;
    }
    out.append(' ').append(text, start, end);
    column += 1 + length;
    firstWord = false;
  }

  private HeaderWriter end() {
    out.append("\r\n");
    return this;
  }

  /**
   * Returns all fields and the empty line behind them.
   *
   * @throws MailException.InvalidMessage if these are more than readers can be expected to bear
   */
  byte[] toBytes() {
    byte[] bytes = out.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    if (fields > MAX_FIELDS || bytes.length > MAX_BYTES) {
      throw new MailException.InvalidMessage(
          "headers",
          -1,
          "are more than "
              + MAX_FIELDS
              + " or "
              + MAX_BYTES
              + " bytes: name many recipients in bcc, or send several messages");
    }
    return bytes;
  }
}
