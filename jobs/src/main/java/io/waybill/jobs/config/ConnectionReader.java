package io.waybill.jobs.config;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.expression.NearestName;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the named accounts and sites. */
final class ConnectionReader {
  private final Section.Readers readers;
  private final Problems problems;
  private final ZoneId zone;

  /**
   * Prepares.
   *
   * @param zone whose times of day rates have
   */
  ConnectionReader(Section.Readers readers, ZoneId zone) {
    this.readers = readers;
    this.zone = zone;
    problems = readers.problems();
  }

  /**
   * Returns every name under {@code connections} with its type as far as it can be told, right or
   * wrong.
   */
  static Map<String, String> typesIn(Section top) {
    Map<String, String> types = new LinkedHashMap<>();
    if (top.node("connections").orElse(null) instanceof YamlNode.Mapping mapping) {
      for (YamlNode.Entry entry : mapping.entries()) {
        types.put(entry.name(), typeOf(entry.value()).map(YamlNode.Scalar::text).orElse(""));
      }
    }
    return types;
  }

  List<Connection> read(Section top, Place place) {
    List<Connection> connections = new ArrayList<>();
    for (YamlNode.Entry entry : Names.entries(top, "connections", readers)) {
      boolean isNamed = hasRightName(entry);
      connection(entry, place.in("connection \"" + entry.name() + "\""))
          .filter(read -> isNamed)
          .ifPresent(connections::add);
    }
    return connections;
  }

  private boolean hasRightName(YamlNode.Entry entry) {
    boolean right = Names.check(entry, Names.CONNECTION, "a connection", problems);
    if (right && ReferenceCheck.URI_SCHEMES.contains(entry.name().toLowerCase(Locale.ROOT))) {
      problems.error(
          entry.key().origin(),
          "a connection cannot be called \"" + entry.name() + "\": that is a URI scheme");
      return false;
    }
    return right;
  }

  /** Returns what stands behind the {@code type} of a mapping. */
  static Optional<YamlNode.Scalar> typeOf(YamlNode node) {
    return node instanceof YamlNode.Mapping mapping
        ? mapping
            .find("type")
            .map(YamlNode.Entry::value)
            .filter(YamlNode.Scalar.class::isInstance)
            .map(YamlNode.Scalar.class::cast)
        : Optional.empty();
  }

  private Optional<Connection> connection(YamlNode.Entry entry, Place place) {
    Map<String, List<Key>> types = ConnectionKeys.byType();
    Optional<YamlNode.Scalar> type = typeOf(entry.value());
    if (type.isEmpty()) {
      problems.error(
          entry.key().origin(),
          place.description() + " needs a \"type\": one of " + String.join(", ", types.keySet()));
      return Optional.empty();
    }
    String name = type.get().text();
    List<Key> keys = types.get(name);
    if (keys == null) {
      unknownType(type.get(), types);
      return Optional.empty();
    }
    return Section.open(
            entry.value(),
            entry.key().origin(),
            new ValueType.Group(keys),
            LaterKeys.CONNECTION,
            entry.name(),
            place,
            readers)
        .flatMap(section -> new AccountReader(entry.name(), section, problems, zone).read(name));
  }

  private void unknownType(YamlNode.Scalar type, Map<String, List<Key>> types) {
    problems.error(
        type.origin(),
        "unknown type of connection \""
            + type.text()
            + "\"; there are: "
            + String.join(", ", types.keySet()),
        NearestName.of(type.text(), types.keySet()));
  }
}
