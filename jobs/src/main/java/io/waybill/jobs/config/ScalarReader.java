package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.BadValueException;
import io.waybill.jobs.expression.Filter;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.NearestName;
import io.waybill.jobs.expression.ScalarParser;
import io.waybill.jobs.expression.TemplateParser;
import io.waybill.jobs.expression.TemplateParser.Located;
import io.waybill.jobs.expression.TemplateRenderer;
import io.waybill.jobs.expression.TemplateSyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads single values: a literal of its key's type, an expression, or a reference to a secret. */
final class ScalarReader {
  private static final Pattern SECRET_INSIDE =
      Pattern.compile("(^|[^$])\\$\\{\\s*secrets(?![A-Za-z0-9_-])");

  private final Filters filters;
  private final Problems problems;
  private final TemplateRenderer renderer;
  private final ReferenceCheck references;

  ScalarReader(Filters filters, Problems problems) {
    this.filters = filters;
    this.problems = problems;
    renderer = new TemplateRenderer(filters);
    references = new ReferenceCheck(problems);
  }

  /** Returns a reader whose findings go elsewhere. */
  ScalarReader reportingTo(Problems others) {
    return new ScalarReader(filters, others);
  }

  /**
   * Reads a value.
   *
   * @param name of the key, for messages
   * @return the typed literal, a {@link Template} or a {@link io.waybill.jobs.Secret}; empty if it
   *     is wrong, and then there is a problem that says why
   */
  Optional<Object> read(
      YamlNode.Scalar node, ValueType type, Key.Presence presence, String name, Place place) {
    if (node.isNothing()) {
      problems.error(node.origin(), "\"" + name + "\" has no value");
      return Optional.empty();
    }
    boolean mayBeSecret = presence == Key.Presence.TEXT_OR_SECRET;
    if (presence == Key.Presence.SECRET || (mayBeSecret && secretName(node.text()).isPresent())) {
      return secret(node, name, place);
    }
    if (mayBeSecret && SECRET_INSIDE.matcher(node.text()).find()) {
      problems.error(
          node.origin(),
          "\""
              + name
              + "\" is a secret as a whole, or none: write \"${secrets.NAME}\" alone, and keep all of the"
              + " text in that secret");
      return Optional.empty();
    }
    if (!node.text().contains("${")) {
      return literal(node, node.text(), type, name, place);
    }
    return template(node, type, name, place);
  }

  private Optional<Object> secret(YamlNode.Scalar node, String name, Place place) {
    Optional<String> secret = secretName(node.text());
    if (secret.isEmpty()) {
      problems.error(
          node.origin(),
          "\""
              + name
              + "\" takes no value in this file, only a reference: \"${secrets.NAME}\", with NAME defined under"
              + " \"secrets\"");
      return Optional.empty();
    }
    Object value = place.definitions().secrets().get(secret.get());
    if (value == null) {
      problems.error(
          node.origin(),
          "unknown secret \"" + secret.get() + "\"; define it under \"secrets\"",
          NearestName.of(secret.get(), place.definitions().secrets().keySet()));
    }
    return Optional.ofNullable(value);
  }

  private static Optional<String> secretName(String text) {
    try {
      List<Located> parts = TemplateParser.locate(text);
      if (parts.size() == 1
          && parts.get(0).part() instanceof Template.Reference reference
          && reference.filters().isEmpty()
          && reference.path().size() == 2
          && reference.path().get(0).equals("secrets")) {
        return Optional.of(reference.path().get(1));
      }
      return Optional.empty();
    } catch (TemplateSyntaxException e) {
      return Optional.empty();
    }
  }

