package io.waybill.jobs.config;

import java.util.List;
import java.util.Optional;

/** Warns once that what a file says of alerts is checked, and not acted on by this version. */
final class AlertNotice {
  private static final List<String> KEYS = List.of("alerts", "notify", "due", "anomalies");

  private final Problems problems;
  private boolean isGiven;

  AlertNotice(Problems problems) {
    this.problems = problems;
  }

  /** Warns if a section has such a key, and it is the first. */
  void look(Section section) {
    Optional<String> found = KEYS.stream().filter(section::has).findFirst();
    if (isGiven || found.isEmpty()) {
      return;
    }
    isGiven = true;
    problems.warning(
        section.origin(found.get()),
        "nobody is told anything yet: this version checks alerts, notify, due and anomalies, and a later one"
            + " acts on them");
  }
}
