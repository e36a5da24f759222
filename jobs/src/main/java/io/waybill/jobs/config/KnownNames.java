package io.waybill.jobs.config;

import io.waybill.jobs.expression.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What expressions may refer to in one place of the file: a tree of names whose leaves are values.
 * Immutable.
 *
 * @param roots by name; a value is a map of the same shape, or {@link #VALUE}
 * @param stepsToCome ids of steps of the job that run later than this place
 */
record KnownNames(Map<String, Object> roots, Set<String> stepsToCome) {
  static final Object VALUE = "value";

  private static final Set<String> LATER_ROOTS = Set.of("item", "attachment");

  KnownNames {
    roots = Map.copyOf(roots);
    stepsToCome = Set.copyOf(stepsToCome);
  }

  static KnownNames none() {
    return new KnownNames(Map.of(), Set.of());
  }

  /** What is wrong with a path. */
  record Finding(String message, Optional<String> suggestion) {}

  /** Adds a root whose names are all values. */
  KnownNames with(String root, Collection<String> names) {
    Map<String, Object> tree = new LinkedHashMap<>();
    names.forEach(name -> tree.put(name, VALUE));
    return withTree(root, tree);
  }

  KnownNames withTree(String root, Map<String, Object> tree) {
    Map<String, Object> more = new LinkedHashMap<>(roots);
    more.put(root, tree);
    return new KnownNames(more, stepsToCome);
  }

  KnownNames withStepsToCome(Set<String> ids) {
    return new KnownNames(roots, ids);
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
    if (i == 0 && LATER_ROOTS.contains(name)) {
      return new Finding("\"" + name + "\" is not supported by this version yet", Optional.empty());
    }
    if (i == 0 && name.equals("trigger")) {
      return new Finding(
          "\"trigger\" is known in a job that has a \"trigger\" only", Optional.empty());
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
      return "expressions cannot refer to " + quoted + " here";
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
