package io.waybill.scheduler.time;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of an expression.
 *
 * @param offset where in the expression it begins
 */
record CronWord(String text, int offset) {

  /** Splits an expression at its blanks. */
  static List<CronWord> split(String expression) {
    List<CronWord> words = new ArrayList<>();
    int i = 0;
    while (i < expression.length()) {
      if (isBlank(expression.charAt(i))) {
        i++;
        continue;
      }
      int start = i;
      while (i < expression.length() && !isBlank(expression.charAt(i))) {
        i++;
      }
      words.add(new CronWord(expression.substring(start, i), start));
    }
    return words;
  }

  /** Splits a list at its commas. */
  List<CronWord> items() {
    List<CronWord> items = new ArrayList<>();
    int start = offset;
    for (String item : text.split(",", -1)) {
      items.add(new CronWord(item, start));
      start += item.length() + 1;
    }
    return items;
  }

  CronWord part(int from, int to) {
    return new CronWord(text.substring(from, to), offset + from);
  }

  CronWord part(int from) {
    return part(from, text.length());
  }

  // what is copied from a page or written over lines has blanks of all kinds
  private static boolean isBlank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
