package io.waybill.jobs.expression;

import io.waybill.jobs.FileReference;
import io.waybill.jobs.Template;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps what a job finds from meaning more than itself where names are expected: a partner may call
 * a file {@code *}, and what yields nothing would leave the directory that it should have been in.
 * Only who writes the job file or starts a run means a pattern.
 */
final class FoundNames {
  private static final Set<String> AUTHORS = Set.of("params", "vars");

  private final TemplateRenderer templates;

  FoundNames(TemplateRenderer templates) {
    this.templates = templates;
  }

  /**
   * Checks that no expression of a path yields nothing.
   *
   * @throws BadValueException if one does, unless it says itself that it may: {@code default('')}
   */
  void requireSomething(Template template, Scope scope) {
    for (Template.Part part : template.parts()) {
      boolean isChecked =
          part instanceof Template.Reference reference
              && reference.filters().stream().noneMatch(call -> call.name().equals("default"));
      if (isChecked && "".equals(templates.render(alone(part, template), scope))) {
        throw new BadValueException(
            "is "
                + ScalarParser.quote(template.source())
                + ", of which an expression yields nothing, so that another path is left; if that can be, add \"| default('')\" to it");
      }
    }
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
    for (Template.Part part : template.parts()) {
      if (isWhole || texts(part, template, scope).stream().anyMatch(FileReference::isPattern)) {
        isMeant |= isByAuthor(part);
        isFound |= !isByAuthor(part);
      }
    }
    if (isMeant && isFound) {
      throw new BadValueException(
          "is %s: the pattern in it meets *, ?, [ or { in what an expression yields, which stand for themselves; choose by \"match\" instead"
              .formatted(ScalarParser.quote(text)));
    }
    return isFound ? new FileReference(text, FileReference.Meaning.NAME) : text;
  }

  /** Returns the patterns that a template yields, in which what was found stands for itself. */
  List<String> patterns(Template template, Scope scope) {
    if (template.parts().size() == 1) {
      Template.Part part = template.parts().get(0);
      return texts(part, template, scope).stream().map(text -> escaped(text, part)).toList();
    }
    return List.of(
        template.parts().stream()
            .map(part -> escaped(String.join("", texts(part, template, scope)), part))
            .collect(Collectors.joining()));
  }

  private static String escaped(String text, Template.Part part) {
    return isByAuthor(part) ? text : FileReference.literal(text);
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

  private static boolean isByAuthor(Template.Part part) {
    return !(part instanceof Template.Reference reference)
        || AUTHORS.contains(reference.path().get(0));
  }
}
