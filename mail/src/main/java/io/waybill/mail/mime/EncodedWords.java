package io.waybill.mail.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Writes text as RFC 2047 encoded words, and says which text needs that. */
final class EncodedWords {
  /** A line of text that people read has room for a word as long as this. */
  static final int READABLE_WORD = 76;

  /** A word as long as this still fits into a line of 998 octets beside the field's name. */
  static final int LONGEST_WORD = 900;

  /** A line with an encoded word is at most this long, the word one less (RFC 2047 2). */
  private static final int LINE = 76;

  private static final int FRAME = "=?UTF-8?B?".length() + "?=".length();
  private static final int LEAST_BYTES = 15;

  private EncodedWords() {}

  /**
   * Returns whether the text can stand as it is: printable ASCII, nothing a reader would decode, no
   * run of blanks that folding would change, and no word longer than this.
   */
  static boolean isPlain(String text, int longestWord) {
    int word = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || (c == '?' && word > 0 && text.charAt(i - 1) == '=')) {
        return false;
      }
      if (c != ' ') {
        word++;
      } else if (word == 0) {
        return false; // a blank at the start or behind another
      } else {
        word = 0;
      }
      if (word > longestWord) {
        return false;
      }
    }
    return text.isEmpty() || word > 0;
  }

  /**
   * Encodes in pieces of whole characters; blanks between encoded words vanish when decoded.
   *
   * @param column what stands before the first word on its line
   */
  static List<String> encode(String text, int column) {
    List<String> words = new ArrayList<>();
    int start = 0;
    int bytes = 0;
    int room = Math.max(LEAST_BYTES, room(column));
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      int size = utf8Length(point);
      if (bytes + size > room) {
        words.add(word(text.substring(start, i)));
        start = i;
        bytes = 0;
        room = room(0);
      }
      bytes += size;
      i += Character.charCount(point);
    }
    words.add(word(text.substring(start)));
    return words;
  }

  /** Base64 makes four characters of three bytes: behind column 0 and a blank, 60 of 45. */
  private static int room(int column) {
    return (LINE - 1 - column - FRAME) / 4 * 3;
  }

  private static String word(String piece) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(bytes) + "?=";
  }

  private static int utf8Length(int point) {
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
}
