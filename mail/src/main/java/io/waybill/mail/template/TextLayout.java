package io.waybill.mail.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Fills lines of plain text: wraps words, indents, and divides blocks by at most one blank line.
 */
final class TextLayout {
  static final int MAX_CHARACTERS = 10 << 20;

  private static final int WIDTH = 76;
  private static final int MAX_INDENT = 36;

  private final StringBuilder out = new StringBuilder();
  private final StringBuilder line = new StringBuilder();
  private final StringBuilder word = new StringBuilder();
  private final List<Indent> indents = new ArrayList<>();
  private int lineColumns;
  private int indentColumns;
  private int widest;
  private boolean blankWanted;
  private int blankIndents;
  private boolean full;

  /** Adds cleaned text to the paragraph; white space only divides words. */
  void text(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Characters.isSpace(text.charAt(i))) {
        endWord();
      } else {
        word.append(text.charAt(i));
      }
    }
  }

  /** Adds cleaned text as it stands, in lines as long as they are. */
  void literal(String text) {
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      line.append(text, start, end);
      emit(takeLine());
      start = end + 1;
    }
    line.append(text, start, text.length());
  }

  /** Adds one line that is not wrapped. */
  void line(String text) {
    block(false);
    emit(text);
  }

  /** Ends the line; ending an empty one again asks for a blank line. */
  void lineBreak() {
    endWord();
    if (line.length() == 0) {
      blankWanted = true;
    } else {
      endLine();
    }
  }

  /** Ends the paragraph; the next begins on a new line, or after a blank one. */
  void block(boolean blankLine) {
    endWord();
    endLine();
    blankWanted |= blankLine;
  }

  /**
   * Puts something before each line from now on. So deep that little room would be left, nothing.
   *
   * @param first before the first line; as wide as {@code rest}, or empty
   * @param rest before the others
   */
  void indent(String first, String rest) {
    boolean fits = indentColumns + rest.length() <= MAX_INDENT;
    indents.add(fits ? new Indent(first, rest) : new Indent("", ""));
    indentColumns += fits ? rest.length() : 0;
  }

  /** Takes back the last {@link #indent}. */
  void outdent() {
    Indent last = indents.remove(indents.size() - 1);
    indentColumns -= last.rest.length();
    // a blank line after a quote is not of the quote
    blankIndents = Math.min(blankIndents, indents.size());
  }

  /** Returns how many columns of a line are left beside the indents. */
  int room() {
    return WIDTH - indentColumns;
  }

  /** Begins to look for the widest line. */
  void measure() {
    widest = 0;
  }

  /** Underlines what was written since {@link #measure}, if anything was. */
  void underline(String with) {
    block(false);
    if (widest > 0) {
      emit(with.repeat(Math.min(widest, room())));
    }
  }

  /** Returns whether the text is as long as it may get. */
  boolean isFull() {
    return full;
  }

  /** Returns all lines, divided by LF. */
  String finish() {
    block(false);
    return out.toString().stripTrailing();
  }

  private void endWord() {
    if (word.length() == 0) {
      return;
    }
    boolean spaced = line.length() > 0;
    for (String piece : Characters.pieces(word.toString())) {
      add(piece, spaced);
      spaced = false;
    }
    word.setLength(0);
  }

  private void add(String piece, boolean spaced) {
    int columns = Characters.columns(piece);
    if (line.length() > 0 && lineColumns + (spaced ? 1 : 0) + columns > room()) {
      endLine();
    }
    if (spaced && line.length() > 0) {
      line.append(' ');
      lineColumns++;
    }
    line.append(piece);
    lineColumns += columns;
  }

  private void endLine() {
    String content = takeLine();
    if (!Characters.isInvisible(content)) {
      emit(content);
    }
  }

  private String takeLine() {
    String content = line.toString();
    line.setLength(0);
    lineColumns = 0;
    return content;
  }

  private void emit(String content) {
    if (full) {
      return;
    }
    if (blankWanted && out.length() > 0) {
      indents.subList(0, blankIndents).forEach(indent -> out.append(indent.rest));
      endOutput();
    }
    blankWanted = false;
    blankIndents = indents.size();
    indents.forEach(indent -> out.append(indent.next()));
    out.append(content.replace('\u00a0', ' '));
    endOutput();
    widest = Math.max(widest, Characters.columns(content));
    if (out.length() > MAX_CHARACTERS) {
      out.append("[...]\n");
      full = true;
    }
  }

  /** Ends a line of the result, without the spaces at its end. */
  private void endOutput() {
    int end = out.length();
    while (end > 0 && out.charAt(end - 1) == ' ') {
      end--;
    }
    out.setLength(end);
    out.append('\n');
  }

  /** Stands before lines: a mark before the first, usually blanks before the others. */
  private static final class Indent {
    private final String first;
    private final String rest;
    private boolean used;

    Indent(String first, String rest) {
      this.first = first;
      this.rest = rest;
    }

    String next() {
      String next = used ? rest : first;
      used = true;
      return next;
    }
  }
}
