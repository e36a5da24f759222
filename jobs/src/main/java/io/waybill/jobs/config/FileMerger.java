package io.waybill.jobs.config;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.config.JobFileLoader.FileTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes one mapping of the mappings of several files. */
final class FileMerger {
  private static final String VERSION = "version";

  private final List<Key> keys;
  private final Problems problems;

  FileMerger(List<Key> keys, Problems problems) {
    this.keys = keys;
    this.problems = problems;
  }

  /** Merges; empty if a file has no mapping at its margin. */
  Optional<YamlNode.Mapping> merge(List<FileTree> files) {
    Map<String, YamlNode.Entry> merged = new LinkedHashMap<>();
    boolean right = true;
    for (FileTree file : files) {
      if (file.root() instanceof YamlNode.Mapping mapping) {
        if (files.size() > 1) {
          version(mapping);
        }
        mapping.entries().forEach(entry -> add(entry, merged));
      } else {
        problems.error(
            file.root().origin(),
            "a job file is a mapping that begins with \"version: 1\", and this is "
                + file.root().description());
        right = false;
      }
    }
    return right
        ? Optional.of(
            new YamlNode.Mapping(List.copyOf(merged.values()), files.get(0).root().origin()))
        : Optional.empty();
  }

  private void version(YamlNode.Mapping file) {
    if (file.find(VERSION).isEmpty()) {
      problems.error(file.origin(), "key \"version\" is missing in this file of several");
    }
  }

  private void add(YamlNode.Entry entry, Map<String, YamlNode.Entry> merged) {
    YamlNode.Entry first = merged.putIfAbsent(entry.name(), entry);
    if (first == null) {
      return;
    }
    if (entry.name().equals(VERSION)) {
      // All must be right; the section looks at the first only.
      merged.put(VERSION, wrongerOf(first, entry));
      return;
    }
    if (isMapOfNames(entry.name()) && (isNothing(first) || isNothing(entry))) {
      merged.put(entry.name(), isNothing(first) ? entry : first);
      return;
    }
    if (isMapOfNames(entry.name())
        && first.value() instanceof YamlNode.Mapping one
        && entry.value() instanceof YamlNode.Mapping other) {
      merged.put(entry.name(), new YamlNode.Entry(first.key(), union(one, other)));
      return;
    }
    problems.error(
        entry.key().origin(),
        "\""
            + entry.name()
            + "\" stands in "
            + first.key().origin().position()
            + " already, and may stand in one file only");
  }

  private static boolean isNothing(YamlNode.Entry entry) {
    return entry.value() instanceof YamlNode.Scalar scalar && scalar.isNothing();
  }

  private static YamlNode.Entry wrongerOf(YamlNode.Entry first, YamlNode.Entry second) {
    boolean right = first.value() instanceof YamlNode.Scalar scalar && scalar.text().equals("1");
    return right ? second : first;
  }

  private YamlNode.Mapping union(YamlNode.Mapping one, YamlNode.Mapping other) {
    List<YamlNode.Entry> entries = new ArrayList<>(one.entries());
    for (YamlNode.Entry entry : other.entries()) {
      Optional<YamlNode.Entry> first = one.find(entry.name());
      if (first.isPresent()) {
        problems.error(
            entry.key().origin(),
            "\""
                + entry.name()
                + "\" is defined in "
                + first.get().key().origin().position()
                + " already");
      } else {
        entries.add(entry);
      }
    }
    return new YamlNode.Mapping(entries, one.origin());
  }

  private boolean isMapOfNames(String name) {
    return keys.stream()
        .anyMatch(key -> key.name().equals(name) && key.type() instanceof ValueType.MapOf);
  }
}
