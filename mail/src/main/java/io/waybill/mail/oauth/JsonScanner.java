package io.waybill.mail.oauth;

/** Goes over JSON text (RFC 8259 2 to 7) from front to back, strictly. */
final class JsonScanner {
  private final String text;
  private int at;

  JsonScanner(String text) {
    this.text = text;
  }

  /** The first character of what comes next, blanks left out; NUL, which begins nothing, at end. */
  char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : '\0';
  }

  boolean skipIf(char c) {
    boolean is = peek() == c && at < text.length();
    if (is) {
      at++;
    }
    return is;
  }

  void expect(char c) throws MalformedJson {
    if (!skipIf(c)) {
      throw malformed("no " + c);
    }
  }

  void requireEnd() throws MalformedJson {
    peek();
    if (at < text.length()) {
      throw malformed("more than one object");
    }
  }

  MalformedJson malformed(String what) {
    return new MalformedJson(what, at);
  }

  String string() throws MalformedJson {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      char c = take();
      if (c == '"') {
        return value.toString();
      }
      if (c < ' ') {
        throw malformed("a control character in a string");
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws MalformedJson {
    char c = take();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> fourDigits();
      default -> throw malformed("an unknown escape");
    };
  }

  private char fourDigits() throws MalformedJson {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      char c = take();
      // not Character.digit, which takes the digits of every script
      int digit = "0123456789abcdef".indexOf(c >= 'A' && c <= 'F' ? (char) (c + 32) : c);
      if (digit < 0) {
        throw malformed("no hexadecimal digit");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private char take() throws MalformedJson {
    if (at >= text.length()) {
      throw malformed("an end");
    }
    return text.charAt(at++);
  }

  /** Returns a number as it is written: {@code [-] int [frac] [exp]}. */
  String number() throws MalformedJson {
    peek();
    int start = at;
    skipChar('-');
    if (!skipChar('0')) {
      skipDigits();
    }
    if (skipChar('.')) {
      skipDigits();
    }
    if (skipChar('e') || skipChar('E')) {
      if (!skipChar('+')) {
        skipChar('-');
      }
      skipDigits();
    }
    return text.substring(start, at);
  }

  /** Unlike {@link #skipIf}: no blank stands within a number. */
  private boolean skipChar(char c) {
    boolean is = at < text.length() && text.charAt(at) == c;
    if (is) {
      at++;
    }
    return is;
  }

  private void skipDigits() throws MalformedJson {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw malformed("no digit");
    }
  }

  /** Skips any value with at most {@code depth} levels of objects and arrays in it. */
  void skipValue(int depth) throws MalformedJson {
    switch (peek()) {
      case '{', '[' -> skipNested(depth);
      case '"' -> string();
      case 't' -> skipWord("true");
      case 'f' -> skipWord("false");
      case 'n' -> skipWord("null");
      default -> number();
    }
  }

  private void skipNested(int depth) throws MalformedJson {
    if (depth == 0) {
      throw malformed("too many levels");
    }
    boolean named = skipIf('{');
    char end = named ? '}' : ']';
    if (!named) {
      expect('[');
    }
    if (skipIf(end)) {
      return;
    }
    do {
      if (named) {
        string();
        expect(':');
      }
      skipValue(depth - 1);
    } while (skipIf(','));
    expect(end);
  }

  private void skipWord(String word) throws MalformedJson {
    if (!text.startsWith(word, at)) {
      throw malformed("no value");
    }
    at += word.length();
  }
}
