package io.waybill.jobs.config;

import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueKind.Form;
import io.waybill.jobs.expression.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What expressions may refer to in one place of the file: a tree of names whose leaves are values.
 * Immutable.
 *
 * @param roots by name; a value is a map of the same shape, or what is known of it: a {@link
 *     ValueKind}, an {@link Item}
 * @param stepsToCome ids of steps of the job that run later than this place
 * @param stepsOfItems ids of steps of the job that are done for each item, elsewhere
 */
record KnownNames(Map<String, Object> roots, Set<String> stepsToCome, Set<String> stepsOfItems) {
  static final Object VALUE = ValueKind.UNKNOWN;

  // as shells write theirs
  private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");

  KnownNames {
    roots = Map.copyOf(roots);
    stepsToCome = Set.copyOf(stepsToCome);
    stepsOfItems = Set.copyOf(stepsOfItems);
  }

  static KnownNames none() {
    return new KnownNames(Map.of(), Set.of(), Set.of());
  }

  /** What is wrong with a path. */
  record Finding(String message, Optional<String> suggestion) {}

  /** Adds a root whose names are all values of a kind. */
  KnownNames with(String root, Collection<String> names, ValueKind kind) {
    Map<String, Object> tree = new LinkedHashMap<>();
    names.forEach(name -> tree.put(name, kind));
    return withTree(root, tree);
  }

  /**
   * An item of a list, which is a value itself.
   *
   * @param kind a mapping with names; or anything, of which any name may be asked
   */
  record Item(ValueKind kind) {
    Optional<Finding> check(List<String> path) {
      boolean isKnown = kind.form() != Form.UNKNOWN;
      if (path.size() == 1 || !isKnown) {
        return Optional.empty();
      }
      if (path.size() > 2 || kind.names().isEmpty()) {
        return Optional.of(tooLong(path, kind.names().isEmpty() ? 0 : 1));
      }
      return kind.names().contains(path.get(1))
          ? Optional.empty()
          : Optional.of(
              new Finding(
                  "\"item\" has no \"" + path.get(1) + "\"",
                  NearestName.of(path.get(1), kind.names())));
    }
  }

  KnownNames withTree(String root, Map<String, Object> tree) {
    return withRoot(root, tree);
  }

  /** Adds what each item of a list is. */
  KnownNames withItem(ValueKind kind) {
    return withRoot("item", new Item(kind));
  }

  private KnownNames withRoot(String root, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(roots);
    more.put(root, value);
    return new KnownNames(more, stepsToCome, stepsOfItems);
  }

  KnownNames withStepsToCome(Set<String> ids) {
    return new KnownNames(roots, ids, stepsOfItems);
  }

  KnownNames withStepsOfItems(Set<String> ids) {
    return new KnownNames(roots, stepsToCome, ids);
  }

  /** Returns what a path leads to, of one in which {@link #check} has found nothing wrong. */
  ValueKind kind(List<String> path) {
    Object value = roots;
    for (String name : path) {
      if (value instanceof Item) {
        return ValueKind.UNKNOWN; // of the item's names nobody says what they are
      }
      value = value instanceof Map<?, ?> map && map.get(name) != null ? map.get(name) : VALUE;
    }
    return value instanceof ValueKind kind
        ? kind
        : value instanceof Item item ? item.kind() : ValueKind.UNKNOWN;
  }

  /** Returns what is wrong with a path of names; empty if it leads to a value. */
  Optional<Finding> check(List<String> path) {
    Map<?, ?> level = roots;
    for (int i = 0; i < path.size(); i++) {
      String name = path.get(i);
      Object next = level.get(name);
      if (next == null) {
        return Optional.of(unknown(path, i, level));
      }
      if (next instanceof Item item) {
        return item.check(path);
      }
      if (!(next instanceof Map<?, ?> deeper)) {
        return i == path.size() - 1 ? Optional.empty() : Optional.of(tooLong(path, i));
      }
      level = deeper;
    }
    return Optional.of(
        new Finding(
            "\"" + String.join(".", path) + "\" is not a value; it has: " + listed(level),
            Optional.empty()));
  }

  private Finding unknown(List<String> path, int i, Map<?, ?> level) {
    String name = path.get(i);
    if (i == 0 && name.equals("secrets")) {
      return new Finding(
          "a secret may stand only in a key that is made for one, such as \"password\"",
          Optional.empty());
    }
    if (i == 0 && ExpressionRoots.OF_SOME_PLACES.containsKey(name)) {
      return new Finding(
          "\"%s\" is known %s only".formatted(name, ExpressionRoots.OF_SOME_PLACES.get(name)),
          Optional.empty());
    }
    if (i == 1 && path.get(0).equals("steps") && stepsOfItems.contains(name)) {
      return new Finding(
          "step \"" + name + "\" is done for each item, and its outputs are known only there",
          Optional.empty());
    }
    if (i == 1 && path.get(0).equals("steps") && stepsToCome.contains(name)) {
      return new Finding(
          "step \"" + name + "\" has not run when this is needed; only earlier steps have outputs",
          Optional.empty());
    }
    return new Finding(kind(path, i), NearestName.of(name, names(level)));
  }

  private static String kind(List<String> path, int i) {
    String quoted = "\"" + path.get(i) + "\"";
    if (i == 0) {
      String why = "expressions cannot refer to " + quoted + " here";
      return VARIABLE.matcher(path.get(i)).matches()
          ? why + "; for the characters ${ themselves, as a shell reads them, write $${"
          : why;
    }
    return switch (path.get(0)) {
      case "vars" -> "unknown variable " + quoted;
      case "params" -> "unknown parameter " + quoted;
      case "secrets" -> "unknown secret " + quoted;
      case "steps" ->
          i == 1
              ? "unknown step " + quoted
              : "step \"" + path.get(1) + "\" has no output " + quoted;
      default -> "\"" + String.join(".", path.subList(0, i)) + "\" has no " + quoted;
    };
  }

  private static Finding tooLong(List<String> path, int i) {
    return new Finding(
        "\""
            + String.join(".", path.subList(0, i + 1))
            + "\" is a value and has no \""
            + path.get(i + 1)
            + "\"",
        Optional.empty());
  }

  private static String listed(Map<?, ?> level) {
    return level.isEmpty() ? "nothing" : String.join(", ", names(level));
  }

  private static List<String> names(Map<?, ?> level) {
    List<String> names = new ArrayList<>();
    level.keySet().forEach(name -> names.add(name.toString()));
    return names.stream().sorted().toList();
  }
}
