package io.waybill.mail;

/** Refuses text that could end a header, a command or a file name early. */
final class FieldText {
  private FieldText() {}

  /**
   * Returns the text if it may stand in one line: no CR, LF, NUL, other control or lone surrogate.
   */
  static String require(String field, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t') {
        continue;
      }
      if (Character.isISOControl(c)) {
        throw new MailException.InvalidMessage(field, i, "holds " + describe(c));
      }
      i += requireSurrogatePair(field, text, i);
    }
    return text;
  }

  /** Returns the text if it may be a body: line breaks are allowed, NUL and lone surrogates not. */
  static String requireBody(String field, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\0') {
        throw new MailException.InvalidMessage(field, i, "holds NUL");
      }
      i += requireSurrogatePair(field, text, i);
    }
    return text;
  }

  /** Returns 1 when a whole pair starts at {@code i}, so that the caller skips its second half. */
  private static int requireSurrogatePair(String field, String text, int i) {
    char c = text.charAt(i);
    if (!Character.isSurrogate(c)) {
      return 0;
    }
    boolean pair =
        Character.isHighSurrogate(c)
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
      default -> "the control character 0x" + Integer.toHexString(c);
    };
  }
}
