package io.waybill.jobs.config;

import io.waybill.jobs.EachDefinition;
import io.waybill.jobs.JobDefinition.Hook;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives each step of a job its id: the one that is written, or one made of its kind. Only a written
 * one can be referred to, because a made one changes when steps are added.
 */
final class StepIds {
  private final Problems problems;
  private final boolean hasItems;
  private final Map<String, Origin> written = new LinkedHashMap<>();
  private final Set<String> ofItems = new HashSet<>();
  private final Set<String> used = new HashSet<>();
  private final Map<String, Integer> made = new HashMap<>();

  StepIds(Section job, Problems problems) {
    this.problems = problems;
    hasItems = job.has(EachDefinition.NAME);
    for (Hook hook : Hook.values()) {
      String key = StepsPlace.key(hook);
      job.node(key).map(StepIds::elements).orElse(List.of()).forEach(this::scan);
      if (job.node(EachDefinition.NAME).orElse(null) instanceof YamlNode.Mapping each) {
        each.find(key)
            .map(entry -> elements(entry.value()))
            .orElse(List.of())
            .forEach(step -> scan(step).ifPresent(ofItems::add));
      }
    }
  }

  /** Returns the steps behind a hook's key; a single one stands for a list of one. */
  static List<YamlNode> elements(YamlNode node) {
    return node instanceof YamlNode.Items items ? items.elements() : List.of(node);
  }

  private Optional<String> scan(YamlNode step) {
    if (step instanceof YamlNode.Mapping mapping
        && mapping.find("id").map(YamlNode.Entry::value).orElse(null)
            instanceof YamlNode.Scalar id) {
      written.putIfAbsent(id.text(), id.origin());
      return Optional.of(id.text());
    }
    return Optional.empty();
  }

  /** Returns the written ids of steps that are done for each item. */
  Set<String> ofItems() {
    return Set.copyOf(ofItems);
  }

  /** Returns the written ids but for some. */
  Set<String> writtenExcept(Collection<String> known) {
    Set<String> others = new HashSet<>(written.keySet());
    others.removeAll(known);
    return others;
  }

  /** Returns a step's id; empty if the written one is wrong or used before. */
  Optional<String> idOf(String kind, StepsPlace place, Section step) {
    if (!step.has("id")) {
      return Optional.of(make(kind, place));
    }
    Optional<String> id = step.text("id");
    Origin where = step.valueOrigin("id");
    if (id.isEmpty() || !Names.check(id.get(), where, Names.PLAIN, "a step", problems)) {
      return Optional.empty();
    }
    if (hasItems && id.get().equals(EachDefinition.NAME)) {
      problems.error(
          where, "a step cannot be called \"each\" in a job that has \"each\"; use another name");
      return Optional.empty();
    }
    if (place.item().isPresent() && id.get().length() > EachDefinition.LONGEST_ID) {
      problems.error(
          where,
          "a step that is done for each item has a name of at most %d characters"
              .formatted(EachDefinition.LONGEST_ID));
      return Optional.empty();
    }
    if (!used.add(id.get())) {
      int line = written.getOrDefault(id.get(), where).line();
      problems.error(
          where,
          "two steps of a job are called \"" + id.get() + "\"; the first is on line " + line);
      return Optional.empty();
    }
    return id;
  }

  // mail.send -> mail-send, mail-send-2; on-failure-mail-send in a hook
  private String make(String kind, StepsPlace place) {
    String stem = place.stem() + kind.replace('.', '-');
    String id;
    do {
      int number = made.merge(stem, 1, Integer::sum);
      id = number == 1 ? stem : stem + "-" + number;
    } while (written.containsKey(id) || !used.add(id));
    return id;
  }
}
