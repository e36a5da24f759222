package io.waybill.jobs.expression;

import io.waybill.jobs.ArgumentMistake;
import io.waybill.jobs.Arguments;
import io.waybill.jobs.FileReference;
import io.waybill.jobs.ItemText;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Position;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepDefinition;
import io.waybill.jobs.Template;
import io.waybill.jobs.ValueType;
import io.waybill.transfer.SourceIdentity;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns what the file says about a step into the arguments of one attempt. */
public final class ArgumentRenderer {
  private static final Pattern ROOTED = Pattern.compile("[/\\\\]|[A-Za-z][A-Za-z0-9._-]*:");

  private final TemplateRenderer templates;
  private final FoundNames found;

  public ArgumentRenderer(Filters filters) {
    templates = new TemplateRenderer(filters);
    found = new FoundNames(templates);
  }

  /**
   * Renders every expression, converts every value to the type that its key names, and fills in
   * what is absent.
   *
   * @throws JobException.Configuration if an expression has no value, a value is not of its key's
   *     type, a required key is absent, or an expression puts {@code ..} or a control character
   *     into a path
   */
  public Arguments render(StepDefinition step, Scope scope) {
    return new Rendering(step, scope, Optional.empty())
        .group(step.arguments(), step.type().keys(), "");
  }

  /**
   * Renders what needs no run; the rest is unknown to the arguments.
   *
   * @param unknown keys of the step whose values are wrong, or that a wrong key probably means
   * @throws JobException.Configuration if a value cannot be used
   */
  public Arguments renderKnown(StepDefinition step, Set<String> unknown) {
    Map<String, Object> known = new LinkedHashMap<>(step.arguments());
    known.keySet().removeAll(unknown);
    Scope none = Scope.of(ZoneOffset.UTC, Map.of());
    return new Rendering(step, none, Optional.of(unknown)).group(known, step.type().keys(), "");
  }

  private final class Rendering {
    private final StepDefinition step;
    private final Scope scope;
    // of the step, before the run; in a run everything is known
    private final Optional<Set<String>> unknown;

    Rendering(StepDefinition step, Scope scope, Optional<Set<String>> unknown) {
      this.step = step;
      this.scope = scope;
      this.unknown = unknown;
    }

    Arguments group(Map<?, ?> raw, List<Key> keys, String prefix) {
      Map<String, Object> values = new LinkedHashMap<>();
      Set<String> left = new HashSet<>(prefix.isEmpty() ? unknown.orElse(Set.of()) : Set.of());
      for (Key key : keys) {
        if (left.contains(key.name())) {
          continue;
        }
        Object given = raw.get(key.name());
        if (given == null && key.fallback().isPresent()) {
          given = fallback(key.fallback().get());
        }
        String path = prefix + key.name();
        boolean isRequired = key.presence() == Key.Presence.REQUIRED;
        if (unknown.isPresent() && (given == null ? isRequired : isNotYet(given, key.type()))) {
          left.add(key.name());
        } else if (given != null) {
          values.put(key.name(), value(given, key.type(), path, false));
        } else if (isRequired) {
          throw failure(path, "is missing");
        }
      }
      for (Object name : raw.keySet()) {
        if (keys.stream().noneMatch(key -> key.name().equals(name))) {
          throw failure(prefix + name, "is not a key of " + step.type().name());
        }
      }
      return Arguments.of(values, left);
    }

    private boolean isNotYet(Object given, ValueType type) {
      return unknown.isPresent() && needsRun(given, type);
    }

    // A default is written in the file's own words, expressions included.
    private Object fallback(String words) {
      return words.contains("${") ? TemplateParser.parse(words, step.position()) : words;
    }

    private Object value(Object raw, ValueType type, String path, boolean rendered) {
      if (type instanceof ValueType.PerItem) {
        return perItem(raw);
      }
      if (raw instanceof Template template && type == ValueType.Scalar.REGEX) {
        return found.regex(template, scope);
      }
      if (raw instanceof Template template && !areNames(type)) {
        return value(rendered(template, type, path), type, path, true);
      }
      try {
        return typed(raw, type, path, rendered);
      } catch (BadValueException e) {
        throw failure(path, e.getMessage());
      }
    }

