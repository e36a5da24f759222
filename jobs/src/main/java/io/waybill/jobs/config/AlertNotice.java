package io.waybill.jobs.config;

import java.util.List;
import java.util.Optional;

/** Warns once that what a file says of anomalies is checked, and not acted on by this version. */
final class AlertNotice {
  private static final List<String> KEYS = List.of("anomalies");

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
        "nothing becomes of anomalies yet: this version checks what is said of them, and a later one acts"
            + " on it");
  }
}
