package io.waybill.jobs.run;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.Template;
import io.waybill.jobs.expression.Filters;
import io.waybill.jobs.expression.Scope;
import io.waybill.jobs.expression.TemplateRenderer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Arguments of a step as a person reads them: rendered where that can be done now. */
final class ArgumentWords {
  private final TemplateRenderer templates = new TemplateRenderer(Filters.standard());

  /**
   * Returns a value: texts, and lists and mappings of these.
   *
   * @param known steps whose outputs are
   */
  Object shown(Object value, Scope values, Set<String> known) {
    if (value instanceof Template template) {
      Set<String> unknown = new LinkedHashSet<>();
      JobRehearsal.collectUnknown(template, known, unknown);
      unknown.removeIf(name -> name.startsWith("${trigger.")); // its value says so itself
      return unknown.isEmpty() ? rendered(template, values) : template.source();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> all = new LinkedHashMap<>();
      map.forEach((key, each) -> all.put(String.valueOf(key), shown(each, values, known)));
      return all;
    }
    if (value instanceof List<?> list) {
      boolean isWhole = list.size() == 1 && list.get(0) instanceof Template;
      List<Object> all = list.stream().map(each -> shown(each, values, known)).toList();
      return isWhole && isOfMany((Template) list.get(0), values) ? all.get(0) : all;
    }
    return value instanceof Secret secret
        ? "${secrets." + secret.name() + "}"
        : String.valueOf(value);
  }

  // what is rendered for each file of its own stands as it is
  private String rendered(Template template, Scope values) {
    try {
      Object value = templates.render(template, values);
      return value instanceof List<?> || value instanceof Map<?, ?>
          ? counted(value, template)
          : String.valueOf(value);
    } catch (JobException.Configuration e) {
      return template.source();
    }
  }

  private boolean isOfMany(Template template, Scope values) {
    try {
      Object value = templates.render(template, values);
      return value instanceof List<?> || value instanceof Map<?, ?>;
    } catch (JobException.Configuration e) {
      return false; // it stands as it is
    }
  }

  // of files and messages, where they come from; a list of texts is what it is
  private static String counted(Object value, Template template) {
    List<?> all =
        value instanceof List<?> list
            ? list.stream().flatMap(ArgumentWords::flat).toList()
            : List.of(value);
    if (!all.isEmpty() && all.stream().noneMatch(Map.class::isInstance)) {
      return String.join(", ", all.stream().map(String::valueOf).toList());
    }
    String what =
        all.stream().allMatch(each -> has(each, "uid-validity"))
            ? "message"
            : all.stream().allMatch(each -> has(each, "location")) ? "file" : "value";
    String noun =
        all.isEmpty() ? "nothing" : all.size() + " " + what + (all.size() == 1 ? "" : "s");
    return noun + " from " + origin(template);
  }

  private static Stream<?> flat(Object value) {
    return value instanceof List<?> list ? list.stream() : Stream.of(value);
  }

  private static boolean has(Object value, String name) {
    return value instanceof Map<?, ?> map && map.containsKey(name);
  }

  private static String origin(Template template) {
    return template.parts().get(0) instanceof Template.Reference reference
        ? String.join(".", reference.path().subList(0, Math.min(2, reference.path().size())))
        : template.source();
  }
}
