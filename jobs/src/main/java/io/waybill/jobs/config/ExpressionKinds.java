package io.waybill.jobs.config;

import io.waybill.jobs.Template;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.expression.Filters;
import java.util.Optional;

/** What checked expressions are known to yield. */
final class ExpressionKinds {
  private ExpressionKinds() {}

  /** Returns what a checked text yields: one expression keeps its kind, all else is text. */
  static ValueKind of(Template template, KnownNames names) {
    return single(template).map(reference -> of(reference, names)).orElse(ValueKind.TEXT);
  }

  /** Returns the expression that a text is, if it is nothing else. */
  static Optional<Template.Reference> single(Template template) {
    return template.parts().size() == 1
            && template.parts().get(0) instanceof Template.Reference reference
        ? Optional.of(reference)
        : Optional.empty();
  }

  private static ValueKind of(Template.Reference reference, KnownNames names) {
    ValueKind kind = names.kind(reference.path());
    for (Template.FilterCall call : reference.filters()) {
      kind = Filters.standard().yields(call);
    }
    return kind;
  }
}
