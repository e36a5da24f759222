package io.waybill.jobs.config;

import java.time.ZoneId;
import java.util.Optional;

/** Reads time zones: IANA names only, because an offset knows no summer. */
final class Zones {
  private Zones() {}

  static Optional<ZoneId> read(String name, Section section, Problems problems) {
    if (ZoneId.getAvailableZoneIds().contains(name)) {
      return Optional.of(ZoneId.of(name));
    }
    problems.error(
        section.valueOrigin("timezone"),
        "\"timezone\" is no IANA zone: \"" + name + "\"; " + UnknownZone.advice(name),
        UnknownZone.nearest(name));
    return Optional.empty();
  }
}
