package io.waybill.jobs.expression;

import io.waybill.jobs.FileReference;
import io.waybill.jobs.Template;
import java.util.List;
import java.util.Set;

/**
 * Keeps what a job finds from being a pattern: a partner may call a file {@code *}. Only who writes
 * the job file or starts a run means one.
 */
final class FoundNames {
  private static final Set<String> AUTHORS = Set.of("params", "vars");

  private final TemplateRenderer templates;

  FoundNames(TemplateRenderer templates) {
    this.templates = templates;
  }

  /**
   * Returns a location that a template yields; as the name of what it names if something that was
   * found would make it a pattern.
   *
   * @throws BadValueException if it is a pattern besides
   */
  Object meant(Object location, Template template, Scope scope) {
    if (!(location instanceof String text) || !FileReference.isPattern(text)) {
      return location;
    }
    boolean isWhole = template.parts().size() == 1; // which may be one of a list
    boolean isMeant = false;
    boolean isFound = false;
    for (Template.Part part : template.parts()) {
      if (isWhole || FileReference.isPattern(text(part, template, scope))) {
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

  private String text(Template.Part part, Template template, Scope scope) {
    return templates.renderText(
        new Template(template.source(), List.of(part), template.position()), scope);
  }

  private static boolean isByAuthor(Template.Part part) {
    return !(part instanceof Template.Reference reference)
        || AUTHORS.contains(reference.path().get(0));
  }
}
