package io.waybill.testkit;

import java.util.ArrayList;
import java.util.List;

/** Divides a command into its words: atoms, strings, and lists in parentheses as they stand. */
final class ImapWords {
  private final String text;
  private int at;

  private ImapWords(String text) {
    this.text = text;
  }

  static List<String> of(String text) {
    ImapWords words = new ImapWords(text);
    List<String> all = new ArrayList<>();
    for (String word = words.next(); !word.isEmpty() || words.wasString; word = words.next()) {
      all.add(word);
    }
    return all;
  }

  private boolean wasString;

  private String next() {
    wasString = false;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    if (at == text.length()) {
      return "";
    }
    return text.charAt(at) == '"' ? string() : word();
  }

  private String string() {
    wasString = true;
    StringBuilder string = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
      }
      string.append(text.charAt(at));
    }
    at++;
    return string.toString();
  }

  /** Up to the next blank outside of parentheses and brackets. */
  private String word() {
    int from = at;
    int depth = 0;
    for (; at < text.length() && (depth > 0 || text.charAt(at) != ' '); at++) {
      char c = text.charAt(at);
      depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
    }
    return text.substring(from, at);
  }
}
