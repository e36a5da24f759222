package io.waybill.jobs.config;

import io.waybill.jobs.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The text of one job file, its lines, and what in it must not be shown. */
final class SourceText {
  private static final int WIDEST_EXCERPT = 160;
  private static final String BLOT = "***";

  private final String name;
  private final String text;
  private final List<Integer> lineStarts = new ArrayList<>();
  private final List<Origin> blots = new ArrayList<>();
  // by code point; empty where every code point is one char
  private final int[] charIndexes;

  SourceText(String name, String text) {
    this.name = name;
    this.text = text;
    charIndexes = charIndexes(text);
    lineStarts.add(0);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean first = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if ((c == '\n' || c == '\r') && !first) {
        lineStarts.add(i + 1);
      }
    }
  }

  String name() {
    return name;
  }

  String text() {
    return text;
  }

  /** Returns the index of the {@code char} at which a code point begins. */
  int offset(int codePoint) {
    if (charIndexes.length == 0) {
      return Math.min(codePoint, text.length());
    }
    return charIndexes[Math.min(codePoint, charIndexes.length - 1)];
  }

  /** Returns a line without its end. */
  String line(int number) {
    return text.substring(lineStarts.get(number - 1), endOfLine(number - 1));
  }

  /** Returns whether the line before that of a place has nothing in it. */
  boolean hasBlankLineBefore(int offset) {
    int line = lineOf(offset);
    return line > 0 && line(line).isBlank();
  }

  Position position(int offset) {
    int line = lineOf(offset);
    return new Position(name, line + 1, text.codePointCount(lineStarts.get(line), offset) + 1);
  }

  /** Returns the index at which the line of a place begins. */
  int lineStart(int offset) {
    return lineStarts.get(lineOf(offset));
  }

  Origin at(int offset) {
    return new Origin(this, offset, offset);
  }

  /** Hides a stretch from every excerpt. */
  void blot(int start, int end) {
    blots.add(new Origin(this, start, end));
  }

  /** Returns the line of a place as it can be shown, what must be hidden replaced. */
  Problem.Excerpt excerpt(int offset) {
    int line = lineOf(offset);
    int end = endOfLine(line);
    StringBuilder shown = new StringBuilder();
    int at = lineStarts.get(line);
    int caret = -1;
    for (Origin blot : blotsBetween(at, end)) {
      int from = Math.max(blot.start(), at);
      int to = Math.min(blot.end(), end);
      if (from >= to) {
        continue;
      }
      if (caret < 0 && offset < to) {
        caret = shown.length() + Math.min(offset, from) - at;
      }
      shown.append(text, at, from).append(BLOT);
      at = to;
    }
    if (caret < 0) {
      caret = shown.length() + Math.min(offset, end) - at;
    }
    return cut(shown.append(text, at, end).toString(), caret);
  }

  private List<Origin> blotsBetween(int start, int end) {
    return blots.stream()
        .filter(blot -> blot.start() < end && blot.end() > start)
        .sorted(Comparator.comparingInt(Origin::start))
        .toList();
  }

  private static Problem.Excerpt cut(String line, int caret) {
    if (line.length() <= WIDEST_EXCERPT) {
      return new Problem.Excerpt(line, caret);
    }
    int from = Math.max(0, Math.min(caret - WIDEST_EXCERPT / 2, line.length() - WIDEST_EXCERPT));
    return new Problem.Excerpt(line.substring(from, from + WIDEST_EXCERPT), caret - from);
  }

  private static int[] charIndexes(String text) {
    int count = text.codePointCount(0, text.length());
    if (count == text.length()) {
      return new int[0];
    }
    int[] indexes = new int[count + 1];
    int at = 0;
    for (int i = 0; i <= count; i++) {
      indexes[i] = at;
      at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
    }
    return indexes;
  }

  private int endOfLine(int line) {
    int end = line + 1 < lineStarts.size() ? lineStarts.get(line + 1) : text.length();
    while (end > lineStarts.get(line) && "\r\n".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return end;
  }

  private int lineOf(int offset) {
    int low = 0;
    int high = lineStarts.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (lineStarts.get(middle) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
