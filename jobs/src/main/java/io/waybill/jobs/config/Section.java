package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.Secret;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.NearestName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A mapping of the file whose keys have been checked against the registry. Values are read when
 * they are asked for; one that is wrong is reported then and is empty here, like one that is absent
 * and has no default.
 */
final class Section {
  private final YamlNode.Mapping mapping;
  private final Origin owner;
  private final List<Key> keys;
  private final Place place;
  private final Readers readers;

  /** What a section is read with. */
  record Readers(ValueReader values, Problems problems) {}

  private Section(
      YamlNode.Mapping mapping, Origin owner, List<Key> keys, Place place, Readers readers) {
    this.mapping = mapping;
    this.owner = owner;
    this.keys = keys;
    this.place = place;
    this.readers = readers;
  }

  /**
   * Checks a mapping's keys.
   *
   * @param owner where a missing key is reported
   * @param type of the mapping
   * @param name of the key behind which it stands, for messages
   * @return empty if the node is no mapping
   */
  static Optional<Section> open(
      YamlNode node,
      Origin owner,
      ValueType.Group type,
      LaterKeys later,
      String name,
      Place place,
      Readers readers) {
    return readers
        .values()
        .mapping(node, type, name)
        .map(
            mapping -> {
              new KeyCheck(readers.problems())
                  .check(mapping, owner, type.keys(), later, place.description());
              return new Section(mapping, owner, type.keys(), place, readers);
            });
  }

  Place place() {
    return place;
  }

  /** Returns whether a key of the registry is there; unknown ones are not, and were reported. */
  boolean has(String key) {
    return mapping.find(key).isPresent() && keys.stream().anyMatch(k -> k.name().equals(key));
  }

  boolean hasOnlyKnownKeys() {
    List<String> known = keys.stream().map(Key::name).toList();
    return mapping.entries().stream().allMatch(entry -> known.contains(entry.name()));
  }

  /** Returns whether an unknown key is probably this one, misspelt; that was told. */
  boolean hasMisspelt(String key) {
    List<String> known = keys.stream().map(Key::name).toList();
    return mapping.entries().stream()
        .map(YamlNode.Entry::name)
        .filter(name -> !known.contains(name))
        .anyMatch(name -> NearestName.of(name, known).filter(key::equals).isPresent());
  }

  boolean isOptional(String key) {
    return key(key).presence() == Key.Presence.OPTIONAL;
  }

  /** Returns the place at which a missing key is reported. */
  Origin origin() {
    return owner;
  }

  /** Returns the place of a key's name; of the whole section if the key is absent. */
  Origin origin(String key) {
    return mapping.find(key).map(entry -> entry.key().origin()).orElse(owner);
  }

  /** Returns the place of a key's value; of the whole section if the key is absent. */
  Origin valueOrigin(String key) {
    return mapping.find(key).map(entry -> entry.value().origin()).orElse(owner);
  }

  /**
   * Returns the place of what stands below a key, as far as the file says it: of a single value its
   * own, of lists and mappings that of the key.
   *
   * @param path keys, and the index in a list
   */
  Origin originBelow(String key, List<String> path) {
    Origin found = origin(key);
    Optional<YamlNode> node = node(key);
    for (String each : path) {
      if (node.isPresent() && node.get() instanceof YamlNode.Mapping below) {
        Optional<YamlNode.Entry> entry = below.find(each);
        found = entry.map(e -> e.key().origin()).orElse(found);
        node = entry.map(YamlNode.Entry::value);
      } else if (node.isPresent() && node.get() instanceof YamlNode.Items list) {
        node = element(list, each);
        found = node.map(YamlNode::origin).orElse(found);
      }
    }
    boolean isValue = !path.isEmpty() && node.isPresent() && isWritten(node.get());
    return isValue ? node.get().origin() : found;
  }

  private static Optional<YamlNode> element(YamlNode.Items list, String index) {
    return index.matches("[0-9]{1,9}")
        ? list.elements().stream().skip(Long.parseLong(index)).findFirst()
        : Optional.empty();
  }

  private static boolean isWritten(YamlNode node) {
    return node instanceof YamlNode.Scalar scalar && !scalar.isNothing();
  }

  Optional<YamlNode> node(String key) {
    return mapping.find(key).map(YamlNode.Entry::value);
  }

  Optional<String> text(String key) {
    return value(key).map(String.class::cast);
  }

  Optional<Long> integer(String key) {
    return value(key).map(Long.class::cast);
  }

  Optional<Double> number(String key) {
    return value(key).map(Double.class::cast);
  }

  Optional<Boolean> flag(String key) {
    return value(key).map(Boolean.class::cast);
  }

  Optional<Duration> duration(String key) {
    return value(key).map(Duration.class::cast);
  }

  Optional<Secret> secret(String key) {
    return value(key).map(Secret.class::cast);
  }

  /** Returns what stands behind a key with names of the file's own. */
  Optional<Map<String, Object>> map(String key) {
    return value(key)
        .map(Map.class::cast)
        .map(
            map -> {
              Map<String, Object> values = new LinkedHashMap<>();
              for (Object each : map.entrySet()) {
                Map.Entry<?, ?> entry = (Map.Entry<?, ?>) each;
                values.put((String) entry.getKey(), entry.getValue());
              }
              return values;
            });
  }

  Optional<List<String>> texts(String key) {
    return value(key)
        .map(List.class::cast)
        .map(
            list -> {
              List<String> texts = new ArrayList<>();
              for (Object each : list) {
                texts.add((String) each);
              }
              return texts;
            });
  }

  /** Opens the mapping behind a key; empty if the key is absent. */
  Optional<Section> section(String key, LaterKeys later) {
    ValueType.Group type = (ValueType.Group) key(key).type();
    return node(key)
        .flatMap(node -> open(node, origin(key), type, later, key, inside(key), readers));
  }

  /**
   * Opens the mappings of a list behind a key; a single one stands for a list of one. Empty if the
   * key is absent, and what is no mapping was reported and left out.
   */
  List<Section> sections(String key, LaterKeys later) {
    ValueType.ListOf list = (ValueType.ListOf) key(key).type();
    Optional<YamlNode> node = node(key);
    if (node.isEmpty()) {
      return List.of();
    }
    List<YamlNode> nodes =
        node.get() instanceof YamlNode.Items items ? items.elements() : List.of(node.get());
    List<Section> sections = new ArrayList<>();
    for (YamlNode each : nodes) {
      open(each, each.origin(), (ValueType.Group) list.element(), later, key, inside(key), readers)
          .ifPresent(sections::add);
    }
    return sections;
  }

  private Place inside(String key) {
    return place.in("\"" + key + "\" of " + place.description());
  }

  /** Returns the value of a key, or its default. */
  Optional<Object> value(String name) {
    Key key = key(name);
    Optional<YamlNode> node = node(name).or(() -> fallback(key));
    return node.flatMap(n -> readers.values().read(n, key.type(), key.presence(), name, place));
  }

  private Optional<YamlNode> fallback(Key key) {
    return key.fallback().map(words -> new YamlNode.Scalar(words, false, owner));
  }

  private Key key(String name) {
    return keys.stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("the registry has no key " + name));
  }
}
