package io.waybill.scheduler.time;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/** The zones of the JDK and their clock changes from 2000 to 2037. */
final class Zones {
  private static final Instant FROM = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2038-01-01T00:00:00Z");
  private static final int SAMPLE = 20;

  private Zones() {}

  /** Names one zone for each set of rules: most names are aliases. */
  static List<ZoneId> all() {
    Map<ZoneRules, String> byRules = new HashMap<>();
    for (String id : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
      byRules.putIfAbsent(ZoneId.of(id).getRules(), id);
    }
    return new TreeSet<>(byRules.values()).stream().map(ZoneId::of).toList();
  }

  /** Picks some zones; all of them with {@code -Dwaybill.zones=all}. */
  static List<ZoneId> sample(Random random) {
    List<ZoneId> zones = new ArrayList<>(all());
    if ("all".equals(System.getProperty("waybill.zones"))) {
      return zones;
    }
    Collections.shuffle(zones, random);
    return zones.subList(0, SAMPLE);
  }

  static List<ZoneOffsetTransition> changes(ZoneId zone) {
    List<ZoneOffsetTransition> changes = new ArrayList<>();
    ZoneOffsetTransition change = zone.getRules().nextTransition(FROM);
    while (change != null && change.getInstant().isBefore(UNTIL)) {
      changes.add(change);
      change = zone.getRules().nextTransition(change.getInstant());
    }
    return changes;
  }
}