    private Object typed(Object raw, ValueType type, String path, boolean rendered) {
      if (type instanceof ValueType.ListOf listOf) {
        return list(raw, listOf.element(), path, rendered);
      }
      if (type instanceof ValueType.AnyOf anyOf) {
        return anyOf(raw, anyOf.types(), path, rendered);
      }
      if (type instanceof ValueType.Group group && raw instanceof Map<?, ?> map) {
        return group(map, group.keys(), path + ".");
      }
      if (type instanceof ValueType.MapOf mapOf && raw instanceof Map<?, ?> map) {
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach(
            (name, value) ->
                values.put(
                    name.toString(),
                    isNotYet(value, mapOf.value())
                        ? Arguments.NOT_YET
                        : value(value, mapOf.value(), path + "." + name, rendered)));
        return values;
      }
      if (type instanceof ValueType.Anything) {
        return anything(raw, path, rendered);
      }
      if (type instanceof ValueType.OneOf oneOf) {
        return ScalarParser.oneOf(Values.text(raw), oneOf.words());
      }
      if (type instanceof ValueType.Scalar scalar) {
        Object value = scalar(raw, scalar);
        if (rendered && value instanceof String text) {
          PathGuard.check(text, scalar);
        }
        return switch (scalar) {
          case FILE -> seenFromTheFile((String) value);
          case LOCATION -> location((String) value);
          default -> value;
        };
      }
      throw new BadValueException(
          "is " + Values.describe(raw) + ", and must be " + ScalarParser.describe(type));
    }

    // each is looked at beside its template
    private static boolean areNames(ValueType type) {
      if (type instanceof ValueType.AnyOf anyOf) {
        return anyOf.types().stream().anyMatch(Rendering::areNames);
      }
      return type instanceof ValueType.ListOf listOf
          && (listOf.element() == ValueType.Scalar.LOCATION
              || listOf.element() == ValueType.Scalar.PATTERN);
    }

    private Object rendered(Template template, ValueType type, String path) {
      try {
        if (PathGuard.isPath(type)) {
          found.requireNames(template, scope);
        }
      } catch (BadValueException e) {
        throw failure(path, e.getMessage());
      }
      return templates.render(template, scope);
    }

    private ItemText perItem(Object raw) {
      if (!(raw instanceof Template template)) {
        return item -> Values.text(raw);
      }
      return item -> {
        Scope ofItem = scope;
        for (Map.Entry<String, Object> root : item.entrySet()) {
          ofItem = ofItem.with(root.getKey(), root.getValue());
        }
        return templates.renderText(template, ofItem);
      };
    }

    private String seenFromTheFile(String path) {
      try {
        return step.position().resolve(path).toString();
      } catch (InvalidPathException e) {
        throw new BadValueException("is no path of this machine: " + ScalarParser.quote(path));
      }
    }

    // it may be a pattern, and its last slash says that it is a directory: it stays text
    private String location(String text) {
      if (!isRelative(text)) {
        return text;
      }
      String left = text.replaceFirst("^(\\./+)+", "");
      Path from = Path.of(seenFromTheFile(""));
      while (left.startsWith("../") && from.getParent() != null) { // what is found there has none
        from = from.getParent();
        left = left.replaceFirst("^\\.\\./+", "");
      }
      return (from.getParent() == null ? "" : from) + "/" + left;
    }

    private Object anything(Object raw, String path, boolean rendered) {
      ValueType inner = new ValueType.Anything();
      if (raw instanceof Map<?, ?>) {
        return typed(raw, new ValueType.MapOf(inner), path, rendered);
      }
      return raw instanceof List<?> ? list(raw, inner, path, rendered) : raw;
    }

    private List<Object> list(Object raw, ValueType element, String path, boolean rendered) {
      List<Object> values = new ArrayList<>();
      if (!rendered && element == ValueType.Scalar.LOCATION && List.of().equals(raw)) {
        throw new BadValueException("is an empty list"); // an expression may find nothing
      }
      for (Object each : raw instanceof List<?> list ? list : List.of(raw)) {
        boolean isFree = element instanceof ValueType.Anything;
        if (isNotYet(each, element)) {
          values.add(Arguments.NOT_YET);
        } else if (each instanceof Template template && !isFree) {
          // a list among the elements is more of them
          values.addAll(elements(template, element, path));
        } else if (element == ValueType.Scalar.LOCATION && each instanceof Map<?, ?> file) {
          values.add(reference(file, path, rendered));
        } else {
          values.add(value(each, element, path, rendered));
        }
      }
      return values;
    }

    private List<Object> elements(Template template, ValueType element, String path) {
      if (element == ValueType.Scalar.PATTERN) {
        return List.copyOf(found.patterns(template, scope));
      }
      List<Object> values = list(rendered(template, element, path), element, path, true);
      if (element == ValueType.Scalar.LOCATION) {
        values.replaceAll(each -> found.location(each, template, scope));
      }
      return values;
    }

