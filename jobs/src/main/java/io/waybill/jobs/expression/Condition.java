package io.waybill.jobs.expression;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Template;

/** Decides whether a step is done: what stands behind {@code if}. */
public final class Condition {
  private final TemplateRenderer templates;

  public Condition(Filters filters) {
    templates = new TemplateRenderer(filters);
  }

  /**
   * Returns whether it holds.
   *
   * @throws JobException.Configuration if something that it refers to has no value, or it yields
   *     neither true nor false
   */
  public boolean holds(Template condition, Scope scope) {
    Object value = templates.render(condition, scope);
    if (value instanceof Boolean flag) {
      return flag;
    }
    if ("true".equals(value) || "false".equals(value)) {
      return "true".equals(value);
    }
    throw new JobException.Configuration(
        "%s: \"if: %s\" yields %s, and must be true or false"
            .formatted(condition.position(), condition, Values.describe(value)));
  }
}
