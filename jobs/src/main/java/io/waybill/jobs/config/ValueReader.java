package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.ScalarParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads nodes as values of a type: text, numbers, durations, templates and secrets, and lists and
 * maps of these.
 */
final class ValueReader {
  private static final List<String> FLAGS = List.of("true", "false");

  private final ScalarReader scalars;
  private final Problems problems;

  ValueReader(ScalarReader scalars, Problems problems) {
    this.scalars = scalars;
    this.problems = problems;
  }

  /**
   * Reads a value.
   *
   * @param name of its key, for messages
   * @return empty if the value, or any part of it, is wrong; and then there is a problem that says
   *     why
   */
  Optional<Object> read(
      YamlNode node, ValueType type, Key.Presence presence, String name, Place place) {
    if (type instanceof ValueType.AnyOf anyOf) {
      return anyOf(node, anyOf, presence, name, place);
    }
    if (type instanceof ValueType.ListOf listOf) {
      return list(node, listOf.element(), presence, name, place);
    }
    if (type instanceof ValueType.Group group) {
      return mapping(node, type, name)
          .flatMap(
              m -> {
                Place inside = place.in("\"" + name + "\" of " + place.description());
                return group(m, m.origin(), group.keys(), LaterKeys.NESTED, inside)
                    .map(Object.class::cast);
              });
    }
    if (type instanceof ValueType.MapOf mapOf) {
      return mapping(node, type, name).flatMap(m -> map(m, mapOf.value(), presence, place));
    }
    if (type instanceof ValueType.PerItem perItem && node instanceof YamlNode.Scalar scalar) {
      KnownNames names = place.names();
      for (Map.Entry<String, List<String>> root : perItem.roots().entrySet()) {
        names = names.with(root.getKey(), root.getValue(), ValueKind.UNKNOWN);
      }
      return scalars.read(scalar, ValueType.Scalar.TEXT, presence, name, place.deferred(names));
    }
    if (type instanceof ValueType.Anything) {
      return anything(node, presence, name, place);
    }
    if (node instanceof YamlNode.Scalar scalar) {
      return scalars.read(scalar, type, presence, name, place);
    }
    return mismatch(node, type, name);
  }

  /**
   * Reads the mapping of a step or a group: its keys by name, absent ones left out.
   *
   * @param owner where a missing key is reported
   */
  Optional<Map<String, Object>> group(
      YamlNode.Mapping mapping, Origin owner, List<Key> keys, LaterKeys later, Place place) {
    ReadMapping read = readable(mapping, owner, keys, later, place);
    return read.isRight() ? Optional.of(read.values()) : Optional.empty();
  }

  /**
   * What could be read of a mapping.
   *
   * @param values by key; absent and wrong ones left out
   * @param unknown keys whose values are wrong, or that an unknown key probably means
   */
  record ReadMapping(Map<String, Object> values, Set<String> unknown, boolean isRight) {}

  /** Reads the mapping of a step or a group, as far as it is right; otherwise as {@link #group}. */
  ReadMapping readable(
      YamlNode.Mapping mapping, Origin owner, List<Key> keys, LaterKeys later, Place place) {
    KeyCheck check = new KeyCheck(problems);
    boolean right = check.check(mapping, owner, keys, later, place.description());
    Set<String> unknown = KeyCheck.probablyMeant(mapping, keys);
    Map<String, Object> values = new LinkedHashMap<>();
    for (Key key : keys) {
      Optional<YamlNode.Entry> entry = mapping.find(key.name());
      if (entry.isPresent()) {
        Optional<Object> value =
            read(entry.get().value(), key.type(), key.presence(), key.name(), place);
        value.ifPresentOrElse(v -> values.put(key.name(), v), () -> unknown.add(key.name()));
        right &= value.isPresent();
      }
    }
    return new ReadMapping(values, unknown, right);
  }

