package io.waybill.mail.template;

import io.waybill.mail.MailException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/**
 * Finds the tags of one template, refuses what is wrong with them, and puts a number in the place
 * of each name.
 *
 * <p>The engine takes a tag without an end for text, says no line where a value is of a kind it
 * cannot show, and runs as deep as sections nest. With numbers in place of names, {@link TagLookup}
 * knows which tag of which line asks, whatever the engine tells it.
 */
final class TagScanner {
  static final int MAX_SECTIONS = 32;

  private static final int MAX_TAG = 200;
  private static final String WORD = "[\\p{L}\\p{N}_][\\p{L}\\p{N}_-]*";
  private static final Pattern NAME = Pattern.compile(WORD + "(\\." + WORD + ")*|\\.");
  private static final Set<String> POSITIONS = Set.of("-first", "-last", "-index");

  private final TemplateSource source;
  private final ToIntFunction<Tag> numbers;
  private final BiFunction<String, String, Integer> partials;
  private final StringBuilder compiled = new StringBuilder();
  private final Deque<Open> open = new ArrayDeque<>();
  private int line = 1;

  /**
   * Starts at the beginning of a template.
   *
   * @param numbers keeps a tag and says its number
   * @param partials takes the name of a partial and the place that asks for it, and says the number
   *     it is compiled under
   */
  TagScanner(
      TemplateSource source,
      ToIntFunction<Tag> numbers,
      BiFunction<String, String, Integer> partials) {
    this.source = source;
    this.numbers = numbers;
    this.partials = partials;
  }

  /** Returns the template with numbers for names. */
  String scan() {
    String text = source.text();
    int done = 0;
    for (int start = text.indexOf("{{"); start >= 0; start = text.indexOf("{{", done)) {
      compiled.append(text, done, start);
      line += lines(text, done, start);
      done = tag(text, start + 2);
      line += lines(text, start, done);
    }
    compiled.append(text, done, text.length());
    if (!open.isEmpty()) {
      Open last = open.pop();
      throw wrong(last.line, "opens the section '" + last.name + "', which nothing closes");
    }
    return compiled.toString();
  }

  /** Takes the tag that begins before {@code start}, and returns the position after it. */
  private int tag(String text, int start) {
    boolean comment = text.startsWith("!", start);
    boolean raw = text.startsWith("{", start);
    String close = raw ? "}}}" : "}}";
    int end = text.indexOf(close, start);
    if (comment && end >= 0) {
      compiled.append("{{!}}");
      return end + close.length();
    }
    int from = raw ? start + 1 : start;
    if (end < 0 || end - from > MAX_TAG || !isOneTag(text, from, end)) {
      throw wrong(line, "begins a tag that has no " + close + " on its line");
    }
    String inner = text.substring(from, end).strip();
    if (raw) {
      variable("&", inner);
    } else {
      dispatch(inner);
    }
    return end + close.length();
  }

  private static boolean isOneTag(String text, int from, int end) {
    return text.substring(from, end).chars().noneMatch(c -> c == '{' || c == '}' || c == '\n');
  }

  private void dispatch(String inner) {
    if (inner.isEmpty()) {
      throw wrong(line, "has a tag without a name");
    }
    String name = inner.substring(1).strip();
    switch (inner.charAt(0)) {
      case '#' -> section("#", name);
      case '^' -> section("^", name);
      case '/' -> close(name);
      case '&' -> variable("&", name);
      case '>' ->
          compiled.append("{{>").append(partials.apply(name, source.line(line))).append("}}");
      case '=' -> throw wrong(line, "changes what tags look like, which is not supported");
      case '<', '$' -> throw wrong(line, "inherits from a template: use a partial, {{> name}}");
      default -> variable("", inner);
    }
  }

  private void variable(String mark, String name) {
    compiled.append("{{").append(mark).append(number(name, false)).append("}}");
  }

  private void section(String mark, String name) {
    if (open.size() == MAX_SECTIONS) {
      throw wrong(line, "nests sections deeper than " + MAX_SECTIONS);
    }
    String number = number(name, true);
    open.push(new Open(name, number, line));
    compiled.append("{{").append(mark).append(number).append("}}");
  }

  private void close(String name) {
    if (open.isEmpty()) {
      throw wrong(line, "closes a section '" + name + "' that nothing opened");
    }
    Open last = open.pop();
    if (!last.name.equals(name)) {
      throw wrong(
          line,
          "closes '%s', but the section open here is '%s' of line %d"
              .formatted(name, last.name, last.line));
    }
    compiled.append("{{/").append(last.number).append("}}");
  }

  private String number(String name, boolean section) {
    if (POSITIONS.contains(name)) {
      return name;
    }
    if (!NAME.matcher(name).matches()) {
      throw wrong(
          line,
          "has a tag '"
              + name
              + "', which is no name: letters, digits, '_' and '-', with dots between them");
    }
    return Integer.toString(numbers.applyAsInt(new Tag(source.line(line), name, section)));
  }

  private static int lines(String text, int from, int to) {
    return (int) text.substring(from, to).chars().filter(c -> c == '\n').count();
  }

  private MailException.InvalidMessage wrong(int atLine, String why) {
    return new MailException.InvalidMessage(source.line(atLine), -1, why);
  }

  private record Open(String name, String number, int line) {}
}
