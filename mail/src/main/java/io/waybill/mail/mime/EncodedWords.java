package io.waybill.mail.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Writes text into header fields: as it is where ASCII suffices, else as RFC 2047 encoded words.
 */
final class EncodedWords {
  // =?UTF-8?B?...?= is at most 75 characters: 12 of frame leave 63, of which base64 uses 60 = 45
  // bytes.
  private static final int MAX_BYTES = 45;
  private static final int MAX_PLAIN_WORD = 76;

  private EncodedWords() {}

  /** Splits unstructured text at blanks into words that a header may hold. */
  static List<String> unstructured(String text) {
    return isPlain(text) ? words(text) : encode(text);
  }

  /** Returns a display name as a phrase: atoms, a quoted string, or encoded words. */
  static List<String> phrase(String name) {
    if (!isPlain(name)) {
      return encode(name);
    }
    if (name.matches("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")) {
      return words(name);
    }
    return words("\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
  }

  /** Splits behind single blanks, so that joining the words with a blank restores the text. */
  private static List<String> words(String text) {
    return List.of(text.split(" ", -1));
  }

  /**
   * Whether the text can stand as it is: printable ASCII, nothing a reader would decode, no run of
   * blanks that folding would change, and no word too long for a line.
   */
  private static boolean isPlain(String text) {
    if (text.contains("=?") || text.contains("  ") || text.startsWith(" ") || text.endsWith(" ")) {
      return false;
    }
    int word = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      word = c == ' ' ? 0 : word + 1;
      if (c < ' ' || c > '~' || word > MAX_PLAIN_WORD) {
        return false;
      }
    }
    return true;
  }

  /** Encodes in pieces of whole characters; blanks between encoded words vanish when decoded. */
  private static List<String> encode(String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      int size = utf8Length(point);
      if (bytes + size > MAX_BYTES) {
        words.add(word(text.substring(start, i)));
        start = i;
        bytes = 0;
      }
      bytes += size;
      i += Character.charCount(point);
    }
    words.add(word(text.substring(start)));
    return words;
  }

  private static String word(String piece) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(bytes) + "?=";
  }

  private static int utf8Length(int point) {
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
}
