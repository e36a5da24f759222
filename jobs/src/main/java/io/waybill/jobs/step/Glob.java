package io.waybill.jobs.step;

import java.util.regex.Pattern;

/**
 * A shell pattern over {@code /}-separated names: {@code *} and {@code ?} stay within a segment,
 * {@code **} does not, {@code [a-z]}, {@code [!a]} and <code>{a,b}</code> as in a shell. Like in a
 * shell, {@code *} does not match a leading dot.
 */
final class Glob {
  private final Pattern pattern;

  private Glob(Pattern pattern) {
    this.pattern = pattern;
  }

  static Glob of(String text) {
    StringBuilder regex = new StringBuilder();
    int braces = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean segmentStart = i == 0 || text.charAt(i - 1) == '/';
      switch (c) {
        case '*' -> {
          if (text.startsWith("**", i)) {
            i++;
            if (text.startsWith("/", i + 1)) {
              i++;
              regex.append("(?:.*/)?");
            } else {
              regex.append(".*");
            }
          } else {
            regex.append(segmentStart ? "(?!\\.)[^/]*" : "[^/]*");
          }
        }
        case '?' -> regex.append("[^/]");
        case '[' -> i = characterClass(text, i, regex);
        case '{' -> {
          braces++;
          regex.append("(?:");
        }
        case '}' -> regex.append(braces-- > 0 ? ")" : "\\}");
        case ',' -> regex.append(braces > 0 ? "|" : ",");
        default -> regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return new Glob(Pattern.compile(regex + ")".repeat(Math.max(0, braces)), Pattern.DOTALL));
  }

  boolean matches(String name) {
    return pattern.matcher(name).matches();
  }

  private static int characterClass(String text, int open, StringBuilder regex) {
    int close = text.indexOf(']', open + 2);
    if (close < 0) {
      regex.append("\\[");
      return open;
    }
    String inside = text.substring(open + 1, close);
    boolean negated = inside.startsWith("!") || inside.startsWith("^");
    String members =
        (negated ? inside.substring(1) : inside).replaceAll("([\\\\\\[\\]&^])", "\\\\$1");
    regex.append("(?!/)[").append(negated ? "^" : "").append(members).append(']');
    return close;
  }
}
