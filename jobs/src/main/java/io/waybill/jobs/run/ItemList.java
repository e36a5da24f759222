package io.waybill.jobs.run;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.Scope;
import io.waybill.jobs.expression.TemplateRenderer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds the items that a job does its steps for. */
final class ItemList {
  /** The most items of one run; each of them has rows on record. */
  static final int MOST = 10_000;

  private final TemplateRenderer templates = new TemplateRenderer(Filters.standard());

  /**
   * Returns the items as the scope tells them now.
   *
   * @param token of the run's claim
   * @throws JobException.Configuration if what stands there has no value, is no list, or has too
   *     many items
   */
  List<Item> find(EachDefinition each, Scope scope, long token) {
    List<Object> values = new ArrayList<>();
    for (Object given : each.in()) {
      if (given instanceof Template template) {
        values.addAll(list(template, scope, each.in().size() == 1));
      } else {
        values.add(given);
      }
    }
    if (values.size() > MOST) {
      throw new JobException.Configuration(
          ("%s: \"in\" of \"each\" has %d items, and one run takes at most %d;"
                  + " let each run take a part of them, by match or limit")
              .formatted(each.position(), values.size(), MOST));
    }
    List<String> keys = ItemKeys.of(values);
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      items.add(new Item(i + 1, keys.get(i), values.get(i), token));
    }
    return items;
  }

  // One expression that is all there is must yield the list; an empty text is what a default says
  // for no list at all.
  private List<?> list(Template template, Scope scope, boolean isAll) {
    Object value = templates.render(template, scope);
    if (value instanceof List<?> list) {
      return list;
    }
    if ("".equals(value)) {
      return List.of();
    }
    boolean isExpression =
        template.parts().size() == 1 && template.parts().get(0) instanceof Template.Reference;
    if (!isAll || !isExpression) {
      return List.of(value instanceof Map<?, ?> ? value : value.toString());
    }
    throw new JobException.Configuration(
        "%s: \"in\" of \"each\": %s yields no list".formatted(template.position(), template));
  }
}
