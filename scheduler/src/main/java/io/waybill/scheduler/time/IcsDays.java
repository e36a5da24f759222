package io.waybill.scheduler.time;

import java.time.LocalDate;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The days that the events of an {@code .ics} file touch.
 *
 * @param dates in order
 * @param knownUntil the last day of an event that stands alone, because that is where somebody
 *     stopped to write; of a file that has only rules, where the last of them ends; empty if none
 *     ends
 */
public record IcsDays(Set<LocalDate> dates, Optional<LocalDate> knownUntil) {
  /** Copies the dates. */
  public IcsDays {
    SortedSet<LocalDate> sorted = new TreeSet<>(dates);
    dates = Collections.unmodifiableSortedSet(sorted);
  }
}
