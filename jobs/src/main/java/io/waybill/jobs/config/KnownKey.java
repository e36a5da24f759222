package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import java.util.List;
import java.util.Optional;

/**
 * A key and where it stands.
 *
 * @param key what the registry says of it
 * @param paths each place, {@code jobs.NAME.retry}; {@code NAME} is a name that the file gives
 * @param variants the types of connection, or of another mapping with a {@code type}, that have it;
 *     empty if it does not depend on one
 * @param kind the kind of step that it begins
 */
public record KnownKey(
    Key key, List<String> paths, List<String> variants, Optional<StepType<?>> kind) {

  public KnownKey {
    paths = List.copyOf(paths);
    variants = List.copyOf(variants);
  }

  /** Returns the first of its places without what is before the step: {@code copy.verify}. */
  public String shortPath() {
    return paths.get(0).replaceFirst("^jobs\\.NAME\\.steps\\.", "");
  }

  /** Returns a value to show, as it stands behind the key; empty if none can be told. */
  public Optional<String> example() {
    return KeyExample.of(key);
  }

  /** Returns the keys of the mappings that can stand behind it. */
  public List<Key> inside() {
    return groupsIn(key.type()).stream().flatMap(group -> group.keys().stream()).toList();
  }

  /** Returns the mappings with keys of their own that a type can be, one or many. */
  static List<ValueType.Group> groupsIn(ValueType type) {
    if (type instanceof ValueType.Group group) {
      return List.of(group);
    }
    if (type instanceof ValueType.ListOf list) {
      return groupsIn(list.element());
    }
    if (type instanceof ValueType.MapOf map) {
      return groupsIn(map.value());
    }
    return type instanceof ValueType.AnyOf any
        ? any.types().stream().flatMap(each -> groupsIn(each).stream()).toList()
        : List.of();
  }
}
