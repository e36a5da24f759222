package io.waybill.mail;

import java.util.function.IntPredicate;

/** Refuses text that could end a header, a command or a file name early, or pose as another. */
public final class FieldText {
  /** Turn the text around them for the eye: embeddings, overrides and isolates (UAX 9). */
  private static final String TURNING = "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

  /** The above and the marks, which right-to-left names need and file names do not. */
  private static final String DIRECTIONAL = TURNING + "\u200E\u200F\u061C";

  private FieldText() {}

  /**
   * Returns the text if it may stand in one line: no CR, LF, NUL, other control but the tab, line
   * separator or lone surrogate.
   *
   * @param field what the error calls it; the error never holds the text
   * @throws MailException.InvalidMessage if it may not, with the position
   */
  public static String require(String field, String text) {
    return scan(field, text, true, "");
  }

  /** Returns the text if it may also be shown as somebody's name: nothing turns it around. */
  static String requireDisplayName(String field, String text) {
    return scan(field, text, true, TURNING);
  }

  /**
   * Returns the text if it may name a file, a folder or a mailbox: no tab, no directional control
   * at all.
   *
   * @throws MailException.InvalidMessage as {@link #require}
   */
  public static String requireName(String field, String text) {
    return scan(field, text, false, DIRECTIONAL);
  }

  /**
   * Returns the text if it may name a folder of a mailbox: a name that is not empty.
   *
   * @throws MailException.InvalidMessage as {@link #require}
   */
  public static String requireFolder(String text) {
    if (text.isEmpty()) {
      throw new MailException.InvalidMessage("folder", -1, "is empty");
    }
    return requireName("folder", text);
  }

  /** Returns the text if it holds nothing but allowed characters. */
  static String requireOnly(String field, String text, IntPredicate allowed, String otherwise) {
    require(field, text);
    for (int i = 0; i < text.length(); i++) {
      if (!allowed.test(text.charAt(i))) {
        throw new MailException.InvalidMessage(field, i, otherwise);
      }
    }
    return text;
  }

  static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  /** Returns the text if it may be a body: line breaks are allowed, NUL and lone surrogates not. */
  static String requireBody(String field, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\0') {
        throw new MailException.InvalidMessage(field, i, "holds NUL");
      }
      if (Character.isSurrogate(c)) {
        i += requireSurrogatePair(field, text, i);
      }
    }
    return text;
  }

  private static String scan(String field, String text, boolean tabs, String forbidden) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c <= '~') {
        continue;
      }
      if (c == '\t' ? !tabs : isControl(c) || forbidden.indexOf(c) >= 0) {
        throw new MailException.InvalidMessage(field, i, "holds " + describe(c));
      }
      if (Character.isSurrogate(c)) {
        i += requireSurrogatePair(field, text, i);
      }
    }
    return text;
  }

  private static boolean isControl(char c) {
    // The two separators end a line for whatever follows Unicode, JavaScript for one.
    return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
  }

  /** Returns 1 when a whole pair starts at {@code i}, so that the caller skips its second half. */
  private static int requireSurrogatePair(String field, String text, int i) {
    boolean pair =
        Character.isHighSurrogate(text.charAt(i))
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1));
    if (!pair) {
      throw new MailException.InvalidMessage(field, i, "holds a lone surrogate");
    }
    return 1;
  }

  private static String describe(char c) {
    return switch (c) {
      case '\r' -> "CR";
      case '\n' -> "LF";
      case '\0' -> "NUL";
      case '\t' -> "a tab";
      default -> "the control character 0x" + Integer.toHexString(c);
    };
  }
}
