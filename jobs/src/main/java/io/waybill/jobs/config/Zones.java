package io.waybill.jobs.config;

import io.waybill.jobs.expression.NearestName;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

/** Reads time zones: IANA names only, because an offset knows no summer. */
final class Zones {
  private Zones() {}

  static Optional<ZoneId> read(String name, Section section, Problems problems) {
    Set<String> known = ZoneId.getAvailableZoneIds();
    if (known.contains(name)) {
      return Optional.of(ZoneId.of(name));
    }
    problems.error(
        section.valueOrigin("timezone"),
        "\"timezone\" is no IANA zone: \"" + name + "\"; write one such as Europe/Paris or UTC",
        NearestName.of(name, known.stream().sorted().toList()));
    return Optional.empty();
  }
}
