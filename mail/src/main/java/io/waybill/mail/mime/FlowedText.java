package io.waybill.mail.mime;

/**
 * Wraps paragraphs so that readers can join them again, and joins them (format=flowed, RFC 3676 4).
 *
 * <p>A line that ends in a blank goes on in the next one. {@code >} at the start of a line is a
 * quote and is repeated on each line made of it.
 */
final class FlowedText {
  private static final int WIDTH = 72;
  private static final String SIGNATURE = "-- ";

  private final StringBuilder out;

  private FlowedText(int size) {
    out = new StringBuilder(size + size / 16 + 16);
  }

  static String wrap(String text) {
    FlowedText flowed = new FlowedText(text.length());
    text.lines().forEach(flowed::paragraph);
    return flowed.out.toString();
  }

  /**
   * Joins lines that were wrapped; quotes keep their marks.
   *
   * @param isBlankDeleted whether the blank at a line's end is no part of the text (DelSp)
   */
  static String unwrap(String text, boolean isBlankDeleted) {
    StringBuilder out = new StringBuilder(text.length());
    int depthBefore = -1; // of a line that goes on, else -1
    for (String line : (Iterable<String>) text.lines()::iterator) {
      int depth = 0;
      while (depth < line.length() && line.charAt(depth) == '>') {
        depth++;
      }
      String rest = line.substring(depth);
      if (rest.startsWith(" ")) {
        rest = rest.substring(1); // stuffed
      }
      boolean isSignature = rest.equals(SIGNATURE);
      if (depthBefore >= 0 && (depthBefore != depth || isSignature)) {
        out.append("\r\n"); // a quote that ends in the middle of a paragraph ends it
        depthBefore = -1;
      }
      if (depthBefore < 0 && depth > 0) {
        out.append(">".repeat(depth)).append(' ');
      }
      boolean goesOn = rest.endsWith(" ") && !isSignature;
      out.append(rest, 0, goesOn && isBlankDeleted ? rest.length() - 1 : rest.length());
      depthBefore = goesOn ? depth : -1;
      if (!goesOn) {
        out.append("\r\n");
      }
    }
    if (depthBefore >= 0) {
      out.append("\r\n");
    }
    return out.toString();
  }

  private void paragraph(String line) {
    int depth = 0;
    while (depth < line.length() && line.charAt(depth) == '>') {
      depth++;
    }
    String quote = line.substring(0, depth);
    String rest = line.substring(depth);
    if (depth > 0 && rest.startsWith(" ")) {
      rest = rest.substring(1); // the blank behind the marks is written below
    }
    if (!rest.equals(SIGNATURE)) {
      rest = withoutTrailingBlanks(rest);
    }
    int room = Math.max(20, WIDTH - depth - 1);
    int start = 0;
    while (rest.length() - start > room) {
      int end = softEnd(rest, start, room);
      if (end < 0) {
        break;
      }
      write(quote, rest.substring(start, end));
      start = end;
    }
    write(quote, rest.substring(start));
  }

  /** Returns the index behind the last blank that fits, or behind the first one; -1 for none. */
  private static int softEnd(String text, int start, int room) {
    int blank = text.lastIndexOf(' ', start + room - 1);
    if (blank < start || isSignature(text, start, blank)) {
      blank = text.indexOf(' ', start + room);
    }
    return blank < 0 ? -1 : blank + 1;
  }

  /** A piece that reads as the signature mark would not be joined to what follows. */
  private static boolean isSignature(String text, int start, int blank) {
    return blank == start + 2 && text.startsWith(SIGNATURE, start);
  }

  private void write(String quote, String piece) {
    out.append(quote);
    boolean stuffed =
        quote.isEmpty()
            ? piece.startsWith(" ") || piece.startsWith(">") || piece.startsWith("From ")
            : !piece.isEmpty();
    if (stuffed) {
      out.append(' ');
    }
    out.append(piece).append("\r\n");
  }

  private static String withoutTrailingBlanks(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }
}
