package io.waybill.jobs.config;

import io.waybill.jobs.expression.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads who hears of something: the names of alert channels, which must be there. */
final class ChannelNames {
  private final Collection<String> known;
  private final Problems problems;

  /**
   * Prepares.
   *
   * @param known of wrong channels too, so that who names them is not blamed
   */
  ChannelNames(Collection<String> known, Problems problems) {
    this.known = List.copyOf(known);
    this.problems = problems;
  }

  /** Reads the key {@code to}; empty if it is wrong. */
  Optional<List<String>> read(Section section) {
    Optional<List<String>> names = section.has("to") ? section.texts("to") : Optional.empty();
    names.ifPresent(
        all -> {
          List<YamlNode> nodes = section.node("to").map(StepIds::elements).orElse(List.of());
          for (int i = 0; i < all.size(); i++) {
            check(all.get(i), nodes.get(i).origin());
          }
        });
    return names;
  }

  private void check(String name, Origin where) {
    if (known.contains(name)) {
      return;
    }
    problems.error(
        where,
        "there is no alert channel \"%s\"%s"
            .formatted(
                name, known.isEmpty() ? "; define it beside \"jobs\", under \"alerts\"" : ""),
        NearestName.of(name, known));
  }
}
