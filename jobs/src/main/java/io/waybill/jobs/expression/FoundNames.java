package io.waybill.jobs.expression;

import io.waybill.jobs.FileReference;
import io.waybill.jobs.Template;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Keeps what a job finds from meaning more than itself where names are expected: a partner may call
 * a file {@code *}, or as a connection is called, and what yields nothing would leave the directory
 * that it should have been in. Only who writes the job file or starts a run means a pattern.
 */
final class FoundNames {
  // of a directory it is the directory itself
  private static final Pattern NO_NAME = Pattern.compile("(\\.?[/\\\\])*\\.?");
  private static final Pattern CONNECTION =
      Pattern.compile("[A-Za-z][A-Za-z0-9._-]+:.*", Pattern.DOTALL);
  private static final Pattern WEB = Pattern.compile("https?://");
  private static final String LOCATION = "location";
  private static final String IN_BRACKETS = "]!^-";
  private static final String IN_BRACES = "},";

  private final TemplateRenderer templates;

  FoundNames(TemplateRenderer templates) {
    this.templates = templates;
  }

  /**
   * Checks that each expression of a path yields a name of its own, and that what was found names
   * no connection.
   *
   * @throws BadValueException if one does not. It may yield nothing if it says so itself, by {@code
   *     default('')}; what stands first may be a root, and is a whole location if it is called so
   */
  void requireNames(Template template, Scope scope) {
    StringBuilder before = new StringBuilder();
    for (Template.Part part : template.parts()) {
      boolean isQuery = before.indexOf("?") > 0 && WEB.matcher(before).lookingAt();
      Object value = templates.render(alone(part, template), scope);
      if (part instanceof Template.Reference reference
          && !isQuery
          && value instanceof String text) {
        requireName(text, reference, before.length() == 0, template);
        if (before.length() == 0) {
          requireNoConnection(text, reference, template, scope);
        }
      }
      before.append(value instanceof String text ? text : "x"); // a number, a date
    }
  }

  private static void requireName(
      String text, Template.Reference reference, boolean isFirst, Template template) {
    boolean isNothing = isFirst ? text.isEmpty() : NO_NAME.matcher(text).matches();
    boolean mayBe =
        text.isEmpty()
            && reference.filters().stream().anyMatch(call -> call.name().equals(Filters.DEFAULT));
    if (isNothing && !mayBe) {
      throw new BadValueException(
          "is %s, of which an expression yields %s, so that another path is left; if nothing can be there, add \"| default('')\" to it"
              .formatted(
                  ScalarParser.quote(template.source()),
                  text.isEmpty() ? "nothing" : "only " + ScalarParser.quote(text)));
    }
  }

  private void requireNoConnection(
      String text, Template.Reference reference, Template template, Scope scope) {
    List<String> path = reference.path();
    boolean isLocation = path.get(path.size() - 1).equals(LOCATION);
    if (!isLocation
        && !templates.isByAuthor(reference, template, scope)
        && CONNECTION.matcher(text).matches()) {
      throw new BadValueException(
          "is %s, in which an expression yields what looks like a connection: %s; write \"./\" or a directory before it"
              .formatted(ScalarParser.quote(template.source()), ScalarParser.quote(text)));
    }
  }

  /** Returns the regular expression that a template yields, in which what was found is text. */
  String regex(Template template, Scope scope) {
    return template.parts().stream()
        .map(
            part -> {
              String text = String.join("", texts(part, template, scope));
              return templates.isByAuthor(part, template, scope) ? text : Pattern.quote(text);
            })
        .collect(Collectors.joining());
  }

  /**
   * Returns a location that a template yields; as the name of what it names if something that was
   * found would make it a pattern.
   *
   * @throws BadValueException if it is a pattern besides
   */
  Object location(Object location, Template template, Scope scope) {
    if (!(location instanceof String text) || !FileReference.isPattern(text)) {
      return location;
    }
    boolean isWhole = template.parts().size() == 1; // which may be one of a list
    boolean isMeant = false;
    boolean isFound = false;
    StringBuilder before = new StringBuilder();
    for (Template.Part part : template.parts()) {
      boolean isByAuthor = templates.isByAuthor(part, template, scope);
      String own = isWhole ? text : String.join("", texts(part, template, scope));
      if (isWhole || FileReference.isPattern(own)) {
        isMeant |= isByAuthor;
        isFound |= !isByAuthor;
      }
      isFound |= !isByAuthor && hasMeaningBehind(before.toString(), own);
      before.append(isByAuthor ? own : "x");
    }
    if (isMeant && isFound) {
      throw new BadValueException(
          "is %s: the pattern in it meets a character of patterns (* ? [ ] { } , ! ^ -) in what an expression yields, which stands for itself; choose by \"match\" instead"
              .formatted(ScalarParser.quote(text)));
    }
    return isFound ? new FileReference(text, FileReference.Meaning.NAME) : text;
  }

  // in brackets and braces that somebody has opened
  private static boolean hasMeaningBehind(String pattern, String found) {
    int braces = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      int close = c == '[' ? pattern.indexOf(']', i + 2) : i;
      if (close < 0) {
        return found.chars().anyMatch(each -> IN_BRACKETS.indexOf(each) >= 0);
      }
      i = close;
      braces += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return braces > 0 && found.chars().anyMatch(each -> IN_BRACES.indexOf(each) >= 0);
  }

  /** Returns the patterns that a template yields, in which what was found stands for itself. */
  List<String> patterns(Template template, Scope scope) {
    if (template.parts().size() == 1) {
      Template.Part part = template.parts().get(0);
      return texts(part, template, scope).stream()
          .map(text -> escaped(text, part, template, scope))
          .toList();
    }
    return List.of(
        template.parts().stream()
            .map(
                part ->
                    escaped(String.join("", texts(part, template, scope)), part, template, scope))
            .collect(Collectors.joining()));
  }

  private String escaped(String text, Template.Part part, Template template, Scope scope) {
    return templates.isByAuthor(part, template, scope) ? text : FileReference.literal(text);
  }

  private List<String> texts(Template.Part part, Template template, Scope scope) {
    Template alone = alone(part, template);
    return template.parts().size() == 1 && templates.render(alone, scope) instanceof List<?> list
        ? list.stream().map(Values::text).toList()
        : List.of(templates.renderText(alone, scope));
  }

  private static Template alone(Template.Part part, Template template) {
    return new Template(template.source(), List.of(part), template.position());
  }
}
