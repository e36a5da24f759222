package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.Parameter;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.BadValueException;
import io.waybill.jobs.expression.ParameterResolver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads what a run of a job can be given. */
final class ParameterReader {
  private final Section.Readers readers;
  private final Problems problems;

  ParameterReader(Section.Readers readers) {
    this.readers = readers;
    problems = readers.problems();
  }

  /** Returns a job's parameters by name and what they are, those of wrong ones too. */
  static Map<String, ValueKind> kindsIn(Section job) {
    Map<String, ValueKind> kinds = new LinkedHashMap<>();
    if (job.node("params").orElse(null) instanceof YamlNode.Mapping mapping) {
      mapping.entries().forEach(entry -> kinds.put(entry.name(), kind(entry.value())));
    }
    return kinds;
  }

  private static ValueKind kind(YamlNode parameter) {
    boolean isTyped =
        parameter instanceof YamlNode.Mapping mapping && mapping.find("type").isPresent();
    if (!isTyped) {
      return ValueKind.TEXT;
    }
    YamlNode type = ((YamlNode.Mapping) parameter).find("type").orElseThrow().value();
    String word = type instanceof YamlNode.Scalar scalar ? scalar.text() : "";
    return switch (word) {
      case "text" -> ValueKind.TEXT;
      case "integer" -> ValueKind.NUMBER;
      case "date" -> ValueKind.DATE;
      default -> ValueKind.UNKNOWN;
    };
  }

  List<Parameter> read(Section job) {
    List<Parameter> parameters = new ArrayList<>();
    for (YamlNode.Entry entry : Names.entries(job, "params", readers)) {
      Names.check(entry, Names.PLAIN, "a parameter", problems);
      Section.open(
              entry.value(),
              entry.key().origin(),
              JobKeys.PARAMETER,
              LaterKeys.none(),
              entry.name(),
              job.place().in("parameter \"" + entry.name() + "\" of " + job.place().description()),
              readers)
          .flatMap(section -> parameter(entry.name(), section))
          .ifPresent(parameters::add);
    }
    return parameters;
  }

  private Optional<Parameter> parameter(String name, Section section) {
    Optional<Parameter.Type> type =
        section.text("type").map(word -> Parameter.Type.valueOf(word.toUpperCase(Locale.ROOT)));
    if (type.isEmpty()) {
      return Optional.empty();
    }
    Optional<YamlNode> node = section.node("default");
    if (node.isEmpty()) {
      return Optional.of(new Parameter(name, type.get(), Optional.empty()));
    }
    Place deferred =
        section.place().deferred(ExpressionRoots.beforeTheRun(section.place().names()));
    return readers
        .values()
        .read(node.get(), ValueType.Scalar.TEXT, Key.Presence.OPTIONAL, "default", deferred)
        .flatMap(value -> fallback(value, type.get(), section))
        .map(value -> new Parameter(name, type.get(), Optional.of(value)));
  }

  private Optional<Object> fallback(Object value, Parameter.Type type, Section section) {
    if (value instanceof Template) {
      return Optional.of(value);
    }
    try {
      return Optional.of(ParameterResolver.parse((String) value, type));
    } catch (BadValueException e) {
      problems.error(section.valueOrigin("default"), "\"default\" " + e.getMessage());
      return Optional.empty();
    }
  }
}