  /** Takes a node as a mapping; nothing at all stands for an empty one. */
  Optional<YamlNode.Mapping> mapping(YamlNode node, ValueType type, String name) {
    if (node instanceof YamlNode.Mapping mapping) {
      return Optional.of(mapping);
    }
    if (node instanceof YamlNode.Scalar scalar && scalar.isNothing()) {
      return Optional.of(new YamlNode.Mapping(List.of(), node.origin()));
    }
    mismatch(node, type, name);
    return Optional.empty();
  }

  private Optional<Object> map(
      YamlNode.Mapping mapping, ValueType element, Key.Presence presence, Place place) {
    Map<String, Object> values = new LinkedHashMap<>();
    boolean right = true;
    for (YamlNode.Entry entry : mapping.entries()) {
      Optional<Object> value = read(entry.value(), element, presence, entry.name(), place);
      value.ifPresent(v -> values.put(entry.name(), v));
      right &= value.isPresent();
    }
    return right ? Optional.of(values) : Optional.empty();
  }

  private Optional<Object> anything(
      YamlNode node, Key.Presence presence, String name, Place place) {
    ValueType inner = new ValueType.Anything();
    if (node instanceof YamlNode.Mapping mapping) {
      return map(mapping, inner, presence, place);
    }
    if (node instanceof YamlNode.Items) {
      return list(node, inner, presence, name, place);
    }
    YamlNode.Scalar scalar = (YamlNode.Scalar) node;
    boolean isFlag = scalar.plain() && FLAGS.contains(scalar.text());
    return scalars.read(
        scalar, isFlag ? ValueType.Scalar.BOOLEAN : ValueType.Scalar.TEXT, presence, name, place);
  }

  private Optional<Object> list(
      YamlNode node, ValueType element, Key.Presence presence, String name, Place place) {
    if (!(node instanceof YamlNode.Items items)) {
      if (!fits(node, element)) {
        return mismatch(node, new ValueType.ListOf(element), name);
      }
      return read(node, element, presence, name, place).map(List::of);
    }
    // what a step found may be nothing; what is written must be something
    if (items.elements().isEmpty() && element == ValueType.Scalar.LOCATION) {
      problems.error(node.origin(), "\"%s\" is an empty list".formatted(name));
      return Optional.empty();
    }
    List<Object> values = new ArrayList<>();
    for (YamlNode each : items.elements()) {
      read(each, element, presence, name, place).ifPresent(values::add);
    }
    return values.size() == items.elements().size() ? Optional.of(values) : Optional.empty();
  }

  private Optional<Object> anyOf(
      YamlNode node, ValueType.AnyOf anyOf, Key.Presence presence, String name, Place place) {
    List<ValueType> fitting = anyOf.types().stream().filter(type -> fits(node, type)).toList();
    if (fitting.isEmpty()) {
      return mismatch(node, anyOf, name);
    }
    // The first that fits without a complaint; if none does, the last one's complaints are told.
    for (ValueType type : fitting.subList(0, fitting.size() - 1)) {
      Problems trial = new Problems();
      ValueReader reader = new ValueReader(scalars.reportingTo(trial), trial);
      Optional<Object> value = reader.read(node, type, presence, name, place);
      if (value.isPresent()) {
        return value;
      }
    }
    ValueType last = fitting.get(fitting.size() - 1);
    return read(node, last, presence, name, place);
  }

  private static boolean fits(YamlNode node, ValueType type) {
    if (type instanceof ValueType.AnyOf anyOf) {
      return anyOf.types().stream().anyMatch(inner -> fits(node, inner));
    }
    if (type instanceof ValueType.Anything) {
      return true;
    }
    if (node instanceof YamlNode.Mapping) {
      return type instanceof ValueType.Group || type instanceof ValueType.MapOf;
    }
    if (node instanceof YamlNode.Items) {
      return type instanceof ValueType.ListOf;
    }
    return !(type instanceof ValueType.Group) && !(type instanceof ValueType.MapOf);
  }

  private Optional<Object> mismatch(YamlNode node, ValueType type, String name) {
    problems.error(
        node.origin(),
        "\""
            + name
            + "\" is "
            + node.description()
            + ", and must be "
            + ScalarParser.describe(type));
    return Optional.empty();
  }
}
