package io.waybill.jobs.config;

import io.waybill.jobs.JobDefinition.Hook;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gives each step of a job its id: the one that is written, or one made of its kind. Only a written
 * one can be referred to, because a made one changes when steps are added.
 */
final class StepIds {
  private final Problems problems;
  private final Map<String, Origin> written = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Map<String, Integer> made = new HashMap<>();

  StepIds(Section job, Problems problems) {
    this.problems = problems;
    for (Hook hook : Hook.values()) {
      job.node(JobReader.key(hook)).map(StepIds::elements).orElse(List.of()).forEach(this::scan);
    }
  }

  /** Returns the steps behind a hook's key; a single one stands for a list of one. */
  static List<YamlNode> elements(YamlNode node) {
    return node instanceof YamlNode.Items items ? items.elements() : List.of(node);
  }

  private void scan(YamlNode step) {
    if (step instanceof YamlNode.Mapping mapping
        && mapping.find("id").map(YamlNode.Entry::value).orElse(null)
            instanceof YamlNode.Scalar id) {
      written.putIfAbsent(id.text(), id.origin());
    }
  }

  /** Returns the written ids but for some. */
  Set<String> writtenExcept(Collection<String> known) {
    Set<String> others = new HashSet<>(written.keySet());
    others.removeAll(known);
    return others;
  }

  /** Returns a step's id; empty if the written one is wrong or used before. */
  Optional<String> idOf(String kind, Hook hook, Section step) {
    if (!step.has("id")) {
      return Optional.of(make(kind, hook));
    }
    Optional<String> id = step.text("id");
    Origin where = step.valueOrigin("id");
    if (id.isEmpty() || !Names.check(id.get(), where, Names.PLAIN, "a step", problems)) {
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
  private String make(String kind, Hook hook) {
    String plain = kind.replace('.', '-');
    String stem =
        hook == Hook.STEPS
            ? plain
            : hook.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + plain;
    String id;
    do {
      int number = made.merge(stem, 1, Integer::sum);
      id = number == 1 ? stem : stem + "-" + number;
    } while (written.containsKey(id) || !used.add(id));
    return id;
  }
}
