package io.waybill.mail.net;

import java.util.Collection;

/**
 * Makes text from outside fit to be shown: one short line, without controls and without secrets.
 */
public final class ForeignText {
  /** So many characters of a secret in a row give it away. */
  private static final int GIVEAWAY = 8;

  private static final int MAX_CAUSES = 16;

  private ForeignText() {}

  /**
   * Returns the text, cut to {@code limit} characters, unless it repeats a part of a secret.
   *
   * @param secrets what must not be shown, as it is and as it was sent
   */
  public static String show(String text, int limit, Collection<String> secrets) {
    String head = cut(text, 4 * limit);
    if (repeats(head, secrets)) {
      return "(text that repeats a secret and is not shown)";
    }
    StringBuilder line = new StringBuilder();
    head.codePoints().forEach(c -> line.appendCodePoint(isShown(c) ? c : ' '));
    String plain = line.toString().strip().replaceAll(" {2,}", " ");
    return plain.length() <= limit ? plain : cut(plain, limit) + "...";
  }

  /** Never between the halves of a character. */
  private static String cut(String text, int limit) {
    if (text.length() <= limit) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit);
  }

  /** Whether an exception and what caused it can be shown as they are. */
  public static boolean isClean(Throwable failure, Collection<String> secrets) {
    Throwable each = failure;
    for (int i = 0; i < MAX_CAUSES && each != null; i++) {
      if (repeats(String.valueOf(each.getMessage()), secrets)) {
        return false;
      }
      each = each.getCause();
    }
    return each == null;
  }

  /** Whether a text repeats a part of a secret. */
  public static boolean repeats(String text, Collection<String> secrets) {
    return secrets.stream().anyMatch(secret -> repeats(text, secret));
  }

  private static boolean repeats(String text, String secret) {
    int length = Math.min(GIVEAWAY, secret.length());
    if (length == 0) {
      return false;
    }
    for (int i = 0; i + length <= text.length(); i++) {
      if (secret.contains(text.substring(i, i + length))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isShown(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
