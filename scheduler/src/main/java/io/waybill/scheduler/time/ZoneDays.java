package io.waybill.scheduler.time;

import java.time.LocalDate;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/** Which days a zone has: one that crosses the date line may leave one out. */
final class ZoneDays {
  private ZoneDays() {}

  static boolean exists(LocalDate day, ZoneRules rules) {
    ZoneOffsetTransition change = rules.getTransition(day.atStartOfDay());
    return change == null || !change.isGap() || !isWithin(day, change);
  }

  /** Returns whether a gap takes all of a day. */
  static boolean isWithin(LocalDate day, ZoneOffsetTransition gap) {
    return !gap.getDateTimeBefore().isAfter(day.atStartOfDay())
        && !gap.getDateTimeAfter().isBefore(day.plusDays(1).atStartOfDay());
  }
}
