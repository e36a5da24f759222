package io.waybill.jobs.expression;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts values in the place of expressions. */
public final class TemplateRenderer {
  private final Filters filters;

  public TemplateRenderer(Filters filters) {
    this.filters = filters;
  }

  /**
   * Renders a template. One that is a single reference yields the value itself, whatever its type;
   * any other yields text.
   *
   * @throws JobException.Configuration if something it refers to has no value, or a filter cannot
   *     use what it gets
   */
  public Object render(Template template, Scope scope) {
    if (template.parts().size() == 1
        && template.parts().get(0) instanceof Template.Reference reference) {
      return value(reference, template, scope);
    }
    return renderText(template, scope);
  }

  /**
   * Renders a template to text.
   *
   * @throws JobException.Configuration if something it refers to has no value, or a filter cannot
   *     use what it gets
   */
  public String renderText(Template template, Scope scope) {
    StringBuilder text = new StringBuilder();
    for (Template.Part part : template.parts()) {
      if (part instanceof Template.Literal literal) {
        text.append(literal.text());
      } else if (part instanceof Template.Reference reference) {
        text.append(text(reference, template, scope));
      }
    }
    return text.toString();
  }

  /** Renders every template in a tree of lists and maps; anything else stays as it is. */
  public Object renderTree(Object tree, Scope scope) {
    if (tree instanceof Template template) {
      return render(template, scope);
    }
    if (tree instanceof List<?> list) {
      List<Object> rendered = new ArrayList<>();
      list.forEach(element -> rendered.add(renderTree(element, scope)));
      return rendered;
    }
    if (tree instanceof Map<?, ?> map) {
      Map<Object, Object> rendered = new LinkedHashMap<>();
      map.forEach((key, value) -> rendered.put(key, renderTree(value, scope)));
      return rendered;
    }
    return tree;
  }

  /**
   * Returns whether people have said what a part of a template yields, who write the file or start
   * a run, and nothing of it was found: {@code default('*.csv')} stands in with what they have
   * said.
   *
   * @throws JobException.Configuration as {@link #render}
   */
  boolean isByAuthor(Template.Part part, Template template, Scope scope) {
    return !(part instanceof Template.Reference reference)
        || yielded(reference, template, scope).isByAuthor();
  }

  private String text(Template.Reference reference, Template template, Scope scope) {
    Object value = value(reference, template, scope);
    try {
      return Values.text(value);
    } catch (BadValueException e) {
      throw failure(reference, template, e.getMessage());
    }
  }

  private Object value(Template.Reference reference, Template template, Scope scope) {
    return yielded(reference, template, scope).value();
  }

  private record Yielded(Object value, boolean isByAuthor) {}

  private Yielded yielded(Template.Reference reference, Template template, Scope scope) {
    @Nullable Object value = scope.find(reference.path()).orElse(null);
    boolean isByAuthor = scope.isByAuthor(reference);
    for (Template.FilterCall call : reference.filters()) {
      Filter filter =
          filters
              .find(call.name())
              .orElseThrow(
                  () -> failure(reference, template, "has an unknown filter: " + call.name()));
      Optional<String> problem = filter.problemWith(call.arguments());
      if (problem.isPresent()) {
        throw failure(reference, template, "cannot be read: " + problem.get());
      }
      if (value != null || filter.signature().takesNothing()) {
        boolean isNothing = value == null || "".equals(value);
        value = apply(filter, value, call, reference, template, scope);
        isByAuthor |= isNothing && call.name().equals(Filters.DEFAULT);
      }
    }
    if (value == null) {
      throw failure(
          reference,
          template,
          reference.path().get(0).equals("trigger")
              ? "has no value: no such trigger has started this run"
              : nothing(reference, scope) + "; add \"| default('...')\" if that can be");
    }
    return new Yielded(value, isByAuthor);
  }

  private static String nothing(Template.Reference reference, Scope scope) {
    List<String> path = reference.path();
    boolean isOfStep = path.size() > 2 && path.get(0).equals("steps");
    return isOfStep && scope.find(path.subList(0, 2)).isEmpty()
        ? "has no value here, as step \"" + path.get(1) + "\" was left out or has not succeeded"
        : "has no value here";
  }

  private static @Nullable Object apply(
      Filter filter,
      @Nullable Object value,
      Template.FilterCall call,
      Template.Reference reference,
      Template template,
      Scope scope) {
    try {
      return filter.operation().apply(value, filter.withFallbacks(call.arguments()), scope.zone());
    } catch (BadValueException e) {
      throw failure(reference, template, e.getMessage() + " (filter \"" + filter.name() + "\")");
    }
  }

  private static JobException.Configuration failure(
      Template.Reference reference, Template template, @Nullable String what) {
    return new JobException.Configuration(
        template.position() + ": ${" + String.join(".", reference.path()) + "} " + what);
  }
}
