package io.waybill.jobs.config;

import io.waybill.jobs.Position;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One thing that is wrong, or risky, in a job file.
 *
 * @param severity whether the file can be used all the same
 * @param position where
 * @param message what, in one sentence without a full stop; never a secret's value
 * @param excerpt the line, with what could be a secret blotted out; empty if there is no line to
 *     show
 * @param suggestion the name that was probably meant
 */
public record Problem(
    Severity severity,
    Position position,
    String message,
    Optional<Excerpt> excerpt,
    Optional<String> suggestion) {
  private static final int LONGEST = 1_000;

  /** Whether a file with the problem can be used. */
  public enum Severity {
    ERROR,
    WARNING
  }

  /**
   * A line of the file as it can be shown.
   *
   * @param line without its end
   * @param caret index of the character to point at
   */
  public record Excerpt(String line, int caret) {
    public Excerpt {
      line = printable(line);
    }
  }

  public Problem {
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(position, "position");
    message = printable(cut(message));
    Objects.requireNonNull(excerpt, "excerpt");
    suggestion = suggestion.map(Problem::cut).map(Problem::printable);
  }

  /** Returns the problem for people, on one to four lines, without a line end at its end. */
  public String render() {
    StringBuilder text = new StringBuilder();
    text.append(position)
        .append(": ")
        .append(severity.name().toLowerCase(Locale.ROOT))
        .append(": ")
        .append(message);
    excerpt.ifPresent(e -> text.append('\n').append(e.line()).append('\n').append(pointer(e)));
    suggestion.ifPresent(s -> text.append("\ndid you mean \"").append(s).append("\"?"));
    return text.toString();
  }

  /**
   * Returns the problem for JSON: {@code severity file line column message}, and {@code suggestion}
   * if there is one.
   */
  public Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("severity", severity.name().toLowerCase(Locale.ROOT));
    map.put("file", position.file());
    map.put("line", position.line());
    map.put("column", position.column());
    map.put("message", message);
    suggestion.ifPresent(s -> map.put("suggestion", s));
    return map;
  }

  // Tabs stay tabs, so that the caret stands under its character however wide the terminal makes
  // them.
  private static String pointer(Excerpt excerpt) {
    StringBuilder pointer = new StringBuilder();
    for (int i = 0; i < excerpt.caret() && i < excerpt.line().length(); i++) {
      char c = excerpt.line().charAt(i);
      if (!Character.isLowSurrogate(c)) {
        pointer.append(c == '\t' ? '\t' : ' ');
      }
    }
    return pointer.append('^').toString();
  }

  // A message quotes the file, where a name can be as long as the file is.
  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  // A file must not be able to write escape sequences to somebody's terminal.
  private static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.chars().forEach(c -> safe.append(Character.isISOControl(c) && c != '\t' ? '?' : (char) c));
    return safe.toString();
  }
}