  private Optional<Object> template(
      YamlNode.Scalar node, ValueType type, String name, Place place) {
    List<Located> parts;
    try {
      parts = TemplateParser.locate(node.text());
    } catch (TemplateSyntaxException e) {
      problems.error(ScalarOffsets.at(node, e.offset()), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    boolean right = true;
    for (Located part : parts) {
      right &= check(part, node, place);
    }
    if (!right) {
      return Optional.empty();
    }
    List<Template.Part> all = parts.stream().map(Located::part).toList();
    Template template = new Template(node.text(), all, node.origin().position());
    if (all.stream().noneMatch(Template.Reference.class::isInstance)) {
      return literal(node, unescaped(all), type, name, place);
    }
    return place.constants().isEmpty()
        ? deferred(template, node, type, name, place)
        : constant(template, node, type, name, place);
  }

  private Optional<Object> constant(
      Template template, YamlNode.Scalar node, ValueType type, String name, Place place) {
    try {
      String text = renderer.renderText(template, place.constants().orElseThrow());
      return literal(node, text, type, name, place);
    } catch (JobException.Configuration e) {
      // The message starts with the position; the problem has its own.
      String prefix = template.position() + ": ";
      String message = String.valueOf(e.getMessage());
      problems.error(
          node.origin(), message.startsWith(prefix) ? message.substring(prefix.length()) : message);
      return Optional.empty();
    }
  }

  private Optional<Object> deferred(
      Template template, YamlNode.Scalar node, ValueType type, String name, Place place) {
    boolean right =
        !(type instanceof ValueType.Scalar scalar)
            || !(template.parts().get(0) instanceof Template.Literal start)
            || references.checkStart(start.text(), scalar, node, name, place);
    return right ? Optional.of(template) : Optional.empty();
  }

  private Optional<Object> literal(
      YamlNode.Scalar node, String text, ValueType type, String name, Place place) {
    try {
      if (type instanceof ValueType.OneOf oneOf) {
        return Optional.of(ScalarParser.oneOf(text, oneOf.words()));
      }
      ValueType.Scalar scalar = (ValueType.Scalar) type;
      Object value = ScalarParser.parse(text, scalar);
      return references.check(text, scalar, node, name, place)
          ? Optional.of(value)
          : Optional.empty();
    } catch (BadValueException e) {
      Optional<String> near =
          type instanceof ValueType.OneOf oneOf
              ? NearestName.of(text, oneOf.words())
              : Optional.empty();
      problems.error(node.origin(), "\"" + name + "\" " + e.getMessage(), near);
      return Optional.empty();
    }
  }

  private boolean check(Located located, YamlNode.Scalar node, Place place) {
    if (!(located.part() instanceof Template.Reference reference)) {
      return true;
    }
    Optional<KnownNames.Finding> finding = place.names().check(reference.path());
    finding.ifPresent(
        f -> problems.error(ScalarOffsets.at(node, located.offset()), f.message(), f.suggestion()));
    boolean right = finding.isEmpty();
    ValueKind before = right ? place.names().kind(reference.path()) : ValueKind.UNKNOWN;
    boolean isDay = before.form() == ValueKind.Form.DATE; // days before and after one are, too
    for (int i = 0; i < reference.filters().size(); i++) {
      Template.FilterCall call = reference.filters().get(i);
      Origin where = ScalarOffsets.at(node, located.filterOffsets().get(i));
      boolean fits = check(call, where) && canTake(call, before, where);
      right &= fits && (!isDay || canTakeDay(call, where));
      before = filters.yields(call);
      isDay &= before.form() == ValueKind.Form.DATE;
    }
    return right;
  }

  private boolean canTake(Template.FilterCall call, ValueKind before, Origin where) {
    Filter.Signature signature = filters.find(call.name()).orElseThrow().signature();
    if (signature.canTake(before)) {
      return true;
    }
    problems.error(
        where,
        "filter \"%s\" takes %s, and what stands before it is %s"
            .formatted(call.name(), signature.takesInWords(), before.form().words()));
    return false;
  }

  private boolean canTakeDay(Template.FilterCall call, Origin where) {
    Optional<String> problem =
        filters.find(call.name()).orElseThrow().problemWithDay(call.arguments());
    problem.ifPresent(p -> problems.error(where, p));
    return problem.isEmpty();
  }

  private boolean check(Template.FilterCall call, Origin where) {
    Optional<Filter> filter = filters.find(call.name());
    if (filter.isEmpty()) {
      problems.error(
          where,
          "unknown filter \"" + call.name() + "\"",
          NearestName.of(call.name(), filters.names()));
      return false;
    }
    Optional<String> problem = filter.get().problemWith(call.arguments());
    problem.ifPresent(p -> problems.error(where, p));
    return problem.isEmpty();
  }

  private static String unescaped(List<Template.Part> literals) {
    StringBuilder text = new StringBuilder();
    literals.forEach(part -> text.append(((Template.Literal) part).text()));
    return text.toString();
  }
}
