package io.waybill.jobs.config;

import io.waybill.jobs.expression.NearestName;
import io.waybill.scheduler.DayCalendar;
import java.util.Map;
import java.util.Optional;

/** Finds the calendars that keys name. */
final class CalendarNames {
  private final Map<String, Optional<DayCalendar>> calendars;
  private final Problems problems;

  /**
   * Prepares.
   *
   * @param calendars by name; a wrong one is empty, so that its users are not blamed
   */
  CalendarNames(Map<String, Optional<DayCalendar>> calendars, Problems problems) {
    this.calendars = calendars;
    this.problems = problems;
  }

  /** Reads a key that names one; empty if it is absent or wrong. */
  Optional<DayCalendar> read(Section section, String key) {
    Optional<String> name = section.has(key) ? section.text(key) : Optional.empty();
    if (name.isPresent() && !calendars.containsKey(name.get())) {
      problems.error(
          section.valueOrigin(key),
          "unknown calendar \"" + name.get() + "\"; define it under \"calendars\"",
          NearestName.of(name.get(), calendars.keySet()));
    }
    return name.flatMap(each -> calendars.getOrDefault(each, Optional.empty()));
  }
}
