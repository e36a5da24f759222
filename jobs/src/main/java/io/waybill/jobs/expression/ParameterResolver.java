package io.waybill.jobs.expression;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Parameter;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueType;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the {@code params} of a run from what it was given and what the job falls back to. */
public final class ParameterResolver {
  private final TemplateRenderer templates;

  public ParameterResolver(Filters filters) {
    templates = new TemplateRenderer(filters);
  }

  /**
   * Resolves every parameter of a job.
   *
   * @param given by name, as text: {@code -p day=2026-01-31}
   * @param scope for the defaults
   * @return by name: {@link String}, {@link Long} or {@link LocalDate}
   * @throws JobException.Configuration if a given name is unknown, a value is not of its
   *     parameter's type, or one without a default is not given
   */
  public Map<String, Object> resolve(
      List<Parameter> parameters, Map<String, String> given, Scope scope) {
    List<String> names = parameters.stream().map(Parameter::name).toList();
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw new JobException.Configuration(unknown(name, names));
      }
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      String text = given.get(parameter.name());
      Object value = text != null ? text : fallback(parameter, scope);
      try {
        values.put(parameter.name(), typed(value, parameter.type(), scope));
      } catch (BadValueException e) {
        throw new JobException.Configuration(
            "parameter \"" + parameter.name() + "\" " + e.getMessage(), e);
      }
    }
    return values;
  }

  /**
   * Reads a parameter's value from text.
   *
   * @throws BadValueException if the text is no value of this type
   */
  public static Object parse(String text, Parameter.Type type) {
    return switch (type) {
      case TEXT -> text;
      case INTEGER -> ScalarParser.parse(text, ValueType.Scalar.INTEGER);
      case DATE -> date(text);
    };
  }

  private Object fallback(Parameter parameter, Scope scope) {
    Object fallback =
        parameter
            .fallback()
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "parameter \""
                            + parameter.name()
                            + "\" has no default: give it with -p "
                            + parameter.name()
                            + "=VALUE"));
    return fallback instanceof Template template ? templates.render(template, scope) : fallback;
  }

  private static Object typed(Object value, Parameter.Type type, Scope scope) {
    if (type == Parameter.Type.INTEGER && value instanceof Long) {
      return value;
    }
    if (type == Parameter.Type.DATE && !(value instanceof String)) {
      TemporalAccessor moment = Values.date(value, scope.zone());
      LocalDate date = moment.query(TemporalQueries.localDate());
      if (date != null) {
        return date;
      }
    }
    return parse(Values.text(value), type);
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new BadValueException(
          "is not a date: " + ScalarParser.quote(text) + "; write 2026-01-31");
    }
  }

  private static String unknown(String name, List<String> names) {
    String message = "the job has no parameter \"" + name + "\"";
    if (names.isEmpty()) {
      return message + "; it takes none";
    }
    return message
        + NearestName.of(name, names)
            .map(near -> "; did you mean \"" + near + "\"?")
            .orElse("; it takes: " + String.join(", ", names));
  }
}