    // a file among those that a step yields
    private FileReference reference(Map<?, ?> file, String path, boolean rendered) {
      if (!(file.get("location") instanceof String location)) {
        throw new BadValueException("is a mapping without \"location\", and must be a location");
      }
      if (!rendered || location.isEmpty()) {
        value(location, ValueType.Scalar.LOCATION, path, rendered);
      }
      // a name that nobody can use is that file's trouble, and not that of the others
      PathGuard.check(location, ValueType.Scalar.LOCATION);
      return new FileReference(location, FileReference.Meaning.ONE_FILE, version(file));
    }

    // what a trigger has found is that version, and another one is found by itself; a step yields
    // what it has left, whatever became of it since
    private Optional<SourceIdentity> version(Map<?, ?> file) {
      boolean isFound = file.get("id") instanceof String && file.get("modified") instanceof String;
      if (!isFound || !(file.get("size") instanceof Long size)) {
        return Optional.empty();
      }
      String modified = String.valueOf(file.get("modified"));
      try {
        return Optional.of(SourceIdentity.of(size, Instant.parse(modified)));
      } catch (DateTimeParseException e) {
        throw new BadValueException(
            "has a \"modified\" that is no moment: " + ScalarParser.quote(modified));
      }
    }

    private Object anyOf(Object raw, List<ValueType> types, String path, boolean rendered) {
      @Nullable BadValueException first = null;
      for (ValueType type : types) {
        if (fitsForm(raw, type)) {
          try {
            return typed(raw, type, path, rendered);
          } catch (BadValueException e) {
            first = first == null ? e : first;
          }
        }
      }
      throw first != null
          ? first
          : new BadValueException(
              "is "
                  + Values.describe(raw)
                  + ", and must be "
                  + ScalarParser.describe(new ValueType.AnyOf(types)));
    }

    private JobException.Configuration failure(String path, @Nullable String what) {
      Position position = step.position();
      String message = "key \"" + path + "\" " + what;
      return new JobException.Configuration(
          position + ": step \"" + step.id() + "\": " + message,
          List.of(new ArgumentMistake(List.of(path.split("\\.")), message)),
          null);
    }
  }

  // of this machine, without a root, and on no drive
  private static boolean isRelative(String location) {
    return location.startsWith("./") || !ROOTED.matcher(location).lookingAt();
  }

  // of lists and mappings each part is looked at by itself; each item is rendered later anyway
  private static boolean needsRun(Object given, ValueType type) {
    if (type instanceof ValueType.PerItem) {
      return false;
    }
    return type instanceof ValueType.Anything ? hasTemplate(given) : given instanceof Template;
  }

  private static boolean hasTemplate(Object given) {
    if (given instanceof Map<?, ?> map) {
      return map.values().stream().anyMatch(ArgumentRenderer::hasTemplate);
    }
    if (given instanceof List<?> list) {
      return list.stream().anyMatch(ArgumentRenderer::hasTemplate);
    }
    return given instanceof Template;
  }

  private static boolean fitsForm(Object raw, ValueType type) {
    if (type instanceof ValueType.AnyOf || type instanceof ValueType.Anything) {
      return true;
    }
    boolean mapping = type instanceof ValueType.Group || type instanceof ValueType.MapOf;
    if (raw instanceof Map<?, ?>) {
      return mapping;
    }
    return raw instanceof List<?> ? type instanceof ValueType.ListOf : !mapping;
  }

  private static Object scalar(Object raw, ValueType.Scalar type) {
    boolean alreadyRight =
        switch (type) {
          case TEXT -> raw instanceof String || raw instanceof Secret;
          case PATTERN, REGEX -> raw instanceof String;
          case LOCATION, FILE, MAILBOX, CONNECTION, ADDRESS -> false;
          case BOOLEAN -> raw instanceof Boolean;
          case INTEGER, SIZE -> raw instanceof Long;
          case NUMBER, PERCENT -> raw instanceof Double;
          case DURATION -> raw instanceof Duration;
        };
    return alreadyRight ? raw : ScalarParser.parse(oneText(raw, type), type);
  }

  // A list has a text form for mail bodies; as a number, a path or a name it is a mistake.
  private static String oneText(Object raw, ValueType.Scalar type) {
    if (raw instanceof List<?> && type != ValueType.Scalar.TEXT) {
      throw new BadValueException("is a list, and must be " + ScalarParser.describe(type));
    }
    return Values.text(raw);
  }
}
