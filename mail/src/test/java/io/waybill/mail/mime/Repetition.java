package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Makes much of few bytes: <code>{1000:text}</code> stands for a thousand texts, and {@code #} in
 * them for the number of each. All else stands for itself.
 */
final class Repetition {
  private static final int DEEPEST = 3;
  private static final int MOST_DIGITS = 6;

  private final String template; // a character for each byte
  private final int mostBytes;
  private int at;

  private Repetition(byte[] template, int mostBytes) {
    this.template = new String(template, ISO_8859_1);
    this.mostBytes = mostBytes;
  }

  static byte[] expand(byte[] template, int mostBytes) {
    String all = new Repetition(template, mostBytes).text(0);
    return all.substring(0, Math.min(all.length(), mostBytes)).getBytes(ISO_8859_1);
  }

  /** Reads up to the brace that ends it. */
  private String text(int depth) {
    StringBuilder text = new StringBuilder();
    while (at < template.length() && (depth == 0 || template.charAt(at) != '}')) {
      int colon = depth < DEEPEST ? colon() : -1;
      if (colon < 0) {
        text.append(template.charAt(at++));
      } else {
        int count = Integer.parseInt(template, at + 1, colon, 10);
        at = colon + 1;
        repeat(text(depth + 1), count, text);
        at++; // the brace
      }
    }
    return text.toString();
  }

  private void repeat(String body, int count, StringBuilder out) {
    if (body.indexOf('#') >= 0) {
      for (int i = 0; i < count && out.length() < mostBytes; i++) {
        out.append(body.replace("#", String.valueOf(i)));
      }
    } else if (!body.isEmpty() && out.length() < mostBytes) {
      out.append(body.repeat(Math.min(count, mostBytes / body.length() + 1)));
    }
  }

  /** Returns where the colon behind a brace and a number is, or -1. */
  private int colon() {
    int end = at + 1;
    while (end < template.length() && Character.digit(template.charAt(end), 10) >= 0) {
      end++;
    }
    boolean isCount =
        template.charAt(at) == '{'
            && end > at + 1
            && end <= at + 1 + MOST_DIGITS
            && end < template.length()
            && template.charAt(end) == ':';
    return isCount ? end : -1;
  }
}
