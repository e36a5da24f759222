package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.expression.NearestName;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks a mapping's keys against the registry: none unknown, none missing. */
final class KeyCheck {
  private final Problems problems;

  KeyCheck(Problems problems) {
    this.problems = problems;
  }

  /**
   * Checks a mapping.
   *
   * @param owner where a missing key is reported
   * @param description for messages: {@code job "x"}
   * @return whether nothing is wrong
   */
  boolean check(
      YamlNode.Mapping mapping, Origin owner, List<Key> keys, LaterKeys later, String description) {
    boolean right = true;
    Set<String> meant = new HashSet<>();
    List<String> names = keys.stream().map(Key::name).toList();
    for (YamlNode.Entry entry : mapping.entries()) {
      if (!names.contains(entry.name())) {
        right = false;
        unknown(entry, names, later, description).ifPresent(meant::add);
      }
    }
    for (Key key : keys) {
      if (key.presence() == Key.Presence.REQUIRED && mapping.find(key.name()).isEmpty()) {
        right = false;
        if (meant.contains(key.name())) {
          // It is there, misspelt, and that was told.
          continue;
        }
        problems.error(owner, "key \"" + key.name() + "\" is missing in " + description);
      }
    }
    return right;
  }

  /** Returns the keys that unknown ones probably mean. */
  static Set<String> probablyMeant(YamlNode.Mapping mapping, List<Key> keys) {
    List<String> names = keys.stream().map(Key::name).toList();
    Set<String> meant = new HashSet<>();
    for (YamlNode.Entry entry : mapping.entries()) {
      if (!names.contains(entry.name())) {
        NearestName.of(entry.name(), names).ifPresent(meant::add);
      }
    }
    return meant;
  }

  /** Reports an unknown key and returns the one that was probably meant. */
  private Optional<String> unknown(
      YamlNode.Entry entry, List<String> names, LaterKeys later, String description) {
    Origin where = entry.key().origin();
    if (later.contains(entry.name())) {
      problems.error(
          where,
          "\"" + entry.name() + "\" is not supported by this version yet, in " + description);
      return Optional.empty();
    }
    Optional<String> near = NearestName.of(entry.name(), names);
    problems.error(where, "unknown key \"" + entry.name() + "\" in " + description, near);
    return near;
  }
}
