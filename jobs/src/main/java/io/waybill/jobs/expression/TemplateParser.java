package io.waybill.jobs.expression;

import io.waybill.jobs.Position;
import io.waybill.jobs.Template;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a text with expressions in it apart: a dollar, then in braces a path of names and filters,
 * {@code path.to.value | filter('text') | filter(1)}. A second dollar before the brace takes the
 * meaning away; inside an argument {@code ''} stands for one quote. Whether a name exists is not
 * asked here.
 */
public final class TemplateParser {
  private final String text;
  private int at;

  private TemplateParser(String text) {
    this.text = text;
  }

  /**
   * A part and where it stands.
   *
   * @param part literal or reference
   * @param offset of the part's first character in the text, of the {@code $} for a reference
   * @param filterOffsets of each filter's name; empty for a literal
   */
  public record Located(Template.Part part, int offset, List<Integer> filterOffsets) {
    public Located {
      filterOffsets = List.copyOf(filterOffsets);
    }
  }

  /**
   * Parses a text.
   *
   * @param position of the text's first character
   * @throws TemplateSyntaxException if an expression is malformed
   */
  public static Template parse(String text, Position position) {
    List<Template.Part> parts = locate(text).stream().map(Located::part).toList();
    return new Template(text, parts, position);
  }

  /**
   * Parses a text and keeps where each part stands, for messages that point at it.
   *
   * @throws TemplateSyntaxException if an expression is malformed
   */
  public static List<Located> locate(String text) {
    return new TemplateParser(text).parts();
  }

  private List<Located> parts() {
    List<Located> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int literalStart = 0;
    while (at < text.length()) {
      if (text.startsWith("$${", at)) {
        literal.append("${");
        at += 3;
      } else if (text.startsWith("${", at)) {
        if (!literal.isEmpty()) {
          parts.add(new Located(new Template.Literal(literal.toString()), literalStart, List.of()));
          literal.setLength(0);
        }
        parts.add(reference());
        literalStart = at;
      } else {
        literal.append(text.charAt(at++));
      }
    }
    if (!literal.isEmpty()) {
      parts.add(new Located(new Template.Literal(literal.toString()), literalStart, List.of()));
    }
    return parts;
  }

  private Located reference() {
    int start = at;
    at += 2;
    List<String> path = new ArrayList<>();
    skipBlanks();
    path.add(name("a name"));
    while (peek() == '.') {
      at++;
      path.add(name("a name after \".\""));
    }
    List<Template.FilterCall> filters = new ArrayList<>();
    List<Integer> filterOffsets = new ArrayList<>();
    skipBlanks();
    while (peek() == '|') {
      at++;
      skipBlanks();
      filterOffsets.add(at);
      filters.add(new Template.FilterCall(name("a filter's name after \"|\""), arguments()));
      skipBlanks();
    }
    if (at >= text.length()) {
      throw new TemplateSyntaxException(
          "\"${\" has no \"}\"; write $${ where ${ itself is meant", start);
    }
    if (peek() != '}') {
      throw new TemplateSyntaxException(
          "\"|\" or \"}\" is expected in an expression, not \"" + shown() + "\"", at);
    }
    at++;
    return new Located(new Template.Reference(path, filters), start, filterOffsets);
  }

  private List<Object> arguments() {
    List<Object> arguments = new ArrayList<>();
    if (peek() != '(') {
      return arguments;
    }
    at++;
    skipBlanks();
    if (peek() == ')') {
      at++;
      return arguments;
    }
    while (true) {
      skipBlanks();
      arguments.add(argument());
      skipBlanks();
      if (peek() == ')') {
        at++;
        return arguments;
      }
      if (peek() != ',') {
        throw new TemplateSyntaxException(
            "\",\" or \")\" is expected after a filter's argument, not \"" + shown() + "\"", at);
      }
      at++;
    }
  }

  private Object argument() {
    if (peek() == '\'') {
      return quoted();
    }
    int start = at;
    if (peek() == '-') {
      at++;
    }
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    String digits = text.substring(start, at);
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      at = start;
      throw new TemplateSyntaxException(
          "a filter's argument is a whole number or a text in single quotes, not \""
              + shown()
              + "\"",
          start);
    }
  }

  private String quoted() {
    int start = at++;
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '\'') {
        value.append(c);
      } else if (peek() == '\'') {
        value.append('\'');
        at++;
      } else {
        return value.toString();
      }
    }
    throw new TemplateSyntaxException("the argument's closing \"'\" is missing", start);
  }

  private String name(String what) {
    int start = at;
    while (isNameCharacter(peek()) && (at > start || peek() != '-')) {
      at++;
    }
    if (at == start) {
      throw new TemplateSyntaxException(
          what + " is expected in an expression, not \"" + shown() + "\"", start);
    }
    return text.substring(start, at);
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  private void skipBlanks() {
    while (peek() == ' ' || peek() == '\n') {
      at++;
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private String shown() {
    if (at >= text.length()) {
      return "the end of the text";
    }
    return Character.toString(text.codePointAt(at));
  }
}
