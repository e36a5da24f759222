package io.waybill.jobs.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects what is wrong, so that one pass shows all of it. */
final class Problems {
  private static final Comparator<Problem> IN_FILE_ORDER =
      Comparator.<Problem>comparingInt(p -> p.position().line())
          .thenComparingInt(p -> p.position().column());

  // A set, because the target of an alias is read once for each place that uses it.
  private final Set<Finding> found = new LinkedHashSet<>();

  /**
   * A problem whose line is not shown yet: what of it must be hidden is known only when the whole
   * file was read.
   */
  private record Finding(
      Problem.Severity severity, Origin where, String message, Optional<String> suggestion) {

    Problem problem() {
      return new Problem(
          severity,
          where.position(),
          message,
          where.source().text().isEmpty()
              ? Optional.empty()
              : Optional.of(where.source().excerpt(where.start())),
          suggestion);
    }
  }

  void error(Origin where, String message) {
    error(where, message, Optional.empty());
  }

  void error(Origin where, String message, Optional<String> suggestion) {
    found.add(new Finding(Problem.Severity.ERROR, where, message, suggestion));
  }

  void warning(Origin where, String message) {
    found.add(new Finding(Problem.Severity.WARNING, where, message, Optional.empty()));
  }

  /** Adds an error of a file that has no lines to show. */
  void unreadable(String file, String message) {
    error(new SourceText(file, "").at(0), message);
  }

  boolean hasErrors() {
    return found.stream().anyMatch(f -> f.severity() == Problem.Severity.ERROR);
  }

  List<Problem> warnings() {
    return found.stream()
        .filter(f -> f.severity() == Problem.Severity.WARNING)
        .map(Finding::problem)
        .toList();
  }

  /**
   * Ends the pass.
   *
   * @param files in the order in which they were given; problems are listed file by file
   * @throws InvalidJobFile if there was an error
   */
  void throwIfErrors(Collection<String> files) {
    if (!hasErrors()) {
      return;
    }
    List<String> order = new ArrayList<>(files);
    throw new InvalidJobFile(
        found.stream()
            .map(Finding::problem)
            .sorted(
                Comparator.<Problem>comparingInt(p -> order.indexOf(p.position().file()))
                    .thenComparing(IN_FILE_ORDER))
            .toList());
  }
}
