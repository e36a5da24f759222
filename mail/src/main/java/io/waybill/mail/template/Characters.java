package io.waybill.mail.template;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Knows what characters do in a plain text: take columns, allow a line to end, or nothing good. */
final class Characters {
  /** The blocks that Unicode's annex 11 calls wide, without their rare exceptions. */
  private static final int[][] WIDE = {
    {0x1100, 0x115f},
    {0x2e80, 0xa4cf},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x1f300, 0x1faff},
    {0x20000, 0x3fffd},
  };

  private Characters() {}

  /**
   * Returns the text without controls and what is invisible anywhere, with LF for every line end,
   * and with U+FFFD for lone surrogates, which no message may hold.
   */
  static String clean(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    int point;
    for (int i = 0; i < text.length(); i += Character.charCount(point)) {
      point = text.codePointAt(i);
      switch (point) {
        case '\n', '\t' -> kept.append((char) point);
        case '\r' -> kept.append(text.startsWith("\n", i + 1) ? "" : "\n");
        case '\f', '\u2028', '\u2029' -> kept.append(' ');
        // soft hyphen, grapheme joiner, zero width space, word joiner, byte order mark
        case '\u00ad', '\u034f', '\u200b', '\u2060', '\ufeff' -> {}
        default -> {
          if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            kept.append('\ufffd');
          } else if (!Character.isISOControl(point)) {
            kept.appendCodePoint(point);
          }
        }
      }
    }
    return kept.toString();
  }

  /** Returns cleaned text with one space for each run of white space, and none at the ends. */
  static String collapse(CharSequence text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isSpace(c)) {
        kept.append(c);
      } else if (kept.length() > 0 && kept.charAt(kept.length() - 1) != ' ') {
        kept.append(' ');
      }
    }
    int end = kept.length();
    return kept.substring(0, end > 0 && kept.charAt(end - 1) == ' ' ? end - 1 : end);
  }

  /** Returns whether a line may end here: not at a no-break space. */
  static boolean isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t';
  }

  /** Returns whether nobody would see anything of the text. */
  static boolean isInvisible(String text) {
    return text.codePoints()
        .allMatch(
            point ->
                Character.isWhitespace(point)
                    || Character.isSpaceChar(point)
                    || Character.getType(point) == Character.FORMAT);
  }

  /** Returns how many columns the text takes where letters have one width, and Chinese ones two. */
  static int columns(CharSequence text) {
    int sum = 0;
    int point;
    for (int i = 0; i < text.length(); i += Character.charCount(point)) {
      point = Character.codePointAt(text, i);
      sum += columns(point);
    }
    return sum;
  }

  /** Returns the parts between which a line may end within a word: those of Chinese or Japanese. */
  static List<String> pieces(String word) {
    // nothing below U+1100 is wide, and nearly every word is below
    if (word.chars().allMatch(c -> c < 0x1100) || word.codePoints().noneMatch(Characters::isWide)) {
      return List.of(word);
    }
    List<String> pieces = new ArrayList<>();
    BreakIterator breaks = BreakIterator.getLineInstance(Locale.ROOT);
    breaks.setText(word);
    int start = 0;
    for (int at = breaks.next(); at != BreakIterator.DONE; at = breaks.next()) {
      // an address beside them stays whole
      if (at == word.length() || isWide(word.codePointBefore(at)) || isWide(word.codePointAt(at))) {
        pieces.add(word.substring(start, at));
        start = at;
      }
    }
    return pieces;
  }

  private static int columns(int point) {
    if (point < 0x300) {
      return 1;
    }
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    return isWide(point) ? 2 : 1;
  }

  private static boolean isWide(int point) {
    for (int[] range : WIDE) {
      if (point >= range[0] && point <= range[1]) {
        return true;
      }
    }
    return false;
  }
}
